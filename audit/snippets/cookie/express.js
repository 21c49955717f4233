res.cookie("session", id, { httpOnly: true, secure: true, sameSite: "none", partitioned: true });
