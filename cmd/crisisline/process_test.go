package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
)

// processes is a world on the real clock whose service is a process of its own,
// one after the other, on one store.
type processes struct {
	*world
	t    *testing.T
	cfg  *config.Config
	st   *store
	addr string
	now  *exec.Cmd
}

func newProcesses(t *testing.T) *processes {
	t.Helper()
	p := &processes{t: t, cfg: testConfig(t, setup{plan: "plan.yaml"}), addr: fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	p.st = testStore(t, p.cfg, false, false, slog.New(slog.DiscardHandler))
	var err error
	if p.world, err = newWorld(sim.Options{Clock: sim.NewReal(), CPS: -1, Seed: 1, OnDocument: mustConform(t)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.world.close)
	p.network.Route(publicURL, "http://"+p.addr)
	for _, number := range []string{public, professionals} {
		p.network.Provision(sim.Line{
			Number: number, VoiceURL: publicURL + "/voice/inbound", FallbackURL: publicURL + "/voice/fallback", StatusURL: publicURL + "/voice/status",
		})
	}
	p.start()
	return p
}

// start runs the service as a process, and waits until it takes connections.
func (p *processes) start() {
	p.t.Helper()
	client, _ := p.st.UniversalClient.(*redis.Client)
	plan, err := filepath.Abs(p.cfg.Plan.File)
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = append(os.Environ(), "TEST_AS_CRISISLINE=1",
		"CRISISLINE_HTTP_LISTEN="+p.addr, "CRISISLINE_HTTP_PUBLIC_URL="+publicURL, "CRISISLINE_REDIS_URL=unix://"+client.Options().Addr,
		"CRISISLINE_SERVICE_ID=testing", "CRISISLINE_SERVICE_DATA_DIR="+p.cfg.Service.DataDir, "CRISISLINE_PLAN_FILE="+plan,
		"CRISISLINE_TWILIO_ACCOUNT_SID="+p.network.AccountSID(), "CRISISLINE_TWILIO_AUTH_TOKEN="+worldToken,
		"CRISISLINE_TWILIO_API_BASE_URL="+p.apiURL, "CRISISLINE_TWILIO_CALLS_PER_SECOND=100",
		"CRISISLINE_PRIVACY_KEY="+strings.Repeat("test-key", 6), fmt.Sprintf("CRISISLINE_CONSOLE_LISTEN=127.0.0.1:%d", freePort(p.t)))
	said := &lockedBuffer{}
	cmd.Stderr, cmd.Stdout = said, io.Discard
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.now = cmd
	p.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if p.t.Failed() {
			p.t.Logf("a process said:\n%s", said)
		}
	})
	eventually(p.t, "the process is ready", func() bool {
		conn, err := net.DialTimeout("tcp", p.addr, time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

// knowsTheyTalk waits until the service has been told that both are together. A
// caller who goes before that has left, and has not been talked to.
func (p *processes) knowsTheyTalk() {
	p.t.Helper()
	sealer, err := call.NewSealer([]byte(strings.Repeat("test-key", 6)))
	if err != nil {
		p.t.Fatal(err)
	}
	reads, err := queue.New(p.st.UniversalClient, queue.Options{Service: "testing", PlanVersionKey: rota.VersionKey("testing"), Sealer: sealer, RedialWindow: time.Minute})
	if err != nil {
		p.t.Fatal(err)
	}
	eventually(p.t, "the service knows that they talk", func() bool {
		snap, err := reads.Snapshot(p.t.Context(), time.Now(), 10)
		return err == nil && len(snap.Calls) > 0 && snap.Calls[0].State == call.StateConnected
	})
}

// kill ends the process the hard way.
func (p *processes) kill() {
	_ = p.now.Process.Kill()
	_ = p.now.Wait()
}

// stop asks the process to end, and is how it did.
func (p *processes) stop() error {
	return errors.Join(p.now.Process.Signal(syscall.SIGTERM), p.now.Wait())
}
