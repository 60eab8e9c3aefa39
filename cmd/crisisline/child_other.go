//go:build !linux

package main

import (
	"os/exec"
	"syscall"
)

// ours makes c a child that does not hear Ctrl-C, which would take the store
// away from a service that is draining. When this process is killed c stays,
// and the next process uses it, because it still holds the lock.
func ours(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
