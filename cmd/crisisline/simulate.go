package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
	"example.org/crisisline/sim"
)

func simulateCommand(sh *shell) *cobra.Command {
	o := simulateOptions{calls: 1000, perDay: 114, seed: 1, profile: "hampshire", talk: 20 * time.Minute, cps: 1}
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Days of calls in seconds, through the whole service, and the figures of the run",
		Long: `Days of calls in seconds: callers with patience and responders with habits ring
through the whole service, webhooks, store and all, on a clock that jumps from
event to event. The same seed gives the same days.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return sh.simulate(c.Context(), o) },
	}
	c.Flags().IntVar(&o.calls, "calls", o.calls, "first calls to make; redials come on top")
	c.Flags().StringVar(&o.profile, "profile", o.profile, "how calls spread over the day")
	c.Flags().Float64Var(&o.perDay, "per-day", o.perDay, "calls a day")
	c.Flags().Int64Var(&o.seed, "seed", o.seed, "which days")
	c.Flags().DurationVar(&o.talk, "talk", o.talk, "how long a conversation lasts on average")
	c.Flags().Float64Var(&o.cps, "calls-per-second", o.cps, "the account's limit on starting legs")
	c.Flags().StringVar(&o.plan, "plan", "", "a plan of your own instead of the example")
	return c
}

type simulateOptions struct {
	calls         int
	perDay, cps   float64
	seed          int64
	profile, plan string
	talk          time.Duration
}

// simulationStart is a Monday, so that a run of days begins like a week.
var simulationStart = time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)

func (sh *shell) simulate(ctx context.Context, o simulateOptions) error {
	folder, err := os.MkdirTemp("", "crisisline-simulate-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	cfg := config.Default()
	cfg.Service.DataDir, cfg.Log = folder, config.Log{Format: "text", Level: "error"}
	cfg.Twilio.CallsPerSecond = o.cps
	cfg.Routing.StoreBudget = 5 * time.Second // a busy machine is not an outage of the simulated store
	cfg.Redis.ReadTimeout, cfg.Redis.WriteTimeout = 5*time.Second, 5*time.Second
	if cfg.Plan.File, err = planFile(o.plan, folder); err != nil {
		return err
	}
	log := sh.logger(cfg.Log)
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	w, err := newWorld(sim.Options{Clock: sim.NewManual(simulationStart), CPS: o.cps, Seed: o.seed, Log: log})
	if err != nil {
		return err
	}
	defer w.close()
	w.idle = time.Minute
	i, err := w.join(ctx, cfg, st, log)
	if err != nil {
		return err
	}
	crowd := w.network.People(sim.Crowd{
		Seed: o.seed, Profile: o.profile, PerDay: o.perDay, Calls: o.calls,
		Lines: crowdLines(i.book.Current()), Responders: responders(i.book.Current()),
		Keys: sim.CrowdKeys{Self: "1", Carer: "2", Professional: "3"}, Answering: sim.Answering{Talk: o.talk},
	})
	crowd.Start()
	started, told := sh.now(), sh.now()
	for !crowd.Done() && ctx.Err() == nil {
		w.step(10 * time.Minute)
		if sh.now().Sub(told) > 2*time.Second {
			told = sh.now()
			fmt.Fprintf(sh.stderr, "%d calls made, simulated until %s\n", len(crowd.Contacts()), w.clock.Now().Format("Mon 2 Jan 15:04"))
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w.step(30 * time.Minute) // wrap-ups and everything else run out
	run, err := i.measure(ctx, w)
	if err != nil {
		return err
	}
	run.took, run.simulated = sh.now().Sub(started), w.clock.Now().Sub(simulationStart)
	run.print(sh.stdout)
	return run.verdict()
}

// runFigures is what a simulated run came to.
type runFigures struct {
	caller, ret     metrics.Items
	check           error
	offers, answers int
	bridges         int // two responders with one caller, or the reverse
	unowned         int // live calls left in the store
	errors          int // "application error" heard by anyone
	took, simulated time.Duration
}

func (i *instance) measure(ctx context.Context, w *world) (r runFigures, err error) {
	var f metrics.Figures
	err = i.queue.Range(ctx, simulationStart.Add(-time.Hour), w.clock.Now().Add(time.Hour), func(e call.Event) error {
		f.Add(e)
		switch e.Kind {
		case call.KindOffered:
			r.offers++
		case call.KindAccepted:
			r.answers++
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	present, err := i.queue.Snapshot(ctx, w.clock.Now(), scrapeMost)
	if err != nil {
		return r, err
	}
	r.caller, r.ret, r.check = f.Items(metrics.ClockCaller), f.Items(metrics.ClockReturn), f.Check()
	r.bridges, r.unowned, r.errors = len(w.network.DoubleBridges()), present.Live, len(w.network.ApplicationErrors())
	return r, nil
}

func (r runFigures) print(out io.Writer) {
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(t, "%s\t%v\n", name, value) }
	c := r.caller
	row("simulated", r.simulated.Round(time.Minute))
	row("took", r.took.Round(10*time.Millisecond))
	row("received (A01)", c.A01)
	row("answered (A03)", c.A03)
	row("reached in 60 s, of received", percent(c.B01, c.A01))
	row("mean answer, caller's clock", c.Mean.Round(100*time.Millisecond))
	row("95th centile answer, caller's clock", c.P95.Round(100*time.Millisecond))
	row("mean answer, return's clock", r.ret.Mean.Round(100*time.Millisecond))
	row("abandoned (B02)", fmt.Sprintf("%d (%s): %d in 30 s, %d in 31 to 60 s, %d after", c.B02, percent(c.B02, c.A01), c.B03, c.B04, c.B05))
	row("offers per answered call", fmt.Sprintf("%.2f", float64(r.offers)/float64(max(1, r.answers))))
	row("figures add up", r.check == nil)
	row("double bridges", r.bridges)
	row("unowned calls", r.unowned)
	row("application errors heard", r.errors)
	_ = t.Flush()
}

// verdict fails a run in which a promise was broken.
func (r runFigures) verdict() error {
	if r.check != nil {
		return r.check
	}
	if r.bridges+r.unowned+r.errors > 0 {
		return fmt.Errorf("%w: %d double bridges, %d unowned calls, %d application errors", errFindings, r.bridges, r.unowned, r.errors)
	}
	return nil
}

func percent(part, of int64) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(of))
}
