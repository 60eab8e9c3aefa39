package console

import "testing"

// A way back leads to a page of ours, however it is written.
func TestAWayBackIsOurs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/rota":                 "/rota",
		"/rota/days/2026-11-24": "/rota/days/2026-11-24",
		"":                      "/rota",
		"//evil.example":        "/rota",
		"/%2Fevil.example":      "/rota",
		"https://evil.example":  "/rota",
		`/\evil.example`:        "/rota",
		"/%5Cevil.example":      "/rota",
	} {
		if got := backTo(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
