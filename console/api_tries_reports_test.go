package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

var reportTries = map[string]try{
	"reports": {path: "/reports", then: counts("all", monthsBack)},
	"report": {path: "/reports/2026-05", then: func(p program, _ *scene, said map[string]any) {
		if len(said["tiles"].([]any)) == 0 || len(said["charts"].([]any)) == 0 || fmt.Sprint(said["so_far"]) != "false" {
			p.Errorf("%v", said)
		}
	}},
	"return": {path: "/reports/2026-05/return", kept: audit.Exported, then: func(p program, _ *scene, said map[string]any) {
		if csv, _ := said["csv"].(string); len(said["values"].([]any)) != 11 || !strings.Contains(csv, "A01") {
			p.Errorf("%v", said)
		}
	}},
	"staffing": {path: "/reports/staffing", then: counts("hours", 7*24)},
	"set-up": {path: "/set-up", then: counts("all", 1), arrange: func(_ *testing.T, s *scene) {
		s.checks = []Check{{Name: "store", Verdict: "fail", Found: "no answer", Do: "start it"}}
	}},
	"verify-audit": {path: "/audit/verify", then: func(p program, _ *scene, said map[string]any) {
		if fmt.Sprint(said["whole"], said["holds"]) != "true true" {
			p.Errorf("%v", said)
		}
	}},
	"version": {path: "/rota/versions/1", then: counts("changed", 1)},
}

// TestThereAreNoFiguresOfThat: and why, in words.
func TestThereAreNoFiguresOfThat(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	p := programOf(t, c, access.Grant{Role: access.Viewer})
	for path, want := range map[string]struct {
		code int
		says string
	}{
		"/reports/2026-04":           {http.StatusNotFound, "no such thing"},
		"/reports/then":              {http.StatusNotFound, "no such thing"},
		"/reports/2026-06/return":    {http.StatusConflict, "June 2026 is not over yet"},
		"/reports/staffing?calls=-1": {http.StatusUnprocessableEntity, "validation failed"},
	} {
		code, said := p.asks("GET", path, "")
		if detail, _ := said["detail"].(string); code != want.code || !strings.Contains(detail, want.says) {
			t.Errorf("%s: %d %v, want %d %q", path, code, said, want.code, want.says)
		}
	}
}
