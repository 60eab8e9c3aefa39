package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"example.org/crisisline/config"
)

// storeKind is what stands behind a store.
type storeKind string

// The closed set of kinds.
const (
	storeStandalone storeKind = "standalone" // one server elsewhere
	storeSentinel   storeKind = "sentinel"   // a primary that sentinels watch
	storeCluster    storeKind = "cluster"    // a Redis Cluster
	storeEmbedded   storeKind = "embedded"   // a redis-server of our own, kept on disk
	storeMemory     storeKind = "memory"     // in this process: nothing survives a restart
)

// store is the way to Redis. Close it: the embedded kind owns a process.
type store struct {
	redis.UniversalClient
	Kind storeKind
	stop func() error
}

// Lasts reports whether what is written outlives this process.
func (s *store) Lasts() bool { return s.Kind != storeMemory }

// Close ends the connections and whatever we started for them.
func (s *store) Close() error {
	if s.stop == nil {
		return s.UniversalClient.Close()
	}
	return errors.Join(s.UniversalClient.Close(), s.stop())
}

// openStore prepares the way to the store that cfg names. It does not ask a
// store elsewhere whether it is there: a service must be able to start, and to
// route calls from the last published plan, without one. ctx bounds the wait
// for an embedded store to answer; an embedded store that does not is left to
// its supervisor, which goes on trying.
func openStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*store, error) {
	if cfg.Redis.URL != config.Embedded {
		options, kind, err := storeOptions(cfg.Redis)
		if err != nil {
			return nil, err
		}
		return &store{UniversalClient: redis.NewUniversalClient(options), Kind: kind}, nil
	}
	program, version, err := findServer(ctx)
	if err != nil {
		log.Warn("NOTHING SURVIVES A RESTART: the store is in memory",
			"why", err.Error(), "mend", "install redis-server 7.0 or later, or set redis.url")
		return openMemory(cfg.Redis)
	}
	folder := filepath.Join(cfg.Service.DataDir, "redis")
	server, err := startServer(ctx, program, folder, log)
	if err != nil {
		return nil, fmt.Errorf("start the embedded store: %w", err)
	}
	options := limits(cfg.Redis)
	options.Addrs = []string{server.socket}
	s := &store{UniversalClient: redis.NewUniversalClient(options), Kind: storeEmbedded, stop: server.stop}
	if err := server.answers(ctx, s.UniversalClient); err != nil {
		log.Error("embedded store does not answer yet", "err", err, "folder", folder)
	} else {
		log.Info("embedded store answers", "folder", folder, "version", version)
	}
	return s, nil
}

// storeOptions turns the settings into a client's.
func storeOptions(r config.Redis) (*redis.UniversalOptions, storeKind, error) {
	endpoint, err := r.Endpoint()
	if err != nil {
		return nil, "", fmt.Errorf("redis.url %w", err)
	}
	o := limits(r)
	o.Addrs, o.DB = endpoint.Addrs, endpoint.DB
	o.Username, o.Password = r.Username, r.Password.Reveal()
	o.MasterName, o.SentinelUsername, o.SentinelPassword = r.SentinelMaster, r.SentinelUsername, r.SentinelPassword.Reveal()
	o.IsClusterMode = r.Cluster // one seed address would otherwise give a plain client, and MOVED errors
	if endpoint.TLS {
		if o.TLSConfig, err = trust(r.TLS); err != nil {
			return nil, "", err
		}
	}
	switch {
	case r.SentinelMaster != "":
		return o, storeSentinel, nil
	case r.Cluster:
		return o, storeCluster, nil
	}
	return o, storeStandalone, nil
}

// limits are what a caller's patience allows. go-redis would otherwise retry,
// dial five times and wait five seconds, and ignore a context's deadline while
// it does. A command that timed out may have been executed: nothing is repeated
// here, whoever sent it decides.
func limits(r config.Redis) *redis.UniversalOptions {
	return &redis.UniversalOptions{
		ClientName:            "crisisline",
		DialTimeout:           r.DialTimeout,
		ReadTimeout:           r.ReadTimeout,
		WriteTimeout:          r.WriteTimeout,
		PoolTimeout:           r.ReadTimeout,
		DialerRetries:         1,
		MaxRetries:            -1,
		ContextTimeoutEnabled: true,
		// Two greetings that Redis 7.0 does not know, spared on every connection.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// trust is the TLS of rediss://.
func trust(t config.TLS) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read redis.tls.ca_file: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read redis.tls.ca_file: no certificate in %s", t.CAFile)
		}
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read redis.tls.cert_file and redis.tls.key_file: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// silent is go-redis's log: what it prints to stderr by itself reaches us as an
// error anyway, where it is logged once and in our form.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(silent{}) } //nolint:gochecknoinits // before any client of the process exists
