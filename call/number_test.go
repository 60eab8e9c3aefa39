package call_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.org/crisisline/call"
)

func TestParseCaller(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		from string
		want string // "" is withheld
	}{
		{"mobile", "+447700900123", "+447700900123"},
		{"landline", "+442392000000", "+442392000000"},
		{"nine national digits", "+44163296000", "+44163296000"},
		{"national form", "07700900123", "+447700900123"},
		{"international prefix", "00447700900123", "+447700900123"},
		{"trunk zero kept by the exchange", "+4402392000000", "+442392000000"},
		{"foreign", "+14155550100", "+14155550100"},
		{"american freephone that looks like relay", "+18001550100", "+18001550100"},
		{"spaces around", " +447700900123 ", "+447700900123"},
		{"text relay, national", "1800102392000000", "+442392000000"},
		{"text relay, with country code", "+441800107700900123", "+447700900123"},
		{"text relay, no number", "+4418001", ""},
		{"empty", "", ""},
		{"plus only", "+", ""},
		{"anonymous", "anonymous", ""},
		{"Anonymous", "Anonymous", ""},
		{"unknown", "unknown", ""},
		{"other words", "Private Caller", ""},
		{"sip anonymous", "sip:anonymous@anonymous.invalid", ""},
		{"sip", "sip:+447700900123@example.org", ""},
		{"client", "client:web", ""},
		{"keypad anonymous", "+266696687", ""},
		{"keypad anonymous, no plus", "266696687", ""},
		{"keypad restricted", "+7378742833", ""},
		{"keypad unavailable", "+86282452253", ""},
		{"keypad unknown", "+8656696", ""},
		{"keypad blocked", "+2562533", ""},
		{"keypad private", "+7748283", ""},
		{"keypad withheld", "+94844353", ""},
		{"short code", "61234", ""},
		{"short code with plus", "+44999", ""},
		{"british, too short", "+4477009001", ""},
		{"british, too long", "+4477009001234", ""},
		{"british, two trunk zeros", "+4400239200000", ""},
		{"no prefix", "7700900123", ""},
		{"too long for any network", "+1234567890123456", ""},
		{"country code 0", "+0123456789", ""},
		{"digits of another script", "+44٧٧٠٠٩٠٠١٢٣", ""},
		{"null", "\x00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := call.ParseCaller(tt.from)
			if got.E164() != tt.want || got.Known() != (tt.want != "") {
				t.Errorf("E164 %q, known %v; want %q", got.E164(), got.Known(), tt.want)
			}
		})
	}
}

// The keypad forms are computed here from the words, so that a slip in the
// list shows.
func TestParseCallerKeypadWords(t *testing.T) {
	t.Parallel()
	const keys = "22233344455566677778889999"
	for _, word := range []string{"ANONYMOUS", "RESTRICTED", "UNAVAILABLE", "UNKNOWN", "BLOCKED", "PRIVATE", "WITHHELD"} {
		typed := strings.Map(func(r rune) rune { return rune(keys[r-'A']) }, word)
		if n := call.ParseCaller("+" + typed); n.Known() {
			t.Errorf("%s typed on a keypad is taken for a number", word)
		}
	}
}

func TestParseCallerReadsItsOwnForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := call.ParseCaller(rapid.StringMatching(`(\+|0|00|\+44|\+440|18001|)[0-9]{0,16}`).Draw(t, "from"))
		if n.Known() && call.ParseCaller(n.E164()) != n {
			t.Fatalf("%q reads back as %q", n.E164(), call.ParseCaller(n.E164()).E164())
		}
	})
}

