package conformance

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const header = `<?xml version="1.0" encoding="UTF-8"?>`

func TestDocumentAccepts(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"empty":            header + `<Response/>`,
		"no declaration":   `<Response><Hangup/></Response>`,
		"spaces between":   header + "\n<Response>\n  <Pause length=\"1\"/>\n</Response>\n",
		"a comment":        header + `<Response><!-- why --><Leave/></Response>`,
		"SSML":             header + `<Response><Say voice="Polly.Amy-Neural"><prosody rate="slow">Ring <say-as interpret-as="digits">999</say-as></prosody><lang xml:lang="cy-GB">Croeso</lang></Say></Response>`,
		"empty attributes": header + `<Response><Gather finishOnKey="" input="dtmf speech"/><Dial><Conference waitUrl="">r</Conference></Dial></Response>`,
		"a number to dial": header + `<Response><Dial timeout="20">+442079460000</Dial></Response>`,
	}
	for name, doc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := Document([]byte(doc)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDocumentRefuses(t *testing.T) {
	t.Parallel()
	numbers := strings.Repeat("<Number>+447700900001</Number>", 11)
	tests := []struct{ name, doc, want string }{
		{"nothing", "", "has 0 root elements"},
		{"space before the declaration", " " + header + "<Response/>", "does not begin"},
		{"words", "Service unavailable", "does not begin"},
		{"another root", "<?xml version=\"1.0\"?><response/>", "root is <response>"},
		{"two roots", "<Response/><Response/>", "has 2 root elements"},
		{"not closed", "<Response><Say>a</Response>", "is not XML"},
		{"raw ampersand", "<Response><Say>a & b</Say></Response>", "is not XML"},
		{"a control character", "<Response><Say>a\x01</Say></Response>", "is not XML"},
		{"a document type", "<?xml version=\"1.0\"?><!DOCTYPE x><Response/>", "directive"},
		{"text in Response", "<Response>hello</Response>", "may not hold text"},
		{"text after", "<Response/>hello", "text outside"},
		{"too large", "<Response><Pause/>" + strings.Repeat(" ", 64_000) + "</Response>", "more than 64000"},
		{"lower case", "<Response><say>a</say></Response>", "may not hold <say>"},
		{"SSML in upper case", `<Response><Say>a<Break/></Say></Response>`, "may not hold <Break>"},
		{"dial in gather", `<Response><Gather><Dial>+442079460000</Dial></Gather></Response>`, "may not hold <Dial>"},
		{"say in dial", `<Response><Dial><Say>a</Say></Dial></Response>`, "may not hold <Say>"},
		{"paragraph in a sentence", `<Response><Say><s><p>a</p></s></Say></Response>`, "may not hold <p>"},
		{"misspelt attribute", `<Response><Gather numDigit="1"/></Response>`, "has no attribute numDigit"},
		{"attribute of SSML", `<Response><Say><say-as interpretAs="digits">1</say-as></Say></Response>`, "has no attribute interpretAs"},
		{"lang without xml:", `<Response><Say><lang lang="cy-GB">a</lang></Say></Response>`, "has no attribute lang"},
		{"attribute twice", `<Response><Pause length="1" length="2"/></Response>`, "twice"},
		{"attribute in a namespace", `<Response xmlns:x="u"><Pause x:length="1"/></Response>`, "has no attribute"},
		{"not a number", `<Response><Dial timeout="abc">+442079460000</Dial></Response>`, "is not a number"},
		{"not a boolean", `<Response><Dial answerOnBridge="yes">+442079460000</Dial></Response>`, "is not true or false"},
		{"not of the set", `<Response><Reject reason="no"/></Response>`, "none of the known values"},
		{"not of the list", `<Response><Gather input="dtmf eyes"/></Response>`, "none of the known values"},
		{"an empty list", `<Response><Gather input=""/></Response>`, "is empty"},
		{"no such voice", `<Response><Say voice="Polly.Nobody">a</Say></Response>`, "none of the known values"},
		{"emphasis by a neural voice", `<Response><Say voice="Polly.Amy-Neural">a<emphasis level="strong">b</emphasis></Say></Response>`, "neural"},
		{"spoken too long", `<Response><Say voice="Polly.Amy">` + strings.Repeat("x", 3001) + `</Say></Response>`, "3001 characters"},
		{"nothing spoken", `<Response><Say><break/></Say></Response>`, "speaks 0 characters"},
		{"encoded too long", `<Response><Say>` + strings.Repeat("é", 800) + `</Say></Response>`, "URL-encoded"},
		{"eleven numbers", "<Response><Dial>" + numbers + "</Dial></Response>", "holds 11 <Number>"},
		{"not E.164", "<Response><Dial><Number>07700900001</Number></Dial></Response>", "is not E.164"},
		{"nothing dialled", "<Response><Dial/></Response>", "dials nothing"},
		{"rings too short", `<Response><Dial timeout="4">+442079460000</Dial></Response>`, "must be 5 to 600"},
		{"queue without name", "<Response><Enqueue/></Response>", "1 to 64 bytes"},
		{"conference without name", "<Response><Dial><Conference/></Dial></Response>", "name or label"},
		{"conference too small", `<Response><Dial><Conference maxParticipants="1">r</Conference></Dial></Response>`, "must be 2 to 250"},
		{"redirect to nowhere", "<Response><Redirect/></Response>", "needs a URL"},
		{"underscore in a host", `<Response><Enqueue waitUrl="https://a_b.example">q</Enqueue></Response>`, "underscore"},
		{"not a web address", `<Response><Gather action="ftp://x.example"/></Response>`, "neither http nor https"},
		{"a space in a URL", `<Response><Redirect>/a b</Redirect></Response>`, "is not a URL"},
		{"not keys", `<Response><Gather finishOnKey="ab"/></Response>`, "keys of a telephone"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := Document([]byte(tc.doc))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Document: %v, want %q", err, tc.want)
			}
		})
	}
}

