package twilio_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnsureQueue(t *testing.T) {
	t.Parallel()
	const next = `"next_page_uri":"/2010-04-01/Accounts/` + account + `/Queues.json?PageSize=1000&Page=1&PageToken=PT1"`
	wanted := func(size string) string {
		return `{"sid":"` + queueSID + `","friendly_name":"waiting","max_size":` + size + `}`
	}
	const first, create, raise = "GET /Queues.json?PageSize=1000", "POST /Queues.json FriendlyName=waiting&MaxSize=500", "POST /Queues/" + queueSID + ".json MaxSize=500"
	tests := []struct {
		name    string
		answers []string
		asked   []string
		kind    string
	}{
		{"there, large enough", []string{`200 {"queues":[` + wanted("1000") + `]}`}, []string{first}, ""},
		{"there, too small", []string{`200 {"queues":[` + wanted("100") + `]}`, "200 " + wanted("500")}, []string{first, raise}, ""},
		{"on the second page", []string{`200 {"queues":[{"sid":"QU1","friendly_name":"other"}],` + next + `}`, `200 {"queues":[` + wanted("500") + `],"next_page_uri":null}`},
			[]string{first, "GET /Queues.json?Page=1&PageSize=1000&PageToken=PT1"}, ""},
		{"not there", []string{`200 {"queues":[]}`, "201 " + wanted("500")}, []string{first, create}, ""},
		{"made by another meanwhile", []string{`200 {"queues":[]}`, `400 {"code":22003,"status":400}`, `200 {"queues":[` + wanted("500") + `]}`}, []string{first, create, first}, ""},
		{"refused", []string{`200 {"queues":[]}`, `400 {"code":20001,"status":400}`, `200 {"queues":[]}`}, []string{first, create, first}, "refused"},
		{"unknown outcome is not repeated", []string{`200 {"queues":[]}`, `500 {"code":20500,"status":500}`}, []string{first, create}, "unknown"},
		{"list fails", []string{`429 {"code":20429,"status":429}`}, []string{first}, "throttled"},
		{"raising fails", []string{`200 {"queues":[` + wanted("100") + `]}`, `401 {"code":20003,"status":401}`}, []string{first, raise}, "auth"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: tc.answers}
			sid, err := newClient(t, s.ServeHTTP).EnsureQueue(t.Context(), "waiting", 500)
			if got := kindsOf(err); got != tc.kind {
				t.Fatalf("%v is %q, want %q", err, got, tc.kind)
			}
			if err == nil && sid != queueSID {
				t.Errorf("sid %q", sid)
			}
			if diff := cmp.Diff(tc.asked, s.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnsureQueueStopsAtPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	s := &script{}
	for range 30 {
		s.answers = append(s.answers, `200 {"queues":[],"next_page_uri":"/x?Page=1&PageToken=PT"}`)
	}
	_, err := newClient(t, s.ServeHTTP).EnsureQueue(t.Context(), "waiting", 500)
	if kindsOf(err) != "refused" || len(s.asked) != 20 {
		t.Errorf("%v after %d pages", err, len(s.asked))
	}
}

func TestEnsureQueueRefusesBadArguments(t *testing.T) {
	t.Parallel()
	s := &script{}
	c := newClient(t, s.ServeHTTP)
	for name, size := range map[string]int{"": 5, strings.Repeat("x", 65): 5, "small": 0, "large": 5001} {
		if _, err := c.EnsureQueue(t.Context(), name, size); kindsOf(err) != "refused" {
			t.Errorf("%q of %d: %v", name, size, err)
		}
	}
	if len(s.asked) != 0 {
		t.Errorf("asked %q", s.asked)
	}
}
