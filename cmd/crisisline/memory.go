package main

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/config"
)

// openMemory is the store of a trial: a Redis in this process. It listens on a
// port of this machine, so a password made for the occasion keeps others out.
func openMemory(r config.Redis) (*store, error) {
	m := miniredis.NewMiniRedis()
	password := rand.Text()
	m.RequireAuth(password)
	if err := m.Start(); err != nil {
		return nil, fmt.Errorf("start the store in memory: %w", err)
	}
	o := limits(r)
	o.Addrs, o.Password = []string{m.Addr()}, password
	age := startAgeing(m)
	return &store{UniversalClient: redis.NewUniversalClient(o), Kind: storeMemory, stop: func() error {
		age()
		m.Close()
		return nil
	}}, nil
}

// startAgeing lets the keys of m expire: miniredis's own clock stands still. The
// function it returns ends it.
func startAgeing(m *miniredis.Miniredis) (stop func()) {
	const step = time.Second
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(step)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				m.FastForward(step)
			}
		}
	})
	return func() {
		close(done)
		running.Wait()
	}
}
