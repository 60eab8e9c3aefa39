package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestBadFiles holds what a person reads when their file is refused: all of it,
// at once.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			cfg, err := Load(file, nil)
			if cfg != nil {
				err = Join(err, cfg.Validate(Serve))
			}
			if err == nil {
				t.Fatal("was accepted")
			}
			got, golden := err.Error()+"\n", strings.TrimSuffix(file, ".yaml")+".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("error (-want +got):\n%s", d)
			}
		})
	}
}

func TestGoodFiles(t *testing.T) {
	t.Parallel()
	empty := Default()
	json := Default()
	json.Twilio.QueueSize, json.Twilio.CallsPerSecond = 200, 2.5
	json.Routing.WrapUp, json.Routing.EarlyOffer = 90*time.Second, false
	live := Default()
	live.HTTP = HTTP{Listen: "0.0.0.0:8080", PublicURL: "https://line.example.org/voice-a", TrustedProxies: []string{"10.0.0.0/8", "192.0.2.7"}, Drain: 40 * time.Second}
	live.Redis.URL, live.Redis.Username, live.Redis.SentinelMaster = "rediss://a.example.org,b.example.org:26380", "crisisline", "line"
	live.Redis.Password, live.Redis.PasswordFile = NewSecret("a password from a file"), "testdata/secret.txt"
	live.Redis.SentinelPassword = NewSecret("0123456789")
	live.Redis.TLS.CAFile = "/etc/ssl/store.pem"
	live.Service = Service{ID: "portsmouth", Name: "Portsmouth and South East Hampshire", DataDir: "/var/lib/crisisline"}
	live.Twilio.AccountSID = "AC" + strings.Repeat("0", 32)
	live.Twilio.AuthToken = NewSecret("12345678901234567890123456789012")
	live.Twilio.Region, live.Twilio.Edge, live.Twilio.CallsPerSecond = "ie1", "dublin", 5
	live.Routing.EarlyOffer, live.Routing.RingFor, live.Routing.MostPhones = false, 15*time.Second, 3
	live.Standards = []Standard{{Name: "answered_20s", Threshold: 20 * time.Second, Target: 0.8, Clock: ClockCaller}}
	live.Privacy.Key, live.Privacy.NumberFor = NewSecret("a key of thirty-two characters, or more"), 48*time.Hour
	live.Console.Listen = "[::1]:8081"
	live.Log = Log{Format: "text", Level: "debug"}
	for name, want := range map[string]*Config{"": empty, "empty.yaml": empty, "live.json": json, "live.yaml": live} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := ""
			if name != "" {
				path = filepath.Join("testdata", "good", name)
			}
			got, err := Load(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("config (-want +got):\n%s", d)
			}
			modes := []Mode{Demo, Tool}
			if got.Twilio.AccountSID != "" {
				modes = append(modes, Serve)
			}
			for _, mode := range modes {
				if err := got.Validate(mode); err != nil {
					t.Errorf("mode %d: %v", mode, err)
				}
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	got, err := Load("testdata/good/live.yaml", []string{
		"PATH=/bin",
		"CRISISLINE_CONFIG=elsewhere.yaml",
		"CRISISLINE_PORT=tcp://10.0.0.1:8080",           // Kubernetes adds these
		"CRISISLINE_PORT_8080_TCP_ADDR=10.0.0.1",        // for a Service
		"CRISISLINE_SERVICE_HOST=10.0.0.1",              // named crisisline
		"CRISISLINE_REDIS_SERVICE_PORT_METRICS=9090",    // or crisisline-redis
		"CRISISLINE_TWILIO_AUTH_TOKEN_NEXT=00000000e12", // never a number
		"CRISISLINE_REDIS_USERNAME=",                    // empty is not set
		"CRISISLINE_REDIS_CLUSTER=true",
		"CRISISLINE_REDIS_TLS_SERVER_NAME=store",
		"CRISISLINE_ROUTING_RING_FOR=12s",
		"CRISISLINE_TWILIO_QUEUE_SIZE=12",
		"CRISISLINE_TWILIO_CALLS_PER_SECOND=1.5",
		"CRISISLINE_HTTP_TRUSTED_PROXIES=10.0.0.1, 10.0.0.2",
		`CRISISLINE_STANDARDS=[{"name":"x","threshold":"5s","target":1,"clock":"return"}]`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := Load("testdata/good/live.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Twilio.AuthTokenNext = NewSecret("00000000e12")
	want.Redis.Cluster, want.Redis.TLS.ServerName = true, "store"
	want.Routing.RingFor = 12 * time.Second
	want.Twilio.QueueSize, want.Twilio.CallsPerSecond = 12, 1.5
	want.HTTP.TrustedProxies = []string{"10.0.0.1", "10.0.0.2"}
	want.Standards = []Standard{{Name: "x", Threshold: 5 * time.Second, Target: 1, Clock: ClockReturn}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("config (-want +got):\n%s", d)
	}
}

// TestSecretsFromTheEnvironmentAlone sets every secret by its variable alone: the trap is
// a key that neither the file nor a default mentions.
func TestSecretsFromTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	for _, k := range keys {
		if k.kind != secretType {
			continue
		}
		got, err := Load("", []string{k.env + "=0123456789"})
		if err != nil {
			t.Fatalf("%s: %v", k.name, err)
		}
		if cmp.Equal(got, Default()) {
			t.Errorf("%s did not arrive by %s", k.name, k.env)
		}
	}
}

func TestBadEnvironment(t *testing.T) {
	t.Parallel()
	_, err := Load("", []string{
		"CRISISLINE_TWILLIO_AUTH_TOKEN=x",
		"CRISISLINE_ROUTING_RING_FOR=20",
		"CRISISLINE_ROUTING_EARLY_OFFER=perhaps",
		"CRISISLINE_TWILIO_QUEUE_SIZE=many",
		"CRISISLINE_TWILIO_CALLS_PER_SECOND=many",
		"CRISISLINE_STANDARDS=answered_60s",
	})
	if err == nil {
		t.Fatal("was accepted")
	}
	want := `configuration: 6 problems
  CRISISLINE_TWILLIO_AUTH_TOKEN: no such setting; did you mean CRISISLINE_TWILIO_AUTH_TOKEN?
  CRISISLINE_ROUTING_EARLY_OFFER: "perhaps" is neither true nor false
  CRISISLINE_TWILIO_QUEUE_SIZE: "many" is not a whole number
  CRISISLINE_TWILIO_CALLS_PER_SECOND: "many" is not a number
  CRISISLINE_STANDARDS: write a list in JSON, such as [{"name":"answer.reached_60s","target":0.9}]
  CRISISLINE_ROUTING_RING_FOR: "20" is not a duration: write one such as "20s", "2m" or "24h"`
	if d := cmp.Diff(want, err.Error()); d != "" {
		t.Errorf("error (-want +got):\n%s", d)
	}
}

func TestNoSuchFile(t *testing.T) {
	t.Parallel()
	if cfg, err := Load("testdata/nothing-here.yaml", nil); err == nil || cfg != nil {
		t.Fatalf("got %v, %v", cfg, err)
	}
}
