package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
)

// freePort is a port of this machine that nobody listens on. It is below those
// that the system hands out, or one of the many tests that run beside this one
// would be given it before we use it.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 12_000 + mathrand.IntN(18_000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// elsewhere starts a redis-server as somebody else would run it, and returns
// what kills it.
func elsewhere(t *testing.T, args ...string) (kill func()) {
	t.Helper()
	c := exec.Command("redis-server", append(args, "--save", "", "--loglevel", "warning")...)
	c.Dir, c.Stdout, c.Stderr = t.TempDir(), t.Output(), t.Output()
	ours(c)
	// A child of ours dies with the thread that started it, and a thread may be
	// any goroutine's that ends while it holds it: so this one is the child's own.
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			_ = c.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	kill = func() { _ = c.Process.Kill(); <-ended }
	t.Cleanup(kill)
	return kill
}

func at(url string) *config.Config {
	cfg := config.Default()
	cfg.Redis.URL = url
	return cfg
}

func comesUp(t *testing.T, s *store) {
	t.Helper()
	eventually(t, "an answer of the store", func() bool { return s.Ping(t.Context()).Err() == nil })
}

// ledgerIsRead: the ledger's reader takes the way to the store that everything
// else does, whatever that is, and keeps a connection of its own on it.
func ledgerIsRead(t *testing.T, s *store) {
	t.Helper()
	sealer, err := call.NewSealer([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	q, err := queue.New(s.UniversalClient, queue.Options{Service: "test", Sealer: sealer})
	if err != nil {
		t.Fatal(err)
	}
	at := utc(time.November, 1)
	e := call.Event{At: at, Kind: call.KindReceived, Call: "CA1"}
	if err := s.XAdd(t.Context(), &redis.XAddArgs{Stream: ledgerKey("test"), ID: fmt.Sprintf("%d-*", at.UnixMilli()), Values: e.Values()}).Err(); err != nil {
		t.Fatal(err)
	}
	var got []call.ID
	err = q.Range(t.Context(), at, at.Add(time.Second), func(e call.Event) error {
		got = append(got, e.Call)
		return nil
	})
	if err != nil || len(got) != 1 || got[0] != "CA1" {
		t.Errorf("the ledger holds %v, %v", got, err)
	}
}

func TestStandaloneWithTLSAndUser(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	port := freePort(t)
	elsewhere(t, "--port", "0", "--tls-port", fmt.Sprint(port), "--tls-cert-file", cert, "--tls-key-file", key,
		"--tls-ca-cert-file", cert, "--user", "line", "on", ">a-password", "~cl:*", "+@all", "-@dangerous", "-@admin", "--user", "default", "off")
	cfg := at(fmt.Sprintf("rediss://127.0.0.1:%d", port))
	cfg.Redis.TLS = config.TLS{CAFile: cert, CertFile: cert, KeyFile: key, ServerName: "store.example.org"}
	cfg.Redis.Username, cfg.Redis.Password = "line", config.NewSecret("a-password")
	if err := cfg.Validate(config.Tool); err != nil {
		t.Fatal(err)
	}
	s := open(t, cfg, slog.New(slog.DiscardHandler))
	if s.Kind != storeStandalone {
		t.Errorf("kind %s", s.Kind)
	}
	comesUp(t, s)
	write(t, s, "here")
	ledgerIsRead(t, s)

	cfg.Redis.TLS.CAFile = ""
	if err := open(t, cfg, slog.New(slog.DiscardHandler)).Ping(t.Context()).Err(); err == nil {
		t.Error("a certificate nobody vouches for was trusted")
	}
}

// TestClusterByOneSeed: go-redis would take one address for a plain server, and
// every second command would end in MOVED.
func TestClusterByOneSeed(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	elsewhere(t, "--port", fmt.Sprint(port), "--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(freePort(t)))
	plain := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", port)})
	defer plain.Close()
	eventually(t, "slots", func() bool {
		return plain.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err() == nil
	})
	cfg := at(fmt.Sprintf("redis://127.0.0.1:%d", port))
	cfg.Redis.Cluster = true
	s := open(t, cfg, slog.New(slog.DiscardHandler))
	if _, ok := s.UniversalClient.(*redis.ClusterClient); !ok || s.Kind != storeCluster {
		t.Fatalf("kind %s, a %T", s.Kind, s.UniversalClient)
	}
	eventually(t, "a cluster in order", func() bool { return s.Set(t.Context(), "cl:{test}:x", "here", 0).Err() == nil })
	both := []string{"cl:{test}:x", "cl:{test}:y"}
	if err := s.Eval(t.Context(), "return redis.call('COPY', KEYS[1], KEYS[2])", both).Err(); err != nil {
		t.Errorf("a script over two keys of one service: %v", err)
	}
	ledgerIsRead(t, s)
}

func TestSentinelFollowsAFailover(t *testing.T) {
	t.Parallel()
	primary, replica, sentinel := freePort(t), freePort(t), freePort(t)
	kill := elsewhere(t, "--port", fmt.Sprint(primary))
	elsewhere(t, "--port", fmt.Sprint(replica), "--replicaof", fmt.Sprintf("127.0.0.1 %d", primary), "--repl-diskless-sync-delay", "0")
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	lines := fmt.Sprintf("port %d\nsentinel monitor line 127.0.0.1 %d 1\nsentinel down-after-milliseconds line 1000\nsentinel failover-timeout line 10000\n", sentinel, primary)
	if err := os.WriteFile(conf, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	direct := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", replica)})
	defer direct.Close()
	eventually(t, "a replica in step", func() bool {
		role, err := direct.Do(t.Context(), "ROLE").Slice()
		return err == nil && len(role) > 3 && role[3] == "connected"
	})
	elsewhere(t, conf, "--sentinel")
	cfg := at(fmt.Sprintf("redis://127.0.0.1:%d", sentinel))
	cfg.Redis.SentinelMaster = "line"
	s := open(t, cfg, slog.New(slog.DiscardHandler))
	if s.Kind != storeSentinel {
		t.Errorf("kind %s", s.Kind)
	}
	comesUp(t, s)
	write(t, s, "kept")
	eventually(t, "the write on the replica", func() bool { return direct.Get(t.Context(), "cl:{test}:x").Val() == "kept" })
	watcher := redis.NewSentinelClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", sentinel)})
	defer watcher.Close()
	eventually(t, "the sentinel knowing the replica", func() bool {
		known, err := watcher.Replicas(t.Context(), "line").Result()
		return err == nil && len(known) == 1
	})
	kill()
	eventually(t, "a write after the failover", func() bool { return s.Set(t.Context(), "cl:{test}:y", "after", 0).Err() == nil })
	if got := read(t, s); got != "kept" {
		t.Errorf("got %q", got)
	}
	ledgerIsRead(t, s)
}

// TestStoreGone: a service starts without its store, and a caller waits for it
// no longer than the settings say.
func TestStoreGone(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for name, url := range map[string]string{
		"refused": fmt.Sprintf("redis://127.0.0.1:%d", freePort(t)),
		"silent":  "redis://" + silent.Addr().String(),
		"socket":  "unix://" + filepath.Join(t.TempDir(), "nobody.sock"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, at(url), slog.New(slog.DiscardHandler))
			began := time.Now()
			if err := s.Ping(t.Context()).Err(); err == nil {
				t.Error("answered")
			}
			if took := time.Since(began); took > 1500*time.Millisecond {
				t.Errorf("took %s", took)
			}
		})
	}
}

// certificate writes one that vouches for itself, for store.example.org.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "store.example.org"}, DNSNames: []string{"store.example.org"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
}
