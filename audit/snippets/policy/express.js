app.use(helmet({ crossOriginResourcePolicy: { policy: "cross-origin" } }));
