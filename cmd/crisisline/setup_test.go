package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/crisisline/config"
	"example.org/crisisline/console"
)

// TestTheChecklistIsTrue: the pages' checklist is what the running service finds
// out there and then; a first call turns its line green.
func TestTheChecklistIsTrue(t *testing.T) {
	t.Parallel()
	around := newAround(t)
	l := newLine(t, setup{settings: func(c *config.Config) { c.Monitoring.AlertmanagerURL = around.url }})
	has := func(name, verdict, words string) {
		t.Helper()
		all := l.instances[0].setUp(t.Context())
		if !slices.ContainsFunc(all, func(c console.Check) bool {
			return c.Name == name && c.Verdict == verdict && strings.Contains(c.Found, words)
		}) {
			t.Errorf("no %s %s %q in %+v", verdict, name, words, all)
		}
	}
	has("Plan", "ok", "version 1 is in force")
	has("Alarms", "ok", "tells: watchdog")
	has("What is promised", "warn", "nobody has said")
	has("First call", "warn", "line public: no call was answered")
	has("Numbers", "warn", "leads to this service")
	c := l.dials(public)
	c.IsBridgedTo(t, l.takes(amal))
	c.HangsUp()
	l.step(time.Second)
	has("First call", "ok", "line public: a call was answered on 23 November, 12:0")
	around.says("", "[]")
	has("Alarms", "fail", "has not reached it")
}
