package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/metrics"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
	"example.org/crisisline/router"
	"example.org/crisisline/twilio"
)

// service is every part of a running crisisline, wired but not yet moving.
type service struct {
	cfg      *config.Config
	log      *slog.Logger
	now      func() time.Time
	store    *store
	book     *rota.Book
	queue    *queue.Store
	carrier  *twilio.Client
	registry *prometheus.Registry
	metrics  *metrics.Recorder
	router   *router.Router
	days     *days
	instance string
	init     systemd // who started us, when it wants to know how we are
	audit    *audit.Log
	rung     rung    // how often each line is
	learned  learned // of the people in the plan, from the ledger

	signInAs        access.Role // demo: whoever opens the pages is one of these
	signInResponder string      // demo: and this responder
}

// newService wires the parts in reading order. It does not need the store or
// the carrier to answer: what cannot be had now is tried again while running.
func newService(ctx context.Context, cfg *config.Config, st *store, log *slog.Logger, now func() time.Time) (*service, error) {
	s := &service{cfg: cfg, log: log, now: now, store: st, instance: rand.Text()}
	if err := os.MkdirAll(cfg.Service.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("service.data_dir: %w", err)
	}
	sealer, err := openSealer(cfg, log)
	if err != nil {
		return nil, err
	}
	s.audit = openAudit(cfg, st, sealer, log)
	s.book = openBook(cfg, st, sealer, log, now, s.facts)
	if err := s.loadPlan(ctx); err != nil {
		return nil, err
	}
	if s.queue, err = openQueue(cfg, st.UniversalClient, sealer); err != nil {
		return nil, err
	}
	s.registry = prometheus.NewRegistry()
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	s.metrics = metrics.New(s.registry, shapeOf(cfg, s.book.Current()))
	s.metrics.ConfigLoaded(true, now())
	s.metrics.Live(s.liveFigures)
	if s.carrier, err = twilio.NewClient(twilio.ClientOptions{
		AccountSID: cfg.Twilio.AccountSID, AuthToken: cfg.Twilio.AuthToken.Reveal(), BaseURL: cfg.Twilio.APIBaseURL,
		Region: cfg.Twilio.Region, Edge: cfg.Twilio.Edge, Budget: cfg.Twilio.RequestBudget,
		HTTP: carrierTransport(cfg.Twilio),
	}); err != nil {
		return nil, err
	}
	if s.router, err = s.newRouter(sealer); err != nil {
		return nil, err
	}
	s.days = newDays(s.location())
	return s, nil
}

func (s *service) newRouter(sealer *call.Sealer) (*router.Router, error) {
	prompts, err := router.LoadPrompts(s.cfg.Prompts.Dir)
	if err != nil {
		return nil, err
	}
	if own, ok := prompts[s.cfg.Prompts.Language]; ok && s.cfg.Prompts.Voice != "" {
		own.Voice = s.cfg.Prompts.Voice
	}
	tokens := []string{s.cfg.Twilio.AuthToken.Reveal()}
	if next := s.cfg.Twilio.AuthTokenNext.Reveal(); next != "" {
		tokens = append(tokens, next)
	}
	var edges []string
	if s.cfg.Twilio.Edge != "" {
		edges = []string{s.cfg.Twilio.Edge}
	}
	return router.New(router.Options{
		PublicURL: s.cfg.HTTP.PublicURL, Tokens: tokens, AccountSID: s.cfg.Twilio.AccountSID,
		QueueName: s.cfg.Twilio.QueueName, QueueSize: s.cfg.Twilio.QueueSize, Edges: edges,
		Book: s.book, Store: s.queue, Carrier: s.carrier, Metrics: s.metrics, Sealer: sealer,
		Prompts: prompts, Language: s.cfg.Prompts.Language, Timing: timing(s.cfg),
		Now: s.now, Log: s.log, Random: rand.Text, Peer: newPeers(s.cfg.HTTP.TrustedProxies).of,
		Journal: journalFolder(s.cfg),
	})
}

