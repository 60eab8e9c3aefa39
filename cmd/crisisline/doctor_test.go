package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/crisisline/examples"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
)

// clinic is an installation in good health, to be made ill.
type clinic struct {
	desk
	network *sim.Network
	plan    *rota.Plan
	around  *around
}

// around is what stands beside an installation: the host of the documents for
// when we are gone, and Alertmanager.
type around struct {
	mu       sync.Mutex
	document string
	alerts   string
	url      string
}

func newAround(t *testing.T) *around {
	t.Helper()
	a := &around{
		document: `<?xml version="1.0"?><Response><Say>One moment.</Say><Dial><Number>+441632960001</Number></Dial></Response>`,
		alerts:   `[{"labels":{"alertname":"DeadMansSwitch"},"receivers":[{"name":"watchdog"}]}]`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		switch {
		case r.URL.Path == "/fallback.xml" && a.document != "":
			_, _ = w.Write([]byte(a.document))
		case r.URL.Path == "/api/v2/alerts" && r.URL.Query().Get("filter") == `alertname="DeadMansSwitch"` && a.alerts != "":
			_, _ = w.Write([]byte(a.alerts))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

func (a *around) says(document, alerts string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.document, a.alerts = document, alerts
}

const doorway = "https://line.example.org"

func newClinic(t *testing.T) *clinic {
	t.Helper()
	d := newDesk(t)
	p, err := rota.Parse("plan.yaml", examples.Plan)
	if err != nil {
		t.Fatal(err)
	}
	c := &clinic{desk: d, plan: p, around: newAround(t), network: sim.New(sim.Options{Clock: sim.NewManual(time.Now()), AuthToken: "a-token"})}
	t.Cleanup(c.network.Close)
	api := httptest.NewServer(c.network.Handler())
	t.Cleanup(api.Close)
	c.environ = append(c.environ,
		"CRISISLINE_TWILIO_ACCOUNT_SID="+c.network.AccountSID(), "CRISISLINE_TWILIO_AUTH_TOKEN=a-token",
		"CRISISLINE_TWILIO_API_BASE_URL="+api.URL, "CRISISLINE_TWILIO_CALLS_PER_SECOND=5", "CRISISLINE_HTTP_PUBLIC_URL="+doorway,
		"CRISISLINE_MONITORING_ALERTMANAGER_URL="+c.around.url, "CRISISLINE_REPORT_STANDARDS_AGREED="+time.Now().Format(time.DateOnly))
	for _, line := range p.Lines {
		for _, n := range line.Numbers {
			c.provision(n.E164(), doorway+"/voice/inbound#rc=2", c.around.url+"/fallback.xml", doorway+"/voice/status")
		}
	}
	d.types(exitDone, "plan", "apply", d.file("plan.yaml"), "--why", "first plan")
	return c
}

func (c *clinic) provision(number, voice, fallback, status string) {
	c.network.Provision(sim.Line{Number: number, VoiceURL: voice, FallbackURL: fallback, StatusURL: status})
}

// examined runs the doctor at the machine's own time and shifts it by skew.
func (c *clinic) examined(skew time.Duration) (started, []result) {
	c.t.Helper()
	now := func() time.Time { return time.Now().Add(skew) }
	got := commandAt(c.t, now, c.environ, "", "doctor", "--json")
	var results []result
	if err := json.Unmarshal([]byte(got.stdout), &results); err != nil {
		c.t.Fatalf("%v in %s%s", err, got.stdout, got.stderr)
	}
	digits := regexp.MustCompile(`\+44\d{6,}`)
	for _, r := range results {
		if digits.MatchString(r.Found + r.Do) {
			c.t.Errorf("a number is shown: %+v", r)
		}
		if (r.Verdict == verdictOK) != (r.Do == "") {
			c.t.Errorf("%+v: what is wrong, and only that, says what to do", r)
		}
	}
	return got, results
}

// finds expects one result and the exit code that goes with it.
func (c *clinic) finds(check string, v verdict, words string) {
	c.t.Helper()
	got, results := c.examined(0)
	if !slices.ContainsFunc(results, func(r result) bool {
		return r.Check == check && r.Verdict == v && strings.Contains(r.Found, words)
	}) {
		c.t.Errorf("no %s %s %q in:\n%s", v, check, words, got.stdout)
	}
	if want := v == verdictFail; (got.exit == exitFindings) != want {
		c.t.Errorf("exit %d", got.exit)
	}
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	got, results := c.examined(0)
	if got.exit != exitDone {
		t.Errorf("exit %d", got.exit)
	}
	for _, r := range results {
		if r.Verdict != verdictOK {
			t.Errorf("%+v", r)
		}
	}
	text := commandAt(t, time.Now, c.environ, "", "doctor")
	says(t, text.stdout, "ok    store", "ok    number", "ok    cover", "leads here", "rings 1 number", "tells: watchdog", "standards were agreed on")
}

// TestDoctorOnWhatStandsAround: what callers hear when we are gone, and whether
// anybody would be woken, is tried and not believed.
func TestDoctorOnWhatStandsAround(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.around.says("", "[]")
	c.finds("fallback", verdictFail, "the fallback document cannot be used: its server answers 404")
	c.finds("alarms", verdictFail, "has not reached it")
	c.around.says("<html>Gone</html>", "")
	c.finds("fallback", verdictFail, "it is no TwiML")
	c.finds("alarms", verdictFail, "it answers 404")
	c.environ = slices.DeleteFunc(c.environ, func(v string) bool { return strings.HasPrefix(v, "CRISISLINE_MONITORING") })
	c.environ = append(c.environ, "CRISISLINE_REPORT_STANDARDS_AGREED=2020-01-01")
	c.around.says("<Response><Say>Ring 111.</Say></Response>", "")
	c.finds("fallback", verdictWarn, "rings nobody")
	c.finds("alarms", verdictWarn, "nobody would be woken")
	c.finds("standards", verdictWarn, "more than a year ago")
}

func TestDoctorOnNumbers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		voice, fallback, status string
		verdict                 verdict
		words                   string
	}{
		"elsewhere":        {"https://other.example.org/x", "https://elsewhere.example.org/f", doorway + "/voice/status", verdictFail, "calls do not lead here"},
		"no fallback":      {doorway + "/voice/inbound", "", doorway + "/voice/status", verdictFail, "no fallback URL"},
		"fallback is ours": {doorway + "/voice/inbound", doorway + "/voice/fallback", doorway + "/voice/status", verdictWarn, "the fallback URL leads to this service"},
		"no status":        {doorway + "/voice/inbound", "https://elsewhere.example.org/f", "", verdictWarn, "we are not told when a caller hangs up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t)
			fallback := strings.Replace(test.fallback, "https://elsewhere.example.org/f", c.around.url+"/fallback.xml", 1)
			c.provision(c.plan.Lines[0].Numbers[0].E164(), test.voice, fallback, test.status)
			c.finds("number", test.verdict, "line public, number 1: "+test.words)
		})
	}
}

