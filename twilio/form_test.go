package twilio_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/twilio"
)

type param struct{ Name, Value string }

// params is the form's content through its exported methods alone.
func params(f *twilio.Form) []param {
	seen := map[string]int{}
	var all []param
	for _, name := range f.Names() {
		all = append(all, param{name, f.All(name)[seen[name]]})
		seen[name]++
	}
	return all
}

func TestFormParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       []param
	}{
		{"empty", "", nil},
		{"one", "CallSid=CA1", []param{{"CallSid", "CA1"}}},
		{"escapes", "From=%2B447700900123&City=St+Mary%27s%20Bay&e=%c3%a9", []param{{"From", "+447700900123"}, {"City", "St Mary's Bay"}, {"e", "é"}}},
		{"repeats keep their order", "e=b&x=1&e=a&e=b", []param{{"e", "b"}, {"x", "1"}, {"e", "a"}, {"e", "b"}}},
		{"no value", "CallerName=&Flag", []param{{"CallerName", ""}, {"Flag", ""}}},
		{"empty pairs and an empty name", "&&a=1&&=x&", []param{{"a", "1"}, {"", "x"}}},
		{"= in a value", "a=b=c", []param{{"a", "b=c"}}},
		{"raw semicolon is a character", "a=1;b=2", []param{{"a", "1;b=2"}}},
		{"an escape that is none", "a=100%&b=%zz%4", []param{{"a", "100%"}, {"b", "%zz%4"}}},
		{"not UTF-8", "a=%E9x&b=%E2%98", []param{{"a", "\ufffdx"}, {"b", "\ufffd"}}},
		{"raw bytes above ASCII", "a=é", []param{{"a", "é"}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, tc.body)
			if diff := cmp.Diff(tc.want, params(f)); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
			for _, p := range tc.want {
				if f.Get(p.Name) != f.All(p.Name)[0] {
					t.Errorf("Get(%q) is not the first value", p.Name)
				}
			}
			if f.Len() != len(tc.want) || f.Get("absent") != "" || f.All("absent") != nil {
				t.Error("Len, or an absent name, is wrong")
			}
		})
	}
}

func TestFormParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       error
	}{
		{"64 parameters", strings.Repeat("a=1&", 64), nil},
		{"65 parameters", strings.Repeat("a=1&", 65), twilio.ErrTooManyParams},
		{"as large as may be", "a=" + strings.Repeat("x", twilio.MaxBodyBytes-2), nil},
		{"larger", "a=" + strings.Repeat("x", twilio.MaxBodyBytes-1), twilio.ErrMalformed},
		{"a control byte", "a=1\x00", twilio.ErrMalformed},
		{"lines", "a=1\r\nb=2", twilio.ErrMalformed},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, "before=1")
			err := f.Parse([]byte(tc.body))
			if !errors.Is(err, tc.want) {
				t.Fatalf("Parse: %v, want %v", err, tc.want)
			}
			if err != nil && f.Len() != 0 {
				t.Errorf("a refused form holds %d parameters", f.Len())
			}
		})
	}
}

func TestFormStringsOutliveTheNextParse(t *testing.T) {
	t.Parallel()
	body := []byte("a=first&b=second")
	var f twilio.Form
	if err := f.Parse(body); err != nil {
		t.Fatal(err)
	}
	first := f.Get("a")
	copy(body, "a=XXXXX")
	if err := f.Parse([]byte("a=third&c=4")); err != nil {
		t.Fatal(err)
	}
	if first != "first" || f.Get("a") != "third" || f.Get("b") != "" {
		t.Errorf("first %q, now a %q and b %q", first, f.Get("a"), f.Get("b"))
	}
}