func TestDocumentAtAPlace(t *testing.T) {
	t.Parallel()
	const (
		gather = `<Response><Gather action="/a"><Say>a</Say></Gather></Response>`
		hangup = `<Response><Say>a</Say><Hangup/></Response>`
		moves  = `<Response><Play>/a.wav</Play><Redirect>/a</Redirect></Response>`
		leave  = `<Response><Leave/></Response>`
	)
	tests := []struct {
		place    Place
		accepted []string
		refused  []string
	}{
		{Anywhere, []string{gather, hangup, moves, leave}, nil},
		{QueueWait, []string{gather, hangup, moves, leave}, []string{`<Response><Dial>+442079460000</Dial></Response>`}},
		{ConferenceWait, []string{moves}, []string{gather, hangup, leave}},
		{BeforeQueue, []string{moves}, []string{gather, hangup, leave}},
		{BeforeNumber, []string{gather, hangup}, []string{moves, leave}},
	}
	for _, tc := range tests {
		t.Run(string(tc.place), func(t *testing.T) {
			t.Parallel()
			for _, doc := range tc.accepted {
				if err := DocumentAt(tc.place, []byte(doc)); err != nil {
					t.Errorf("%s: %v", doc, err)
				}
			}
			for _, doc := range tc.refused {
				if DocumentAt(tc.place, []byte(doc)) == nil {
					t.Errorf("%s: accepted", doc)
				}
			}
		})
	}
}

func TestMissingFilesSayWhatToDo(t *testing.T) {
	t.Parallel()
	err := load("twilio/conformance/generated/absent.json", new(struct{}))
	if err == nil || !strings.Contains(err.Error(), "run make test") {
		t.Errorf("load: %v", err)
	}
}

func TestHandlerReports(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, kind, body string
		status                 int
		want                   bool // reported
	}{
		{"good TwiML", "/voice/inbound", "text/xml; charset=utf-8", "<Response/>", 200, false},
		{"bad TwiML", "/voice/inbound", "text/xml", "<Response><say/></Response>", 200, true},
		{"an error page, read aloud", "/voice/inbound", "text/plain", "internal error", 500, true},
		{"a refusal", "/voice/inbound", "text/plain", "forbidden", 403, false},
		{"nothing to say", "/voice/status", "", "", 204, false},
		{"a page", "/board", "text/html", "<html>", 200, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			reported := false
			h := Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tc.kind != "" {
					w.Header().Set("Content-Type", tc.kind)
				}
				w.WriteHeader(tc.status)
				w.Write([]byte(tc.body))
			}), func(error) { reported = true })
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, tc.path, nil))
			if reported != tc.want || rec.Code != tc.status || rec.Body.String() != tc.body {
				t.Errorf("reported %v, answered %d %q", reported, rec.Code, rec.Body)
			}
		})
	}
}
