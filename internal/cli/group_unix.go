//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a process lead a group, so that it can be ended with all that it starts, and Ctrl-C does not reach it.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// terminate asks a group to end. It does nothing to one that has.
func terminate(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }

func kill(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