// Not parallel: testing.AllocsPerRun counts every goroutine's allocations.
func TestFormParseAllocatesOnce(t *testing.T) {
	body := []byte(voiceBody)
	var f twilio.Form
	allocs := testing.AllocsPerRun(100, func() {
		if f.Parse(body) != nil {
			t.Fatal("refused")
		}
	})
	if allocs > 1 {
		t.Errorf("%v allocations, want 1", allocs)
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       twilio.Request
	}{
		{"inbound", "AccountSid=AC1&CallSid=CA1&CallStatus=ringing&Direction=inbound&From=%2B447700900123&To=%2B442079460000&ForwardedFrom=x&ApiVersion=2010-04-01",
			twilio.Request{AccountSID: "AC1", CallSID: "CA1", CallStatus: "ringing", Direction: "inbound", From: "+447700900123", To: "+442079460000", ForwardedFrom: "x", SequenceNumber: -1}},
		{"gather", "CallSid=CA1&Digits=12&FinishedOnKey=%23", twilio.Request{CallSID: "CA1", Digits: "12", FinishedOnKey: "#", SequenceNumber: -1}},
		{"status", "CallSid=CA1&CallStatus=no-answer&SequenceNumber=0&SipResponseCode=487&CallDuration=0&CallbackSource=call-progress-events&Timestamp=Sat%2C+21+Nov+2026+10%3A00%3A00+%2B0000&ParentCallSid=CA0",
			twilio.Request{CallSID: "CA1", CallStatus: "no-answer", SequenceNumber: 0, SIPResponseCode: 487, CallbackSource: "call-progress-events", Timestamp: "Sat, 21 Nov 2026 10:00:00 +0000", ParentCallSID: "CA0"}},
		{"queue", "QueueResult=bridged&QueueSid=QU1&QueueTime=31&QueuePosition=2&CurrentQueueSize=3&MaxQueueSize=100",
			twilio.Request{QueueResult: "bridged", QueueSID: "QU1", QueueTime: 31, QueuePosition: 2, CurrentQueueSize: 3, MaxQueueSize: 100, SequenceNumber: -1}},
		{"dial", "DialCallStatus=completed&DialCallSid=CA2&DialBridged=true&DialCallDuration=9",
			twilio.Request{DialCallStatus: "completed", DialCallSID: "CA2", DialBridged: "true", DialCallDuration: 9, SequenceNumber: -1}},
		{"conference", "ConferenceSid=CF1&FriendlyName=r-1&StatusCallbackEvent=participant-leave&ParticipantLabel=caller&ReasonParticipantLeft=participant_hung_up&ReasonConferenceEnded=last-participant-left&SequenceNumber=7",
			twilio.Request{ConferenceSID: "CF1", FriendlyName: "r-1", StatusCallbackEvent: twilio.EventParticipantLeave, ParticipantLabel: "caller", ReasonParticipantLeft: "participant_hung_up", ReasonConferenceEnded: "last-participant-left", SequenceNumber: 7}},
		{"fallback", "ErrorCode=11200&ErrorUrl=https%3A%2F%2Fline.example%2Fv&AnsweredBy=human",
			twilio.Request{ErrorCode: "11200", ErrorURL: "https://line.example/v", AnsweredBy: "human", SequenceNumber: -1}},
		{"not numbers", "QueueTime=soon&SequenceNumber=-4&SipResponseCode=", twilio.Request{SequenceNumber: -1}},
		{"the first of a repeated name", "Digits=1&Digits=2", twilio.Request{Digits: "1", SequenceNumber: -1}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, parse(t, tc.body).Request()); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever net/url reads, Parse reads the same, in any order; and nothing makes
// Parse panic or keep what is not UTF-8.
func FuzzFormParse(f *testing.F) {
	for _, seed := range []string{voiceBody, "a=1;b=2", "a=%", "%=%%=%2", "&&=&a", "a=%E2%98&b=\xff", "a+b=c+d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var form twilio.Form
		if err := form.Parse([]byte(body)); err != nil {
			return
		}
		for _, p := range params(&form) {
			if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value) {
				t.Fatalf("%q holds what is not UTF-8", p)
			}
		}
		theirs, err := url.ParseQuery(body)
		if err != nil || !valid(theirs) {
			return
		}
		ours := url.Values{}
		for _, p := range params(&form) {
			ours.Add(p.Name, p.Value)
		}
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("%q (-net/url +ours):\n%s", body, diff)
		}
	})
}

func valid(values url.Values) bool {
	for name, all := range values {
		if !utf8.ValidString(name + strings.Join(all, "")) {
			return false
		}
	}
	return true
}
