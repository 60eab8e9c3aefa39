package twilio_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	twilioclient "github.com/twilio/twilio-go/client"
	"github.com/twilio/twilio-go/twiml"

	"example.org/crisisline/twilio"
)

// voiceBody is a voice request of 22 parameters as Twilio sends them, sorted.
const voiceBody = "AccountSid=AC00000000000000000000000000000000&ApiVersion=2010-04-01&CallSid=CA1234567890abcdef1234567890abcdef" +
	"&CallStatus=ringing&Called=%2B442079460000&CalledCity=&CalledCountry=GB&CalledState=London&CalledZip=&Caller=%2B447700900123" +
	"&CallerCity=&CallerCountry=GB&CallerState=&CallerZip=&Direction=inbound&From=%2B447700900123&FromCity=&FromCountry=GB" +
	"&FromState=&FromZip=&To=%2B442079460000&ToCountry=GB"

const (
	benchToken = "0123456789abcdef0123456789abcdef"
	benchBase  = "https://line.example"
	benchURI   = "/voice/inbound?line=public"
)

// ratio runs ours and theirs in the same process, turn by turn, and reports
// how many times as long theirs takes.
func ratio(b *testing.B, ours, theirs func()) {
	b.Helper()
	const turns = 8
	var spentOurs, spentTheirs time.Duration
	n := max(b.N/turns, 1)
	for range turns {
		start := time.Now()
		for range n {
			ours()
		}
		middle := time.Now()
		for range n {
			theirs()
		}
		spentOurs += middle.Sub(start)
		spentTheirs += time.Since(middle)
	}
	b.ReportMetric(float64(spentOurs.Nanoseconds())/float64(n*turns), "ns/ours")
	b.ReportMetric(float64(spentTheirs.Nanoseconds())/float64(n*turns), "ns/theirs")
	b.ReportMetric(float64(spentTheirs)/float64(spentOurs), "x")
	b.ReportMetric(testing.AllocsPerRun(100, ours), "allocs/ours")
	b.ReportMetric(testing.AllocsPerRun(100, theirs), "allocs/theirs")
	b.ReportMetric(0, "ns/op") // of both together: means nothing
}

// BenchmarkSignature compares a valid signature's check with twilio-go's. Goal: 20x, 0 allocations.
func BenchmarkSignature(b *testing.B) {
	f := parse(b, voiceBody)
	values, err := url.ParseQuery(voiceBody)
	if err != nil {
		b.Fatal(err)
	}
	first := map[string]string{}
	for name := range values {
		first[name] = values.Get(name)
	}
	signature := twilio.Sign(benchToken, benchBase+benchURI, f)
	v, err := twilio.NewValidator(benchBase, benchToken)
	if err != nil {
		b.Fatal(err)
	}
	theirs := twilioclient.NewRequestValidator(benchToken)
	ratio(b,
		func() {
			if !v.Valid(benchURI, f, nil, signature) {
				b.Fatal("ours refused")
			}
		},
		func() {
			if !theirs.Validate(benchBase+benchURI, first, signature) {
				b.Fatal("theirs refused")
			}
		})
}

// BenchmarkParse compares reading a form with net/url's.
func BenchmarkParse(b *testing.B) {
	body := []byte(voiceBody)
	var f twilio.Form
	ratio(b,
		func() {
			if f.Parse(body) != nil {
				b.Fatal("refused")
			}
		},
		func() {
			if _, err := url.ParseQuery(string(body)); err != nil {
				b.Fatal(err)
			}
		})
}

// BenchmarkTwiML compares writing a document of Say and Enqueue with twilio-go's.
func BenchmarkTwiML(b *testing.B) {
	buf := make([]byte, 0, 4096)
	ratio(b, func() { buf = ourDocument(buf[:0]) }, func() { theirDocument(b) })
}

const spoken = "You are through to the crisis line. Please stay on the line & we will answer as soon as we can."

func ourDocument(dst []byte) []byte {
	return twilio.Append(dst,
		twilio.Say{Voice: "Polly.Amy-Neural", Language: "en-GB", Text: spoken},
		twilio.Enqueue{Name: "waiting", Action: "/voice/left?v=1", WaitURL: "/voice/wait?v=1"})
}

func theirDocument(b *testing.B) string {
	doc, err := twiml.Voice([]twiml.Element{
		&twiml.VoiceSay{Voice: "Polly.Amy-Neural", Language: "en-GB", Message: spoken},
		&twiml.VoiceEnqueue{Name: "waiting", Action: "/voice/left?v=1", WaitUrl: "/voice/wait?v=1"},
	})
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// BenchmarkWebhook compares parse, signature and document together with the
// usual way: ParseForm, twilio-go's validator, twilio-go's TwiML. Goal: at most
// 4 allocations of ours.
func BenchmarkWebhook(b *testing.B) {
	v, err := twilio.NewValidator(benchBase, benchToken)
	if err != nil {
		b.Fatal(err)
	}
	theirs := twilioclient.NewRequestValidator(benchToken)
	body := []byte(voiceBody)
	signature := twilio.Sign(benchToken, benchBase+benchURI, parse(b, voiceBody))
	var f twilio.Form
	buf := make([]byte, 0, 4096)
	request := httptest.NewRequest(http.MethodPost, benchURI, nil)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ratio(b,
		func() {
			if f.Parse(body) != nil || !v.Valid(benchURI, &f, nil, signature) || f.Request().CallSID == "" {
				b.Fatal("ours refused")
			}
			buf = ourDocument(buf[:0])
		},
		func() {
			r := *request
			r.Form, r.PostForm = nil, nil
			r.Body = readCloser{strings.NewReader(voiceBody)}
			if err := r.ParseForm(); err != nil {
				b.Fatal(err)
			}
			first := make(map[string]string, len(r.PostForm))
			for name := range r.PostForm {
				first[name] = r.PostForm.Get(name)
			}
			if !theirs.Validate(benchBase+benchURI, first, signature) || r.PostForm.Get("CallSid") == "" {
				b.Fatal("theirs refused")
			}
			theirDocument(b)
		})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
