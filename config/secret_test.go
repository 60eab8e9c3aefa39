package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestSecretsDoNotLeak renders a whole Config in every way it could end up
// somewhere, with one recognisable text in every secret.
func TestSecretsDoNotLeak(t *testing.T) {
	t.Parallel()
	const text = "k3ep-this-quiet-k3ep-this-quiet-0"
	var environ []string
	for _, k := range keys {
		if k.kind == secretType {
			environ = append(environ, k.env+"="+text)
		}
	}
	cfg, err := Load("", environ)
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Privacy.Key.Reveal(); got != text {
		t.Fatalf("Reveal gives %q", got)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", cfg)
		fmt.Fprintf(&out, verb+"\n", *cfg)
		fmt.Fprintf(&out, verb+"\n", cfg.Privacy.Key)
		fmt.Fprintf(&out, verb+"\n", &cfg.Privacy.Key)
		fmt.Fprintf(&out, verb+"\n", []Secret{cfg.Privacy.Key})
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("loaded", "config", cfg, "secret", cfg.Privacy.Key, "redis", cfg.Redis)
	}
	if err := json.NewEncoder(&out).Encode(cfg); err != nil {
		t.Fatal(err)
	}
	if err := yaml.NewEncoder(&out).Encode(cfg); err != nil {
		t.Fatal(err)
	}
	hex := fmt.Sprintf("%x", text)
	if strings.Contains(out.String(), text) || strings.Contains(out.String(), hex[:20]) {
		t.Errorf("a secret is readable in:\n%s", out.String())
	}
	if !strings.Contains(out.String(), hidden) {
		t.Error("nothing was rendered")
	}
}

func TestUnsetSecretShowsNothing(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprintf("%v|%s", Secret{}, Secret{}); got != "|" {
		t.Errorf("got %q", got)
	}
}
