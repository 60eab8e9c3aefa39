package main

import (
	"os/exec"
	"syscall"
)

// ours makes c a child that ends when we say so, and only then. In a group of
// its own it does not hear Ctrl-C, which would take the store away from a
// service that is draining. When this process is killed the machine kills c, so
// that nothing is left running; that is safe, because everything answered for
// is in the append-only file by then.
func ours(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
