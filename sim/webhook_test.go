package sim_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/sim"
)

// docs/twilio.md 3.2, 3.4: what cannot be had or executed goes to the fallback URL
// with ErrorCode and ErrorUrl; without one the caller hears an application error
// and is cut off, and the network remembers.
func TestDocumentFailures(t *testing.T) {
	t.Parallel()
	answer := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const ok = `<Response><Say>hello</Say></Response>`
	for _, tc := range []struct {
		name string
		page http.HandlerFunc
		code int
	}{
		{"status 500", answer(500, "text/xml", ok), 11200},
		{"status 404", answer(404, "text/xml", ok), 11200},
		{"unknown content type", answer(200, "application/json", ok), 12300},
		{"no content type", answer(200, "", ok), 12300},
		{"not XML", answer(200, "text/xml", `<Response><Say>`), 12100},
		{"space before the declaration", answer(200, "text/xml", ` <?xml version="1.0"?>`+ok), 12100},
		{"another root", answer(200, "text/xml", `<response/>`), 12100},
		{"empty", answer(200, "text/xml", ``), 12100},
		{"too large", answer(200, "text/xml", `<Response><Say>`+strings.Repeat("x", 64<<10)+`</Say></Response>`), 11750},
		{"redirects without end", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/in", http.StatusFound) }, 11215},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.page("/in", tc.page)
			s.net.Phone(callerNo).Dials(t, line).Hears(t, "application error").IsOver(t)
			if spoken := s.net.ApplicationErrors(); len(spoken) != 1 || spoken[0].Code != tc.code {
				t.Errorf("spoken: %+v, want code %d", spoken, tc.code)
			}

			s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in", FallbackURL: public + "/fallback"})
			s.says("/fallback", `<Say>fallback</Say>`)
			s.net.Phone(callerNo).Dials(t, line).Hears(t, "fallback").IsOver(t)
			s.expect("/fallback", "ErrorCode", fmt.Sprint(tc.code))
			if got := s.values("/fallback", "ErrorUrl")[0]; !strings.HasPrefix(got, public) {
				t.Errorf("ErrorUrl: %q", got)
			}
			if spoken := s.net.ApplicationErrors(); len(spoken) != 1 {
				t.Errorf("spoken again: %+v", spoken)
			}
		})
	}
}

// docs/twilio.md 3.2, 10.7: text/plain is read to the caller.
func TestPlainTextIsReadAloud(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.page("/in", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusOK) })
	s.net.Phone(callerNo).Dials(t, line).Hears(t, "oops").IsOver(t)
}

