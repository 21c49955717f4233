//go:build !unix

package cli

import "os/exec"

// ownGroup, terminate and kill are about the process alone where there are no groups.

func ownGroup(*exec.Cmd) {}

func terminate(c *exec.Cmd) { _ = c.Process.Kill() }

func kill(c *exec.Cmd) { _ = c.Process.Kill() }
