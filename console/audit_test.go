package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/call"
	"example.org/crisisline/console/audit"
)

// trail is a scene in whose audit something stands: a day's work.
func trail(t testing.TB) *Console {
	t.Helper()
	c := serve(t, editable(t, mendable))
	keep(t, c.o.Audit, c.o.Now(), 130)
	return c
}

// keep adds n entries, one an hour, the last at now.
func keep(t testing.TB, log *audit.Log, now time.Time, n int) {
	t.Helper()
	if err := fill(t.Context(), log, now, n); err != nil {
		t.Fatal(err)
	}
}

func fill(ctx context.Context, log *audit.Log, now time.Time, n int) error {
	for i := range n {
		e := audit.Entry{At: now.Add(-time.Duration(n-1-i) * time.Hour), Who: "r-ben", Role: "shift_lead", What: audit.Acted, About: "r-amara", After: "break"}
		switch i % 4 {
		case 1:
			e.Who, e.Role, e.What, e.About, e.After, e.Why = "code:Night lead", "duty_manager", audit.SawNumber, "CA01", "", "to ring back"
		case 2:
			e.What, e.About, e.After, e.Why = audit.Published, fmt.Sprint(i/4+1), audit.Digest([]byte("plan")), "r-leo is sick"
		case 3:
			e.What, e.About, e.After = audit.Refused, "change_rota", "portsmouth"
		}
		if _, err := log.Add(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

var auditNumber = regexp.MustCompile(`id="e(\d+)"`)

func TestAuditIsFoundByPersonKindAndDay(t *testing.T) {
	t.Parallel()
	c := trail(t)
	tests := map[string]struct {
		query string
		first string
		rows  int
		says  []string
	}{
		"everything": {"", "130", auditShown, []string{
			"Ben Carter", "Night lead (one-time code)", "Saw a number", `href="/calls/CA01"`, "Why: to ring back", `href="/people/r-amara"`, "Amara Okafor",
			"Asked for: change rota", `<a class="trail__about" href="/audit/32">Version 32</a>`, "Leo Brandt is sick.", "130 entries hold together, looked at 03:12", "Older",
		}},
		"a person by name":  {"who=ben+carter&kind=published", "127", 32, []string{"Shown: <strong>by Ben Carter, changed the rota</strong>"}},
		"a person by id":    {"who=code:Night+lead", "130", 33, []string{"by Night lead (one-time code)"}},
		"about a call":      {"about=CA01", "130", 33, nil},
		"one day":           {"from=19+June&until=19/6/2026", "126", 24, nil},
		"a day in words":    {"from=19+June+2026&until=19+June+2026", "126", 24, []string{"from 19 June 2026, until 19 June 2026"}},
		"nobody":            {"who=nobody", "", 0, []string{"Nothing was found."}},
		"further back":      {"below=31", "30", 30, []string{"Back to the newest"}},
		"a kind that is no": {"kind=dance", "", 0, []string{"Choose what was done from the list"}},
		"a day that is no":  {"from=yesterweek", "", 0, []string{"Write a day, such as 19 June"}},
		"the wrong way":     {"from=19+June&until=18+June", "", 0, []string{"The last day must not be before the first"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get(t, c, "/audit?"+tt.query)
			html := body(t, r)
			holdsPromises(t, r, html)
			rows := auditNumber.FindAllStringSubmatch(html, -1)
			if len(rows) != tt.rows || tt.rows > 0 && rows[0][1] != tt.first {
				t.Errorf("%s: %d rows, %v first", r.Status, len(rows), rows)
			}
			for _, want := range tt.says {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in\n%s", want, html)
				}
			}
			if strings.Contains(html, "sha256:") {
				t.Error("a digest is nothing for people")
			}
		})
	}
}

// TestEveryEntryIsOnAPage: whoever presses Older again and again sees each once.
func TestEveryEntryIsOnAPage(t *testing.T) {
	t.Parallel()
	c := trail(t)
	older := regexp.MustCompile(`href="(/audit\?[^"]*below=\d+[^"]*)">Older`)
	var seen []string
	for path := "/audit?who=r-ben"; ; {
		html := body(t, get(t, c, path))
		for _, m := range auditNumber.FindAllStringSubmatch(html, -1) {
			seen = append(seen, m[1])
		}
		next := older.FindStringSubmatch(html)
		if next == nil {
			break
		}
		path = strings.ReplaceAll(next[1], "&amp;", "&")
	}
	var want []string
	for i := 130; i > 0; i-- {
		if (i-1)%4 != 1 {
			want = append(want, fmt.Sprint(i))
		}
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

func TestAuditIsDownloaded(t *testing.T) {
	t.Parallel()
	c := trail(t)
	r := submit(c, "/audit/export", url.Values{"format": {"jsonl"}, "who": {"code:Night lead"}, "kind": {""}})
	if got := r.Header.Get("Content-Disposition"); r.StatusCode != http.StatusOK || got != `attachment; filename="audit-2026-06-20-0312.jsonl"` {
		t.Fatalf("%s, %q", r.Status, got)
	}
	lines := strings.Split(strings.TrimSpace(body(t, r)), "\n")
	var first audit.Written
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || len(lines) != 33 || first.Number != 2 || first.Why != "to ring back" || first.MAC == "" {
		t.Errorf("%d lines, the first %+v, %v", len(lines), first, err)
	}
	table := body(t, submit(c, "/audit/export", url.Values{"format": {"csv"}}))
	if got := strings.Count(table, "\n"); got != 1+132 || !strings.HasPrefix(table, "number,at,who,") {
		t.Errorf("%d lines of a table", got)
	}
	html := body(t, get(t, c, "/audit?kind=exported"))
	for _, want := range []string{"The administrator", "csv", "jsonl by Night lead (one-time code)"} {
		if !strings.Contains(html, want) {
			t.Errorf("that it was downloaded is not kept: no %q in\n%s", want, html)
		}
	}
	for _, wrong := range []url.Values{{"format": {"xml"}}, {}, {"format": {"csv"}, "from": {"someday"}}} {
		if r := submit(c, "/audit/export", wrong); r.StatusCode != http.StatusNotFound {
			t.Errorf("%v: %s", wrong, r.Status)
		}
	}
}

// TestAnAuditThatDoesNotHoldSaysSo: on the page, and a download breaks off rather
// than look whole.
func TestAnAuditThatDoesNotHoldSaysSo(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	sealer, err := call.NewSealer([]byte(strings.Repeat("k", call.MasterLeast)))
	if err != nil {
		t.Fatal(err)
	}
	s := editable(t, mendable)
	o := s.options()
	o.Audit = audit.New(rdb, "torn", audit.Root{Seal: sealer.Seal, Open: sealer.Open, Derive: func([]byte) (audit.Keys, error) {
		return audit.Keys{Seal: sealer.Seal, Open: sealer.Open, Sign: sealer.Sign, Verify: sealer.Verify}, nil
	}}, nil)
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, o.Audit, s.now(), 5)
	rdb.XDel(t.Context(), "cl:{torn}:audit", "3-0")
	r := get(t, c, "/audit")
	html := body(t, r)
	holdsPromises(t, r, html)
	if !strings.Contains(html, "Broken</strong> The audit does not hold together: entry 3 is missing. Tell the administrator now.") || !strings.Contains(html, `id="e5"`) {
		t.Errorf("%s\n%s", r.Status, html)
	}
	func() {
		defer func() {
			if got := recover(); got != http.ErrAbortHandler {
				t.Errorf("the download ended by %v", got)
			}
		}()
		submit(c, "/audit/export", url.Values{"format": {"csv"}})
	}()
	server.SetError("LOADING")
	if r := get(t, c, "/audit"); r.StatusCode != http.StatusBadGateway {
		t.Errorf("without a store: %s", r.Status)
	}
	if r := submit(c, "/audit/export", url.Values{"format": {"csv"}}); r.StatusCode != http.StatusBadGateway {
		t.Errorf("a download without a store: %s", r.Status)
	}
}
