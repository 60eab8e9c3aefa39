package console

import (
	"fmt"

	"example.org/crisisline/metrics"
)

// figure is one of today's figures.
type figure struct {
	Label  string
	Value  string
	Detail string
}

// unread are the figures of a day of which nothing could be read: none, for 0
// would say that nobody had rung.
func unread() []figure {
	var out []figure
	for _, label := range []string{"Received", "Answered", "Reached in 60 s", "Abandoned", "Mean wait", "Longest wait"} {
		out = append(out, figure{label, "–", "not known now"})
	}
	return out
}

// figures are today's figures in words, with what they count. A share nobody
// could have earned is a dash, never 0 %.
func figures(i metrics.Items) (out []figure, basis string) {
	out = []figure{
		{"Received", fmt.Sprint(i.A01), rest(i)},
		{"Answered", fmt.Sprint(i.A03), ""},
		{"Reached in 60 s", percent(i.ReachedOfReceived()), "nobody has rung yet"},
		{"Abandoned", fmt.Sprint(i.B02), ""},
		{"Mean wait", "–", "of those answered"},
		{"Longest wait", "–", "of those answered"},
	}
	if i.A01 > 0 {
		out[2].Detail = fmt.Sprintf("%d of %d who rang", i.B01, i.A01)
		out[3].Detail = percent(i.Abandoned()) + " of those who rang"
	}
	if i.A03 > 0 {
		out[4].Value, out[5].Value = mmss(i.Mean), mmss(i.Longest)
	}
	basis = "Since midnight, on the caller’s clock: from the first ring to the moment both can hear each other."
	if i.Clock == metrics.ClockReturn {
		basis = "Since midnight, on the return’s clock: from the end of the greeting to the moment both can hear each other."
	}
	return out, basis
}

// rest names the calls that are neither answered nor abandoned.
func rest(i metrics.Items) string {
	var parts []string
	for _, p := range []struct {
		n    int64
		text string
	}{
		{i.Live, "waiting now"}, {i.Callback, "to be rung back"}, {i.HandedOn, "handed on"},
		{i.Fallback, "by fallback"}, {i.Failed, "failed"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	return list(parts)
}

// percent is a share as "92.3 %", a dash when there is none. Rounding is
// downwards, so that 100 % means everyone.
func percent(share float64, ok bool) string {
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", float64(int(share*1000+1e-9))/10)
}
