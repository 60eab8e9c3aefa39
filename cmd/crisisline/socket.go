package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// longestSocket is what every system of ours allows a socket's path to be; Linux
// itself allows 107 bytes, macOS 103.
const longestSocket = 100

// socketPath is where a server that keeps its data in folder listens: in the
// folder, or, when that path is too long for a socket, in one of our own among
// the temporary files, named after the folder so that every process finds it.
func socketPath(folder string) (string, error) {
	socket := filepath.Join(folder, "redis.sock")
	if len(socket) <= longestSocket {
		return socket, nil
	}
	sum := sha256.Sum256([]byte(folder))
	short := filepath.Join(os.TempDir(), "crisisline-"+hex.EncodeToString(sum[:8]))
	if err := os.Mkdir(short, 0o700); err != nil && !os.IsExist(err) {
		return "", err
	}
	if err := private(short); err != nil {
		return "", err
	}
	return filepath.Join(short, "redis.sock"), nil
}

// private makes sure that a folder where anyone may make one is our own.
func private(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm() != 0o700 || !ok || int(owner.Uid) != os.Getuid() {
		return fmt.Errorf("%s belongs to someone else: remove it, or choose a shorter service.data_dir", folder)
	}
	return nil
}
