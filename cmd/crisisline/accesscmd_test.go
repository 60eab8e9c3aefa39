package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// TestAccessFromTheTerminal is an administrator's way through, each step in a
// process of its own.
func TestAccessFromTheTerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")

	got := d.types(exitDone, "access", "code", "--for", "Night lead", "--role", "shift_lead", "--team", "pseh", "--hours", "12", "--count", "2")
	codes := strings.Fields(got.stdout)
	if len(codes) != 2 || codes[0] == codes[1] || !regexp.MustCompile(`^([A-Z2-9]{4}-){3}[A-Z2-9]{4}$`).MatchString(codes[0]) {
		t.Errorf("codes %q", codes)
	}
	says(t, got.stderr, "Night lead: shift lead for pseh", "works once", "Sat 21 Nov 2026 15:30")
	list := d.types(exitDone, "access", "code", "list").stdout
	says(t, list, "Night lead", "shift lead for pseh", "cli:dm7")
	if strings.Contains(list, codes[0]) {
		t.Error("the list shows a code")
	}
	for _, wrong := range [][]string{
		{"--for", "x", "--role", "boss"}, {"--for", "x", "--role", "viewer", "--team", "nowhere"}, {"--for", " ", "--role", "viewer"},
		{"--for", "x", "--role", "viewer", "--hours", "73"}, {"--for", "x", "--role", "viewer", "--count", "0"}, {"--for", "x", "--role", "viewer", "--who", " "},
	} {
		d.types(exitFailed, append([]string{"access", "code"}, wrong...)...)
	}
	d.types(exitUsage, "access", "code", "--for", "x")
	says(t, d.types(exitDone, "access", "code", "end", "Night lead").stdout, "ended 2 code(s)")
	d.types(exitFailed, "access", "code", "end", "Night lead")

	secret := strings.TrimSpace(d.types(exitDone, "access", "token", "create", "wallboard", "--role", "viewer", "--days", "30").stdout)
	if !regexp.MustCompile(`^clt_[a-z2-7]{52}$`).MatchString(secret) {
		t.Errorf("token %q", secret)
	}
	d.types(exitFailed, "access", "token", "create", "wallboard", "--role", "viewer")
	d.types(exitFailed, "access", "token", "create", "phone", "--role", "responder", "--responder", "r-nobody")
	says(t, d.types(exitDone, "access", "token", "create", "phone", "--role", "responder", "--responder", "ada").stderr, "phone: responder, as ada")
	says(t, d.types(exitDone, "access", "token", "list").stdout, "ada")
	d.types(exitDone, "access", "token", "end", "phone")
	list = d.types(exitDone, "access", "token", "list").stdout
	says(t, list, "wallboard", "viewer", "Mon 21 Dec 2026", "cli:dm7")
	if strings.Contains(list, secret) {
		t.Error("the list shows a token")
	}
	d.types(exitDone, "access", "token", "end", "wallboard")
	d.types(exitFailed, "access", "token", "end", "wallboard")

	d.types(exitDone, "access", "code", "--for", "Ada", "--role", "viewer")
	says(t, d.types(exitDone, "access", "end-sessions", "code:Ada", "--who", "root").stdout, "code:Ada is asked to sign in again", "1 unused code")
	says(t, d.types(exitDone, "access", "end-sessions", "--everybody").stdout, "anybody")
	d.types(exitFailed, "access", "end-sessions")
	d.types(exitFailed, "access", "end-sessions", "ben", "--everybody")

	says(t, d.types(exitDone, "access", "audit", "verify").stdout, "9 entries hold together", "the newest: 9:")
	out := d.types(exitDone, "access", "audit", "export", "--from", "2026-11-21").stdout
	var who []string
	var anchor string
	for line := range strings.Lines(out) {
		var e audit.Written
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		who = append(who, strings.Join([]string{e.Who, e.What, e.About, e.After}, "|"))
		if e.Number == 3 {
			anchor = "3:" + e.MAC
		}
	}
	want := []string{
		"cli:dm7|access|code:Night lead|2 code(s) for 12 h: shift lead for pseh",
		"cli:dm7|access|code:Night lead|2 code(s) ended",
		"cli:dm7|access|token:wallboard|token for 30 days: viewer",
		"cli:dm7|access|token:phone|token for 365 days: responder, as ada",
		"cli:dm7|access|token:phone|token ended",
		"cli:dm7|access|token:wallboard|token ended",
		"cli:dm7|access|code:Ada|1 code(s) for 8 h: viewer",
		"cli:root|access|code:Ada|sessions ended",
		"cli:dm7|access|*|sessions ended",
		"cli:dm7|exported|audit|jsonl 2026-11-21 to",
	}
	if diff := cmp.Diff(want, who); diff != "" {
		t.Error(diff)
	}
	d.types(exitDone, "access", "audit", "verify", "--anchor", anchor)
	says(t, d.types(exitFindings, "access", "audit", "verify", "--anchor", "3:00ff").stdout, "entry 3 is not the one")
	d.types(exitFailed, "access", "audit", "verify", "--anchor", "x")

	rows, err := csv.NewReader(strings.NewReader(d.types(exitDone, "access", "audit", "export", "--format", "csv", "--until", "2026-11-21").stdout)).ReadAll()
	if err != nil || len(rows) != 1 || rows[0][0] != "number" {
		t.Errorf("before there was any: %q, %v", rows, err)
	}
	d.types(exitFailed, "access", "audit", "export", "--format", "xml")
	d.types(exitFailed, "access", "audit", "export", "--from", "21/11/2026")
}