// docs/twilio.md 3.4, 7.4: an Enqueue or Dial action that cannot be fetched goes to
// the fallback URL; so does the Url of a REST call, to its own FallbackUrl.
func TestActionFailures(t *testing.T) {
	t.Parallel()
	for name, verbs := range map[string]string{
		"Enqueue": `<Enqueue waitUrl="/hold" action="/gone">calls</Enqueue>`,
		"Dial":    `<Dial action="/gone">` + sim.NumberBusy + `</Dial>`,
		"Gather":  `<Gather action="/gone" actionOnEmptyResult="true" timeout="1"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in", FallbackURL: public + "/fallback"})
			s.says("/in", verbs)
			s.says("/hold", `<Leave/>`)
			s.says("/fallback", `<Say>fallback</Say>`)
			s.net.Phone(callerNo).Dials(t, line).Hears(t, "fallback")
			s.expect("/fallback", "ErrorCode", "11200")
			s.clean()
		})
	}
	t.Run("REST call", func(t *testing.T) {
		t.Parallel()
		s := newScript(t)
		s.says("/fallback", `<Say>fallback</Say>`)
		s.call(aliceNo, "/gone", "FallbackUrl", public+"/fallback")
		s.net.Phone(aliceNo).Rings(t).Answers().Hears(t, "fallback")
	})
}

// docs/twilio.md 3.3: retries as the fragment says, all with one idempotency token;
// without a fragment, once, for a failed connection only.
func TestConnectionOverrides(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, fragment string
		broken         int // requests that fail
		down           bool
		want           int // requests that arrive
		ok             bool
	}{
		{"default, 5xx", "", 1, false, 1, false},
		{"all", "#rc=2&rp=all", 2, false, 3, true},
		{"5xx", "#rc=1&rp=5xx", 1, false, 2, true},
		{"4xx only", "#rc=3&rp=4xx", 1, false, 1, false},
		{"too few", "#rc=1&rp=all", 2, false, 2, false},
		{"cannot connect", "#rc=5&rp=all", 0, true, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in" + tc.fragment})
			s.net.Faults().Unreachable(public, tc.down)
			var asked atomic.Int32
			s.page("/in", func(w http.ResponseWriter, _ *http.Request) {
				if int(asked.Add(1)) <= tc.broken {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				w.Header().Set("Content-Type", "text/xml")
				_, _ = io.WriteString(w, `<Response><Say>hello</Say></Response>`)
			})
			s.net.Phone(callerNo).Dials(t, line).IsOver(t)
			got := s.got("/in")
			if len(got) != tc.want || len(s.net.ApplicationErrors()) == 0 != tc.ok {
				t.Errorf("asked %d times, want %d; errors %v", len(got), tc.want, s.net.ApplicationErrors())
			}
			for _, h := range got {
				if token := h.Header.Get("I-Twilio-Idempotency-Token"); token == "" || token != got[0].Header.Get("I-Twilio-Idempotency-Token") {
					t.Errorf("idempotency token %q", token)
				}
			}
		})
	}
}

// docs/twilio.md 3.3: no webhook may take longer than the ceiling, nor a read longer
// than rt.
func TestWebhookTimeouts(t *testing.T) {
	t.Parallel()
	for name, fragment := range map[string]string{"ceiling": "", "rt": "#rt=100"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, func(o *sim.Options) {
				if fragment == "" {
					o.Ceiling = time.Second
				}
			})
			s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in" + fragment, FallbackURL: public + "/fallback"})
			s.page("/in", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			s.says("/fallback", `<Say>fallback</Say>`)
			s.net.Phone(callerNo).Dials(t, line).Hears(t, "fallback")
		})
	}
}

// docs/twilio.md 1.1: the parameters of an inbound voice request, all of them.
func TestInboundParameters(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.says("/in", ``)
	caller := s.net.Phone(callerNo).Dials(t, line)
	caller.IsOver(t)
	got := map[string]string{}
	for name, values := range s.got("/in")[0].Form {
		got[name] = values[0]
	}
	want := map[string]string{
		"AccountSid": s.net.AccountSID(), "ApiVersion": "2010-04-01", "CallSid": caller.SID(), "CallStatus": "ringing", "Direction": "inbound",
		"From": callerNo, "Caller": callerNo, "To": line, "Called": line,
	}
	for _, who := range []string{"From", "To", "Caller", "Called"} {
		for _, part := range []string{"City", "State", "Zip", "Country"} {
			want[who+part] = ""
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// docs/twilio.md 1.2: a withheld number comes as a word, as keys, or not at all.
func TestWithheldCaller(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"anonymous", "+266696687", ""} {
		s := newScript(t)
		s.says("/in", ``)
		s.net.Phone(callerNo).Presents(from).Dials(t, line).IsOver(t)
		s.expect("/in", "From", from)
		s.expect("/in", "Caller", from)
	}
}

// A webhook may come twice.
func TestDuplicateWebhooks(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.net.Faults().DuplicateWebhooks(1)
	s.says("/in", `<Say>hello</Say>`)
	s.net.Phone(callerNo).Dials(t, line).Hears(t, "hello").IsOver(t)
	if got := len(s.got("/in")); got != 2 {
		t.Errorf("asked %d times", got)
	}
}

// docs/twilio.md 3.1: verbs and attributes Twilio does not know are warnings (12200).
func TestWarnings(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.net.Provision(sim.Line{Number: line, VoiceURL: public + "/in"})
	s.says("/in", `<say>no</say><Gather numDigit="1" timeout="1"><Dial/></Gather><Say>a <Break time="1s"/> b</Say>`)
	s.net.Phone(callerNo).Dials(t, line).IsOver(t)
	want := []string{"12200 <say> in a call", "<say> is not played by this network", "12200 attribute numDigit of <Gather>", "12200 <Dial> in <Gather>", "12200 <Break> in <Say>"}
	if diff := cmp.Diff(want, s.net.Warnings()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Documents that lead to one another at once end, as an error: on a manual
// clock they would hold up the world for ever.
func TestDocumentsInACircle(t *testing.T) {
	t.Parallel()
	for name, pages := range map[string][2]string{
		"redirected":            {`<Redirect>/in</Redirect>`, ``},
		"in and out of a queue": {`<Enqueue action="/in" waitUrl="/wait">q</Enqueue>`, `<Leave/>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.says("/in", pages[0])
			s.says("/wait", pages[1])
			s.says("/status", "")
			s.net.Phone(callerNo).Dials(t, line)
			s.pass(time.Minute)
			if spoken := s.net.ApplicationErrors(); len(spoken) != 1 || spoken[0].Code != 11200 {
				t.Errorf("heard %v, want one error", spoken)
			}
		})
	}
}
