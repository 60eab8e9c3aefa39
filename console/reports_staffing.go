package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.org/crisisline/metrics"
)

// StaffingAsk is what the advice is to be reckoned from, where it is not what was
// measured. The zero value is all measured.
type StaffingAsk struct {
	Calls    int64         // in a month; 0: those of the ledger
	Handling time.Duration // talk and wrap-up of a call; 0: measured, or assumed where nothing was
}

// The most that is believed of a month and of a call: England's whole return is
// a sixth of the first.
const (
	mostCallsAMonth = 1_000_000
	mostHandling    = 4 * time.Hour
)

// staffing is the advice as a page of its own; before anybody has rung, and when
// it is asked for, the question what to reckon from instead.
func (c *Console) staffing(w http.ResponseWriter, r *asked) {
	v := r.URL.Query()
	ask, ps := staffingAsked(v)
	switch {
	case len(ps) > 0:
		c.showForm(w, r, http.StatusUnprocessableEntity, staffingForm(v, "").with(ps...))
		return
	case v.Has("calls") && ask.Calls == 0:
		c.showForm(w, r, http.StatusOK, staffingForm(v, ""))
		return
	}
	a, err := c.advice(r.Context(), ask)
	switch {
	case errors.Is(err, ErrNoAdvice) && ask.Calls == 0:
		c.showForm(w, r, http.StatusOK, staffingForm(v, upper(strings.TrimPrefix(err.Error(), ErrNoAdvice.Error()+": "))))
	case err != nil:
		c.noReport(w, r, monthOf(c.o.Now()), err)
	default:
		c.wholePage(w, func(w io.Writer) error { return metrics.WriteAdvice(w, c.o.ServiceName, a) })
	}
}

// staffingAsked reads what to reckon from.
func staffingAsked(v url.Values) (ask StaffingAsk, ps []problem) {
	calls, minutes := strings.NewReplacer(",", "", " ", "").Replace(v.Get("calls")), strings.TrimSpace(v.Get("minutes"))
	var err error
	if calls != "" {
		if ask.Calls, err = strconv.ParseInt(calls, 10, 64); err != nil || ask.Calls < 1 || ask.Calls > mostCallsAMonth {
			ps = append(ps, problem{"calls", "Give the calls of a month as a number, such as 3480"})
		}
	}
	if minutes != "" {
		n, err := strconv.Atoi(minutes)
		if ask.Handling = time.Duration(n) * time.Minute; err != nil || n < 1 || ask.Handling > mostHandling {
			ps = append(ps, problem{"minutes", fmt.Sprintf("Give the minutes of a call as a whole number up to %d, such as 20", mostHandling/time.Minute)})
		}
	}
	return ask, ps
}

// staffingForm asks; why is why nothing can be told without, "" when it can.
func staffingForm(v url.Values, why string) form {
	title := "How many people would each hour need?"
	if why != "" {
		title = "No staffing advice yet"
	}
	return form{
		Title: title, Warning: why, Get: true, Action: "/reports/staffing", Button: "Reckon",
		Back: Link{"Back to Reports", "/reports"}, Leave: Link{"Back to Reports", "/reports"},
		Lines: []string{
			"Give a month’s calls of the service as it is now, or of one like it. They are spread over every day alike, 63 of 100 between 18:00 and 06:00, as one helpline has published; and set beside who is on shift by the plan in force.",
			"Once there is a week of calls, this page reckons by itself from what was measured.",
		},
		Fields: []field{
			{Kind: "text", Name: "calls", Label: "Calls in a month", Hint: "Such as A01 of your last NHS111-MH return, or the calls of a telephone bill: 3480.", Value: v.Get("calls"), Auto: "off"},
			{Kind: "text", Name: "minutes", Label: "Minutes a call takes, with writing it up (you can leave this empty)", Hint: "Without it what was measured counts, or 20 minutes before anything was.", Value: v.Get("minutes"), Auto: "off"},
		},
	}
}

func (c *Console) advice(ctx context.Context, ask StaffingAsk) (metrics.Advice, error) {
	what, err := c.made.get(ctx, c.o.Now(), fmt.Sprint("staffing ", ask), func(ctx context.Context) (any, error) { return c.o.Reports.Staffing(ctx, ask) })
	a, _ := what.(metrics.Advice)
	return a, err
}