func TestParseDialable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want, problem string
	}{
		{"international", "+447700900123", "+447700900123", ""},
		{"as people write it", "+44 (0)7700 900-123", "+447700900123", ""},
		{"national", "07700 900123", "+447700900123", ""},
		{"national with brackets", "(023) 9200 0000", "+442392000000", ""},
		{"dots and hard spaces", "01632.960\u00a0001", "+441632960001", ""},
		{"freephone", "0808 157 0000", "+448081570000", ""},
		{"abroad", "00353 1 555 0100", "+35315550100", ""},
		{"empty", "", "", "no number"},
		{"words", "the duty phone", "", "not a number"},
		{"extension", "01632 960001 x12", "", "extensions cannot"},
		{"no prefix", "7700900123", "", "no prefix"},
		{"digit missing", "07700 90012", "+44770090012", ""}, // nine national digits exist; the plan's check cannot know
		{"two digits missing", "07700 9001", "", "wrong number of digits"},
		{"digit too many", "07700 9001234", "", "wrong number of digits"},
		{"emergency", "999", "", "short codes"},
		{"european emergency", "112", "", "short codes"},
		{"police", "101", "", "short codes"},
		{"nhs", "111", "", "short codes"},
		{"samaritans", "116 123", "", "short codes"},
		{"relay emergency", "18000", "", "short codes"},
		{"emergency, international", "+44999", "", "short codes"},
		{"emergency, with 00", "0044 112", "", "short codes"},
		{"emergency, trunk zero", "0999", "", "short codes"},
		{"relay emergency, international", "+4418000", "", "short codes"},
		{"text line", "85258", "", "short codes"},
		{"premium rate", "0909 8790000", "", "premium-rate"},
		{"personal number", "070 0000 0000", "", "premium-rate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := call.ParseDialable(tt.in)
			if got.E164() != tt.want {
				t.Errorf("E164 %q, want %q", got.E164(), tt.want)
			}
			switch {
			case tt.problem == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
				t.Errorf("error %v, want one that says %q", err, tt.problem)
			case err != nil && len(tt.in) > 6 && strings.Contains(err.Error(), tt.in[len(tt.in)-6:]):
				t.Errorf("error holds the digits: %v", err)
			}
		})
	}
}

func TestNumberNeverPrintsDigits(t *testing.T) {
	t.Parallel()
	n := call.ParseCaller("+447700900123")
	type hidden struct{ n call.Number } // methods do not reach unexported fields
	type shown struct{ N call.Number }
	js, err := json.Marshal(shown{n})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "n", n, "s", shown{n}, "h", hidden{n})
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "n", n, "s", shown{n}, "h", hidden{n})
	printed := string(js) + log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, v := range []any{n, &n, shown{n}, &shown{n}, hidden{n}, []call.Number{n}, map[string]call.Number{"a": n}} {
			printed += fmt.Sprintf(verb, v) + "\n"
		}
	}
	hex := fmt.Sprintf("%x", "+447700900123")
	if strings.Contains(printed, "900123") || strings.Contains(printed, hex[6:]) {
		t.Errorf("digits printed:\n%s", printed)
	}
	if !strings.Contains(log.String(), "[number]") {
		t.Errorf("log does not say [number]: %s", log.String())
	}
	if got := fmt.Sprint(call.Number{}); got != "[withheld]" {
		t.Errorf("zero number prints %q", got)
	}
}

func TestNumberKinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		number string
		mobile bool
		area   string
	}{
		{"mobile", "+447700900123", true, ""},
		{"isle of man mobile", "+447624000000", true, ""},
		{"pager", "+447600000000", false, ""},
		{"personal number", "+447000000000", false, ""},
		{"portsmouth", "+442392000000", false, "02392"},
		{"southampton", "+442380000000", false, "02380"},
		{"five-digit code", "+441632960001", false, "01632"},
		{"freephone", "+448081570000", false, ""},
		{"uk-wide", "+443069990000", false, ""},
		{"abroad", "+14155550100", false, ""},
		{"withheld", "", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := call.ParseCaller(tt.number)
			if n.Mobile() != tt.mobile || n.AreaHint() != tt.area {
				t.Errorf("mobile %v area %q, want %v %q", n.Mobile(), n.AreaHint(), tt.mobile, tt.area)
			}
		})
	}
}