// TestAVersionSaysWhoseBusinessItIs: that of the people it changes, of the whole
// service where nobody can tell.
func TestAVersionSaysWhoseBusinessItIs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	other := []byte(strings.Replace(string(text), "name: Cara", "name: Carla", 1))
	for name, tt := range map[string]struct {
		before, after []byte
		want          string
	}{
		"somebody of Southampton": {text, other, "southampton"},
		"the first version":       {nil, text, "*"},
		"nothing":                 {text, text, "*"},
		"a plan nobody can read":  {[]byte("?"), text, "*"},
	} {
		if got := strings.Join(concernedBy(rota.Entry{Before: tt.before, After: tt.after}), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestEveryPlanVersionIsInTheAuditOnce: whoever published it, however many
// instances note it, and whatever was missed meanwhile.
func TestEveryPlanVersionIsInTheAuditOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan", "--by", "ada")
	o := d.office(t)
	ctx := t.Context()
	for range 2 {
		if err := notePlans(ctx, o.book, o.log); err != nil {
			t.Fatal(err)
		}
	}
	d.types(exitDone, "plan", "apply", d.file("second.yaml", "name: Hampshire", "name: North Hampshire"), "--why", "another name", "--anyway")
	d.types(exitDone, "plan", "undo", "--why", "no", "--by", "ben")
	done := make(chan error)
	for range 3 {
		other := d.office(t)
		go func() { done <- notePlans(ctx, other.book, other.log) }()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	kept, err := o.book.History(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	plans := publishedPlans{}
	if _, err := o.log.Verify(ctx, func(e audit.Entry) error {
		got = append(got, e.What+" "+e.About+" by "+e.Who+": "+e.Why+" "+e.After)
		if diff := cmp.Diff([]string{rota.EveryTeam}, e.Teams); diff != "" { // the service's name is everybody's
			t.Error(diff)
		}
		plans.see(e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i, by := range []string{"1 by ada: first plan ", "2 by dm7: another name ", "3 by ben: no "} {
		want = append(want, "published "+by+audit.Digest(kept[len(kept)-1-i].After))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if ps := plans.differ(kept); len(ps) > 0 {
		t.Error(ps)
	}
	kept[1].After = append(kept[1].After, "# changed\n"...)
	delete(plans, 3)
	plans[4] = []string{"x"}
	if diff := cmp.Diff([]string{"plan version 3 is not in the audit", "plan version 2 is not what the audit says was published"}, plans.differ(kept)); diff != "" {
		t.Error(diff)
	}
}

// office is this desk's store, for a test that looks behind the commands.
func (d desk) office(t *testing.T) *office {
	t.Helper()
	cfg, st, sh := d.store(t)
	log := sh.logger(config.Log{Level: "error"})
	sealer, err := openSealer(cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{shell: sh, cfg: cfg, keep: access.NewStore(st.UniversalClient, cfg.Service.ID), log: openAudit(cfg, st, sealer, log), book: openBook(cfg, st, sealer, log, sh.now, nil)}
	if err := o.book.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (d desk) store(t *testing.T) (*config.Config, *store, *shell) {
	t.Helper()
	cfg, err := config.Load("", d.environ)
	if err != nil {
		t.Fatal(err)
	}
	sh := &shell{environ: d.environ, stdout: t.Output(), stderr: t.Output(), now: time.Now}
	st, err := openStore(t.Context(), cfg, sh.logger(config.Log{Level: "error"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return cfg, st, sh
}
