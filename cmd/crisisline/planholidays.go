package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/rota"
)

// govUK is where the government publishes bank holidays, under the Open
// Government Licence.
const govUK = "https://www.gov.uk/bank-holidays.json"

func planHolidays(sh *shell) *cobra.Command {
	var g gateFlags
	var from string
	var asJSON bool
	c := &cobra.Command{
		Use:   "holidays [FILE]",
		Short: "List the bank holidays the plan goes by, or bring them up to date",
		Long: `List the bank holidays of England and Wales that the plan goes by: those built in,
with the changes under policy: holidays.

With --from, compare them with a newer list, write what is new into the plan in
force, and publish it. --from takes ` + govUK + `
or a file saved from there.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if from != "" {
				return sh.refreshHolidays(c.Context(), g, from)
			}
			r, err := sh.rota(c.Context(), args, rota.DefaultHorizon)
			if err != nil {
				return refused(sh, err)
			}
			return sh.tellHolidays(rota.EnglandAndWales().With(r.Plan().Policy.Holidays...), asJSON)
		},
	}
	g.flags(c, sh)
	c.PreRunE = func(*cobra.Command, []string) error {
		if from != "" && g.why == "" && !g.dryRun {
			return fmt.Errorf("it does not say why: add --why, for the history")
		}
		return nil
	}
	c.Flags().StringVar(&from, "from", "", "bring them up to date from this address or file")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (sh *shell) tellHolidays(h rota.Holidays, asJSON bool) error {
	type day struct {
		Date string `json:"date"`
		Name string `json:"name"`
	}
	list := make([]day, 0, len(h))
	rows := [][]string{{"DAY", "NAME"}}
	for _, x := range h {
		list = append(list, day{x.Date.String(), x.Name})
		rows = append(rows, []string{x.Date.String(), x.Name})
	}
	if asJSON {
		return sh.json(list)
	}
	if err := sh.table(rows); err != nil {
		return err
	}
	fmt.Fprintf(sh.stdout, "\nNothing is known from %s on: plan holidays --from %s\n", h.Until(), govUK)
	return nil
}

func (sh *shell) refreshHolidays(ctx context.Context, g gateFlags, from string) error {
	data, err := sh.fetch(ctx, from)
	if err != nil {
		return err
	}
	newer, err := rota.ParseGovUK(data)
	if err != nil {
		return fmt.Errorf("%w: is it the file of %s?", err, govUK)
	}
	return sh.change(ctx, g, func(p *rota.Plan, _ *time.Location) (*rota.Plan, error) {
		q, err := p.Clone()
		if err != nil {
			return nil, err
		}
		q.Policy.Holidays = holidayChanges(rota.EnglandAndWales(), rota.EnglandAndWales().With(p.Policy.Holidays...).Merge(newer))
		return q, nil
	})
}

// holidayChanges are what makes one list of the other.
func holidayChanges(builtIn, wanted rota.Holidays) (changes []rota.HolidayChange) {
	for _, h := range builtIn {
		if wanted.Name(h.Date) == "" {
			changes = append(changes, rota.HolidayChange{Date: h.Date, Off: true})
		}
	}
	for _, h := range wanted {
		if builtIn.Name(h.Date) == "" {
			changes = append(changes, rota.HolidayChange{Date: h.Date, Name: h.Name})
		}
	}
	return changes
}

// mostFetched bounds what is read from an address.
const mostFetched = 1 << 20

// fetch reads a file, or an address that begins with https.
func (sh *shell) fetch(ctx context.Context, from string) ([]byte, error) {
	if !strings.HasPrefix(from, "https://") {
		return sh.readFile(from)
	}
	defer sh.busy("fetching bank holidays")()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch bank holidays: %w: save the page elsewhere, and give --from the file", err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch bank holidays: the answer is %s: save the page elsewhere, and give --from the file", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, mostFetched))
}