func timing(cfg *config.Config) router.Timing {
	c := cfg.Routing
	return router.Timing{
		EarlyOffer: c.EarlyOffer, RingFor: c.RingFor, SecondPhoneAfter: c.SecondPhoneAfter, MostPhones: c.MostPhones,
		Ladder: rota.Timing{
			NeighboursAfter: c.NeighboursAfter, BackupAfter: c.BackupAfter, DutyManagerAfter: c.DutyManagerAfter,
			LastHumanAfter: c.LastHumanAfter, SkillsFor: c.SkillsFor,
		},
		ReofferAfter: c.ReofferAfter, WrapUp: c.WrapUp, WrapUpLeast: c.WrapUpLeast,
		MissesBeforeAway: c.MissesBeforeAway, AwayFor: c.AwayFor, RecoverFor: c.RecoveryFor,
		RedialBoost: c.RedialBoost, DangerBoost: c.DangerBoost, Professional: c.ProfessionalBoost,
		ComfortEvery: c.ComfortEvery, LongWait: longWait, ReconnectPause: c.ReconnectPause,
		CallsPerSecond: cfg.Twilio.CallsPerSecond, CarrierBudget: cfg.Twilio.RequestBudget, StoreBudget: c.StoreBudget, LongestCall: cfg.Twilio.LongestCall, KeepEnded: min(cfg.Privacy.CallStateFor, cfg.Privacy.NumberFor),
	}
}

// longWait is when the waiting words become an apology.
const longWait = 4 * time.Minute

// openSealer makes the keys that numbers are encrypted with. Without a key in
// the configuration one is made and kept in the data folder: right for one
// machine, wrong for several, and doctor says so.
func openSealer(cfg *config.Config, log *slog.Logger) (*call.Sealer, error) {
	key := []byte(cfg.Privacy.Key.Reveal())
	if len(key) == 0 {
		file := filepath.Join(cfg.Service.DataDir, "privacy.key")
		var err error
		if key, err = os.ReadFile(file); errors.Is(err, os.ErrNotExist) { //nolint:gosec // G304: the data folder is the operator's
			key = []byte(rand.Text() + rand.Text())
			err = os.WriteFile(file, key, 0o600)
			log.Warn("made a key for numbers at rest; keep it, and set privacy.key_file on every instance", "file", file)
		}
		if err != nil {
			return nil, fmt.Errorf("privacy.key: %w", err)
		}
	}
	var previous [][]byte
	if old := cfg.Privacy.PreviousKey.Reveal(); old != "" {
		previous = append(previous, []byte(old))
	}
	return call.NewSealer(key, previous...)
}

func openBook(cfg *config.Config, st *store, sealer *call.Sealer, log *slog.Logger, now func() time.Time, facts func(context.Context) rota.Facts) *rota.Book {
	return rota.NewBook(st.UniversalClient, rota.BookOptions{
		Service: cfg.Service.ID, Seal: sealer.Seal, Open: sealer.Open, Sign: sealer.Sign, Verify: sealer.Verify,
		SnapshotFile: filepath.Join(cfg.Service.DataDir, "plan.snapshot"),
		Now:          now, Log: log, Facts: facts,
	})
}

// loadPlan puts a plan in memory: the stored one; else the file named in the
// configuration, which is then stored; else, with the store gone, the snapshot.
// No plan at all is no reason not to start: callers then hear where to turn,
// and /readyz says why.
func (s *service) loadPlan(ctx context.Context) error {
	err := s.book.Load(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rota.ErrNoPlan):
		return s.firstPlan(ctx)
	}
	s.log.Error("store does not answer: starting from the snapshot", "err", err)
	if err := s.book.LoadSnapshot(); err != nil {
		s.log.Error("there is no snapshot either: callers will hear where else to turn", "err", err)
	}
	return nil
}

func (s *service) firstPlan(ctx context.Context) error {
	file := s.cfg.Plan.File
	if file == "" {
		s.log.Error("there is no plan: apply one with 'crisisline plan apply FILE'")
		return nil
	}
	data, err := os.ReadFile(file) //nolint:gosec // G304: the operator names the plan
	if err != nil {
		return fmt.Errorf("plan.file: %w", err)
	}
	plan, err := rota.Parse(file, data)
	if err != nil {
		return err
	}
	_, err = s.book.Publish(ctx, s.now(), rota.Change{Who: "plan.file", Why: "first plan", Plan: plan})
	if errors.Is(err, rota.ErrStale) { // another instance was first
		return s.book.Load(ctx)
	}
	return err
}

// location is the plan's zone, in which a day begins at midnight.
func (s *service) location() *time.Location {
	if plan := s.book.Current(); plan != nil {
		if zone, err := time.LoadLocation(plan.Plan().Zone); err == nil {
			return zone
		}
	}
	return time.UTC
}
