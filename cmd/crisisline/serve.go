package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/twilio"
)

func serveCommand(sh *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Carry calls",
		Long: `Carry calls, until asked to stop. SIGTERM drains: no new work is begun, what is
in hand is finished, and what remains is in the store for the next process.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return sh.serve(c.Context()) },
	}
}

func (sh *shell) serve(ctx context.Context) error {
	cfg, err := sh.config(config.Serve)
	if err != nil {
		return err
	}
	log := sh.logger(cfg.Log)
	for _, name := range twilio.StrayEnvironment() {
		log.Warn("this variable is ignored: set twilio.region and twilio.edge instead", "variable", name)
	}
	// The store and the ledger's readers must outlive the request to stop:
	// draining still needs them.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	st, err := openStore(life, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	s, err := newService(life, cfg, st, log, sh.now)
	if err != nil {
		return err
	}
	s.init = sh.systemd()
	door, err := net.Listen("tcp", cfg.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("http.listen: %w", err)
	}
	pages, err := s.openPages(cfg)
	if err != nil {
		_ = door.Close()
		return err
	}
	log.Info("carrying calls", "listen", door.Addr().String(), "store", st.Kind, "version", readBuild().String())
	watched, leave := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { sh.systemd().watch(watched, door.Addr(), log) })
	defer watching.Wait()
	defer leave()
	return s.run(ctx, life, door, pages)
}

// openPages listens for the console, if the configuration wants it.
func (s *service) openPages(cfg *config.Config) (net.Listener, error) {
	if cfg.Console.Listen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", cfg.Console.Listen)
	if err != nil {
		return nil, fmt.Errorf("console.listen: %w", err)
	}
	return l, nil
}

// tickEvery is the longest between two looks at what is due; a deadline sooner
// than that is acted on when it falls.
const tickEvery = 250 * time.Millisecond

// run moves every part until ctx ends, then drains: readiness fails first, then
// no new requests, then what is in hand, then the readers of the ledger.
func (s *service) run(ctx, life context.Context, door, pages net.Listener) error {
	loops, stopLoops := context.WithCancel(life)
	defer stopLoops()
	var g errgroup.Group
	g.Go(func() error { s.router.Run(loops, tickEvery); return nil })
	g.Go(func() error { s.readLedger(loops); return nil })
	g.Go(func() error { s.followDay(loops); return nil })
	g.Go(func() error { s.keepOpen(loops); return nil })
	g.Go(func() error { s.keepLearned(loops); return nil })
	g.Go(func() error { s.watchLag(loops); return nil })
	g.Go(func() error { s.watchSetup(loops); return nil })
	g.Go(func() error { s.watchFollowUps(loops); return nil })
	g.Go(func() error { s.watchPlan(loops); return nil })
	g.Go(func() error { s.watchCertificate(loops); return nil })
	g.Go(func() error { s.init.watch(loops, door.Addr(), s.log); return nil })

	voice := newServer(s.handler())
	g.Go(func() error { return served(voice.Serve(door)) })
	var page *http.Server
	if pages != nil {
		handler, err := s.pages(loops, nil)
		if err != nil {
			return err
		}
		page = newServer(handler)
		g.Go(func() error { return served(page.Serve(pages)) })
	}
	<-ctx.Done()
	if err := s.init.tell("STOPPING=1"); err != nil {
		s.log.Warn("systemd does not hear us", "err", err)
	}
	s.log.Info("draining", "at_most", s.cfg.HTTP.Drain.String())
	s.router.Drain()
	pause(life, drainNotice) // a load balancer that asks /readyz looks elsewhere before the door shuts
	patience, cancel := context.WithTimeout(life, s.cfg.HTTP.Drain)
	defer cancel()
	err := errors.Join(voice.Shutdown(patience), s.router.Settle(patience))
	stopLoops()
	if page != nil {
		err = errors.Join(err, page.Close())
	}
	err = errors.Join(err, g.Wait())
	s.router.Close()
	s.log.Info("stopped; what was in hand is in the store")
	return err
}

// drainNotice is how long the door stays open after readiness has failed.
const drainNotice = 3 * time.Second

// newServer keeps connections for long, because a handshake costs more than a
// webhook, and bounds what a slow or hostile peer can hold.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

func served(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// retryEvery is between two tries at anything that must be there in the end.
const retryEvery = 2 * time.Second

// followDay keeps today's figures: what the day has had so far, then each entry
// as it comes. An entry seen twice would count twice, so a failure starts anew.
func (s *service) followDay(ctx context.Context) {
	s.keepTrying(ctx, "follow the day", func(ctx context.Context) error {
		read, last := newDays(s.days.zone), "0"
		err := s.queue.Range(ctx, read.start(s.now()), s.now().Add(time.Minute), func(e call.Event) error {
			read.add(e)
			last = e.ID
			return nil
		})
		if err != nil {
			return err
		}
		s.days.replace(read)
		return s.queue.Follow(ctx, last, func(e call.Event) error { s.days.add(e); return nil })
	})
}

// keepOpen makes sure of the waiting queue at the carrier and of the scripts in
// the store. Once an hour it rolls up the days that are over and trims the
// ledger, in this order: what is not rolled up is not trimmed.
func (s *service) keepOpen(ctx context.Context) {
	s.keepTrying(ctx, "open", func(ctx context.Context) error {
		if err := s.queue.Load(ctx); err != nil {
			return err
		}
		if err := s.router.Open(ctx); err != nil {
			return err
		}
		for pause(ctx, time.Hour) {
			if err := s.rollUpAndTrim(ctx); err != nil {
				return err
			}
			if err := s.rewrapAudit(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *service) keepTrying(ctx context.Context, what string, f func(context.Context) error) {
	var c complaint
	for ctx.Err() == nil {
		if err := f(ctx); ctx.Err() == nil && c.due(s.now(), err) {
			s.log.Warn("will try again", "what", what, "err", err)
		}
		pause(ctx, retryEvery)
	}
}
