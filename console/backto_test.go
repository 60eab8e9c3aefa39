package console

import "testing"

// A way back leads to a page of ours, however it is written.
func TestAWayBackIsOurs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/rota":                  "/rota",
		"/calls?team=mid&from=1": "/calls?from=1&team=mid",
		"/rota/days/2026-11-24":  "/rota/days/2026-11-24",
		"":                       "/",
		"//evil.example":         "/",
		"/%2Fevil.example":       "/",
		"https://evil.example":   "/",
		`/\evil.example`:         "/",
		"/%5Cevil.example":       "/",
	} {
		if got := backTo(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
