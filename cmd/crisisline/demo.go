package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console"
	"example.org/crisisline/console/access"
	"example.org/crisisline/examples"
	"example.org/crisisline/rota"
	"example.org/crisisline/sim"
)

func demoCommand(sh *shell) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "The whole service on this machine, with a telephone network in a box",
		Long: `The whole service on this machine: a store of its own, the Hampshire example
plan, and a telephone network in a box, with callers arriving and responders
answering. Everything is on loopback; no account is needed and nobody is rung.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return sh.demo(c.Context(), o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "address of the pages; another port is found if it is taken")
	c.Flags().Float64Var(&o.perHour, "calls-per-hour", 60, "how many callers arrive; 0 for none but yourself")
	c.Flags().DurationVar(&o.talk, "talk", 90*time.Second, "how long a conversation lasts on average")
	c.Flags().StringVar(&o.plan, "plan", "", "a plan of your own instead of the example")
	c.Flags().BoolVar(&o.verbose, "verbose", false, "print the service's log")
	return c
}

type demoOptions struct {
	listen, plan string
	perHour      float64
	talk         time.Duration
	verbose      bool
}

func (sh *shell) demo(ctx context.Context, o demoOptions) (err error) {
	folder, err := os.MkdirTemp("", "crisisline-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	cfg := config.Default()
	cfg.Service.DataDir, cfg.Service.Name = folder, "Crisis line demo"
	cfg.Log = config.Log{Format: "text", Level: "error"}
	if o.verbose {
		cfg.Log.Level = "info"
	}
	cfg.Console.DevelopmentSignIn = true  // who opens the pages may be anybody: they are made up
	cfg.Routing.WrapUp = 30 * time.Second // so that there is something to see
	log := sh.logger(cfg.Log)
	if cfg.Plan.File, err = planFile(o.plan, folder); err != nil {
		return err
	}
	if cfg.Report.Published == "" { // or nobody sees staffing advice in the demo's first week
		cfg.Report.Published = filepath.Join(folder, "published.csv")
		if err := os.WriteFile(cfg.Report.Published, examples.Published, 0o600); err != nil {
			return err
		}
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	st, err := openStore(life, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	w, err := newWorld(sim.Options{Clock: sim.NewReal(), CPS: cfg.Twilio.CallsPerSecond, Seed: sh.now().UnixNano(), Log: log})
	if err != nil {
		return err
	}
	defer w.close()
	i, err := w.join(life, cfg, st, log)
	if err != nil {
		return err
	}
	door, err := listenNear(o.listen)
	if err != nil {
		return err
	}
	url := "http://" + door.Addr().String() + "/"
	fmt.Fprintf(sh.stdout, "\n  crisisline demo — everything here is made up, and nobody is rung.\n\n  Open  %s\n\n", url)
	fmt.Fprintf(sh.stdout, "  There: the board, a web phone to ring the line and be a responder (%sphone/), and %smetrics\n", url, url)
	if !st.Lasts() {
		fmt.Fprintf(sh.stdout, "  No redis-server on this machine: the store is in memory, nothing survives a restart.\n")
	}
	token, err := access.NewStore(st.UniversalClient, cfg.Service.ID).NewToken(ctx, access.Token{
		Name: "demo", Grants: []access.Grant{{Role: access.Administrator}}, Made: w.clock.Now(), By: "demo", Expires: w.clock.Now().AddDate(0, 0, 7),
		Responder: onShiftNow(i.book.Current(), w.clock.Now()).ID,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(sh.stdout, "  API   curl -H 'Authorization: Bearer %s' %sapi/v1/board   (docs/API.md)\n\n", token, url)
	fmt.Fprintf(sh.stdout, "  Stop with Ctrl-C.\n\n")
	return i.show(ctx, life, w, door, o)
}

// show runs the demo until ctx ends.
func (i *instance) show(ctx, life context.Context, w *world, door net.Listener, o demoOptions) error {
	loops, stop := context.WithCancel(life)
	defer stop()
	plan := i.book.Current()
	you := onShiftNow(plan, w.clock.Now())
	i.signInAs, i.signInResponder = access.Administrator, you.ID
	pages, err := i.pages(loops, []console.Link{{Text: "Web phone", Href: "/phone/"}, {Text: "Metrics", Href: "/metrics"}})
	if err != nil {
		return err
	}
	mux := i.handler()
	demo := http.NewServeMux()
	demo.Handle("/phone/", http.StripPrefix("/phone", w.network.Web(phonePage(plan, you))))
	demo.Handle("/voice/", mux)
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		demo.Handle(path, mux)
	}
	demo.Handle("/", pages)
	server := newServer(demo)
	var g errgroup.Group
	g.Go(func() error { i.router.Run(loops, tickEvery); return nil })
	g.Go(func() error { i.readLedger(loops); return nil })
	g.Go(func() error { i.followDay(loops); return nil })
	g.Go(func() error { i.watchLag(loops); return nil })
	g.Go(func() error { i.watchSetup(loops); return nil })
	g.Go(func() error { i.watchFollowUps(loops); return nil })
	g.Go(func() error { i.watchPlan(loops); return nil })
	g.Go(func() error { return served(server.Serve(door)) })
	if o.perHour > 0 {
		crowd := w.network.People(sim.Crowd{
			PerDay: o.perHour * 24, Profile: "flat", Lines: crowdLines(plan), Responders: without(responders(plan), you.Number.E164()),
			Keys:      sim.CrowdKeys{Self: "1", Carer: "2", Professional: "3"},
			Answering: sim.Answering{Talk: o.talk},
		})
		crowd.Start()
		defer crowd.Stop()
	}
	<-ctx.Done()
	stop()
	return errors.Join(server.Close(), g.Wait())
}

// onShiftNow is the responder whom whoever opens the web phone may be: someone
// on shift in the public line's own team, whose phone the crowd leaves alone.
func onShiftNow(plan *rota.Rota, now time.Time) rota.Responder {
	line, _ := plan.Line("", now)
	for _, tier := range call.Tiers {
		for _, duty := range plan.OnShift(line.Team, tier, now) {
			if who, ok := plan.Responder(duty.Responder); ok {
				return who
			}
		}
	}
	return plan.LastHumans()[0]
}

// planFile is the plan a world runs by: the one named, or the example, written
// where the service reads its first plan from.
func planFile(named, folder string) (string, error) {
	if named != "" {
		return named, nil
	}
	file := filepath.Join(folder, "plan.yaml")
	return file, os.WriteFile(file, examples.Plan, 0o600)
}

func phonePage(plan *rota.Rota, you rota.Responder) sim.WebPage {
	page := sim.WebPage{Caller: demoCaller, Responders: []sim.WebEntry{{Label: you.Name + " (on shift now)", Number: you.Number.E164()}}}
	for _, line := range plan.Plan().Lines {
		page.Lines = append(page.Lines, sim.WebEntry{Label: line.Name, Number: line.Numbers[0].E164()})
	}
	for _, who := range plan.Plan().Responders {
		if who.ID != you.ID {
			page.Responders = append(page.Responders, sim.WebEntry{Label: who.Name, Number: who.Number.E164()})
		}
	}
	return page
}

// demoCaller is the web phone's number, from Ofcom's range for drama.
const demoCaller = "+447700900999"

func without(numbers []string, one string) (rest []string) {
	for _, n := range numbers {
		if n != one {
			rest = append(rest, n)
		}
	}
	return rest
}

// listenNear listens on addr, or on a free port of the same host when it is taken.
func listenNear(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	host, _, splitErr := net.SplitHostPort(addr)
	if splitErr != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	return net.Listen("tcp", net.JoinHostPort(host, "0"))
}
