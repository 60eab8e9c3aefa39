package queue

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Two real servers for the whole run, each on a unix socket of its own: one
// alone, one a cluster of one node, which refuses keys that are not its own.
// Tests share them, each under its own service id.
var realRedis, clusterRedis redis.UniversalClient

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen { // a model's step looks the whole store over: enough for every run, more for a night
		if err := flag.Set("rapid.checks", "40"); err != nil {
			log.Print(err)
			return 1
		}
	}
	dir, err := os.MkdirTemp("", "queue") // short: a socket's path has 108 bytes
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(dir)
	alone, stop, err := startRedis(filepath.Join(dir, "alone"))
	if err != nil {
		log.Print(err)
		return 1
	}
	defer stop()
	clustered, stop, err := startClusterNode(dir)
	if err != nil {
		log.Print(err)
		return 1
	}
	defer stop()
	realRedis = redis.NewClient(&redis.Options{Network: "unix", Addr: alone, MaxRetries: -1})
	defer realRedis.Close()
	if clusterRedis, err = joinCluster(clustered); err != nil {
		log.Print(err)
		return 1
	}
	defer clusterRedis.Close()
	code := m.Run()
	if stray := strayKeys(realRedis, clusterRedis); len(stray) > 0 {
		log.Printf("keys without a service's prefix: %q", stray)
		code = 1
	}
	return code
}

// startClusterNode starts a server that believes it is in a cluster. It insists
// on a TCP port to meet others at; the one that was free a moment ago may be
// taken meanwhile, so it tries a few.
func startClusterNode(dir string) (socket string, stop func(), err error) {
	for try := range 5 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", nil, err
		}
		port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		l.Close()
		socket, stop, err = startRedis(filepath.Join(dir, "cluster"+strconv.Itoa(try)),
			"--cluster-enabled", "yes", "--cluster-port", port, "--bind", "127.0.0.1")
		if err == nil {
			return socket, stop, nil
		}
		log.Print(err)
	}
	return "", nil, errors.New("no free port for a cluster node")
}

// startRedis starts a server with nothing on disk, and waits until it answers.
func startRedis(dir string, more ...string) (socket string, stop func(), err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", nil, err
	}
	socket = filepath.Join(dir, "sock")
	args := append([]string{"--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir}, more...)
	cmd := exec.Command("redis-server", args...)
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start redis-server: %w", err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	stop = func() {
		_ = cmd.Process.Kill()
		<-exited
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return socket, stop, nil
		}
		select {
		case <-exited:
			return "", nil, fmt.Errorf("redis-server in %s ended at once", dir)
		case <-late:
			stop()
			return "", nil, fmt.Errorf("redis-server in %s does not answer", dir)
		case <-tick.C:
		}
	}
}

// joinCluster gives the node every slot and a client that believes in clusters.
func joinCluster(socket string) (redis.UniversalClient, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	node := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer node.Close()
	if err := node.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err(); err != nil {
		return nil, fmt.Errorf("give the node its slots: %w", err)
	}
	for {
		info, err := node.ClusterInfo(ctx).Result()
		if err != nil {
			return nil, fmt.Errorf("wait for the cluster: %w", err)
		}
		if strings.Contains(info, "cluster_state:ok") {
			break
		}
	}
	return redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: []string{socket}, MaxRedirects: -1,
		ClusterSlots: func(context.Context) ([]redis.ClusterSlot, error) {
			return []redis.ClusterSlot{{Start: 0, End: 16383, Nodes: []redis.ClusterNode{{Addr: socket}}}}, nil
		},
		NewClient: func(o *redis.Options) *redis.Client {
			o.Network, o.Addr = "unix", socket
			return redis.NewClient(o)
		},
	}), nil
}

func strayKeys(clients ...redis.UniversalClient) (stray []string) {
	for _, c := range clients {
		keys, err := c.Keys(context.Background(), "*").Result()
		if err != nil {
			return []string{err.Error()}
		}
		for _, k := range keys {
			if !strings.HasPrefix(k, "cl:{") {
				stray = append(stray, k)
			}
		}
	}
	return stray
}

// onEvery runs a test on each store it must work on: in process, real, cluster.
func onEvery(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("miniredis", func(t *testing.T) { t.Parallel(); test(t, newWorld(t, miniClient(t))) })
	t.Run("redis", func(t *testing.T) { t.Parallel(); test(t, newWorld(t, realRedis)) })
	t.Run("cluster", func(t *testing.T) { t.Parallel(); test(t, newWorld(t, clusterRedis)) })
}

type cleaner interface {
	Helper()
	Cleanup(func())
	Fatalf(string, ...any)
}

func miniClient(t cleaner) redis.UniversalClient {
	t.Helper()
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		t.Fatalf("start miniredis: %v", err)
	}
	t.Cleanup(m.Close)
	client := redis.NewClient(&redis.Options{Addr: m.Addr(), MaxRetries: -1})
	t.Cleanup(func() { client.Close() })
	return client
}