func TestDoctorOnTheAccount(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.environ = append(c.environ, "CRISISLINE_TWILIO_AUTH_TOKEN=another")
	c.finds("twilio", verdictFail, "does not take the account")
	c.environ = append(c.environ, "CRISISLINE_TWILIO_AUTH_TOKEN=a-token", "CRISISLINE_TWILIO_CALLS_PER_SECOND=1")
	c.finds("twilio", verdictWarn, "1 call a second")
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c.environ = append(c.environ, "CRISISLINE_TWILIO_API_BASE_URL="+gone.URL)
	c.finds("twilio", verdictFail, "not sent")
	d := newDesk(t)
	says(t, d.types(exitFindings, "doctor").stdout, "no account: nobody can be rung", "plan      there is none")
}

func TestDoctorOnTheClock(t *testing.T) {
	t.Parallel()
	_, results := newClinic(t).examined(-time.Minute)
	var found []string
	for _, r := range results {
		if r.Check == "clock" && r.Verdict == verdictFail {
			found = append(found, r.Found)
		}
	}
	text := strings.Join(found, "\n")
	says(t, text, "the store's clock", "Twilio's clock")
}

func TestDoctorOnCover(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.types(exitDone, "plan", "apply", c.file("gap.yaml", "people: [edda, finn]", "people: [edda]"), "--why", "x", "--anyway")
	c.finds("cover", verdictFail, "the first: ")
}

func TestDoctorOnAStoreThatForgets(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	port := freePort(t)
	elsewhere(t, "--port", fmt.Sprint(port), "--maxmemory-policy", "allkeys-lru", "--user", "mute", "on", "nopass", "~*", "+@all", "-info")
	c.environ = append(c.environ, fmt.Sprintf("CRISISLINE_REDIS_URL=redis://127.0.0.1:%d", port))
	s := open(t, at(fmt.Sprintf("redis://127.0.0.1:%d", port)), nil)
	comesUp(t, s)
	c.finds("store", verdictFail, "no append-only file")
	c.finds("store", verdictFail, `maxmemory-policy is "allkeys-lru"`)
	c.finds("plan", verdictFail, "there is none")
	c.environ = append(c.environ, "CRISISLINE_REDIS_USERNAME=mute", "CRISISLINE_REDIS_PASSWORD=x")
	_, results := c.examined(0)
	if !slices.ContainsFunc(results, func(r result) bool {
		return r.Verdict == verdictWarn && strings.Contains(r.Found, "may not be looked at")
	}) {
		t.Errorf("got %+v", results)
	}
	c.environ = append(c.environ, fmt.Sprintf("CRISISLINE_REDIS_URL=redis://127.0.0.1:%d", freePort(t)))
	c.finds("store", verdictFail, "does not answer")
}

func TestDoctorOnSettings(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	file := filepath.Join(c.folder, "settings.yaml")
	if err := os.WriteFile(file, []byte("routing: {rng_for: 20s}\nprompts: {language: cy}\nconsole: {development_sign_in: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.environ = append(c.environ, "CRISISLINE_CONFIG="+file)
	_, results := c.examined(0)
	text := fmt.Sprint(results)
	says(t, text, "did you mean routing.ring_for?", "no words for prompts.language cy", "anyone who can open the pages")
	c.environ = append(c.environ, "CRISISLINE_CONFIG="+file+".gone")
	says(t, command(t, c.environ, "", "doctor").stdout, "fail  config", "no such file")
}

// TestDoctorOnAKeyThatChanged: the plan cannot be read with another key, and
// that is said in words a person can act on.
func TestDoctorOnAKeyThatChanged(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.environ = append(c.environ, "CRISISLINE_PRIVACY_KEY="+strings.Repeat("z", 32))
	c.finds("plan", verdictFail, "was privacy.key changed?")
	c.environ = append(c.environ, "CRISISLINE_PRIVACY_PREVIOUS_KEY="+strings.Repeat("k", 32))
	if got, _ := c.examined(0); got.exit != exitDone {
		t.Errorf("exit %d: %s", got.exit, got.stdout)
	}
}

func TestDoctorOnStrayVariables(t *testing.T) {
	c := newClinic(t)
	t.Setenv("TWILIO_EDGE", "sydney")
	c.finds("twilio", verdictWarn, "TWILIO_EDGE is in the environment")
}
