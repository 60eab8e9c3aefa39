package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/config"
	"example.org/crisisline/console"
	"example.org/crisisline/queue"
	"example.org/crisisline/rota"
	"example.org/crisisline/twilio"
)

// What must be true before callers are let in, and stay so. doctor asks before
// the service runs; the checklist of the pages asks while it does.

// setUpBudget is how long every check together may take.
const setUpBudget = 20 * time.Second

// setUp is the checklist.
func (s *service) setUp(ctx context.Context) []console.Check {
	ctx, cancel := context.WithTimeout(ctx, setUpBudget)
	defer cancel()
	var e examination
	plan := s.book.Current()
	examineSettings(&e, s.cfg)
	s.examineOwnStore(ctx, &e)
	examineFallbacks(ctx, &e, examineCarrier(ctx, &e, s.cfg, plan, s.now))
	if plan == nil {
		e.fail("plan", "crisisline plan example > plan.yaml, edit it, crisisline plan apply plan.yaml", "there is none: callers hear where else to turn")
	} else {
		e.ok("plan", "version %d is in force", plan.Version())
		examineCover(&e, plan, s.now())
	}
	s.examineAccess(ctx, &e, plan)
	examineAgreed(&e, s.cfg, s.now())
	examineAlarms(ctx, &e, s.cfg)
	s.examineFirstCalls(ctx, &e, plan)
	return checks(e)
}

// checkNames are what the checklist calls the doctor's checks.
var checkNames = map[string]string{
	"config": "Settings", "privacy": "Callers’ numbers", "prompts": "What callers hear", "store": "Store", "clock": "Clocks",
	"twilio": "Telephone account", "number": "Numbers", "fallback": "If we are gone", "plan": "Plan", "cover": "Cover",
	"standards": "What is promised", "alarms": "Alarms", "call": "First call", "sign-in": "Sign-in", "audit": "Audit",
}

func checks(e examination) []console.Check {
	all := make([]console.Check, len(e))
	for i, r := range e {
		name := checkNames[r.Check]
		if name == "" {
			name = r.Check
		}
		all[i] = console.Check{Name: name, Verdict: string(r.Verdict), Found: r.Found, Do: r.Do}
	}
	return all
}

func (s *service) examineOwnStore(ctx context.Context, e *examination) {
	if !s.store.Lasts() {
		e.fail("store", "install redis-server 7.0 or later, or set redis.url", "in memory: a restart forgets every caller, and the plan")
		return
	}
	began := s.now()
	if err := s.queue.Ping(ctx); err != nil {
		e.fail("store", "see that it runs; until then callers are rung by the last published plan", "does not answer")
		return
	}
	e.ok("store", "%s, answers in %s", s.store.Kind, s.now().Sub(began).Round(10*time.Microsecond))
	if theirs, err := s.store.Time(ctx).Result(); err == nil {
		examineSkew(e, "clock", "the store's", theirs.Sub(s.now()))
	}
	for _, facts := range storeFacts(ctx, e, s.store.UniversalClient) {
		examineFacts(e, facts, s.store.Kind)
	}
}

// examineFallbacks fetches what callers would hear if this service were gone,
// each document once.
func examineFallbacks(ctx context.Context, e *examination, apart []fallback) {
	seen := map[string]bool{}
	for _, f := range apart {
		if !seen[f.setup.FallbackURL] {
			seen[f.setup.FallbackURL] = true
			examineDocument(ctx, e, f.line, f.setup)
		}
	}
}

// examineDocument holds a fallback document to what it is for: words or people,
// as TwiML, whatever happens to this service.
func examineDocument(ctx context.Context, e *examination, line string, setup twilio.NumberSetup) {
	const check, do = "fallback", "put the document of crisisline plan export --fallback-twiml there again"
	people, err := fetchDocument(ctx, setup)
	switch {
	case err != nil:
		e.fail(check, do, "line %s: the fallback document cannot be used: %s", line, err)
	case people == 0:
		e.warn(check, do, "line %s: the fallback document rings nobody: callers only hear where to turn", line)
	default:
		e.ok(check, "line %s: the fallback document is there and rings %d number(s)", line, people)
	}
}

// fetchDocument counts the numbers a fallback document rings. It is asked for as
// Twilio asks.
func fetchDocument(ctx context.Context, setup twilio.NumberSetup) (people int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	method := setup.FallbackMethod
	if method == "" {
		method = http.MethodPost
	}
	address, _, _ := strings.Cut(setup.FallbackURL, "#")
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return 0, errors.New("its address is none")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, errors.New("its server does not answer")
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("its server answers %d", res.StatusCode)
	}
	doc := struct {
		XMLName xml.Name
		Dial    []struct {
			Number []string
		}
	}{}
	if err := xml.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&doc); err != nil || doc.XMLName.Local != "Response" {
		return 0, errors.New("it is no TwiML")
	}
	for _, d := range doc.Dial {
		people += max(1, len(d.Number))
	}
	return people, nil
}

// agreedFor is how long an agreement about the standards is taken as being in
// force before it should be looked at again.
const agreedFor = 366 * 24 * time.Hour

// examineAgreed asks whether somebody signed off what is promised: no number of
// the shipped ones is ours to promise.
func examineAgreed(e *examination, cfg *config.Config, now time.Time) {
	const check = "standards"
	on, err := time.Parse(time.DateOnly, cfg.Report.StandardsAgreed)
	switch {
	case cfg.Report.StandardsAgreed == "" || err != nil:
		e.warn(check, "agree each standard with the clinical safety officer (docs/STANDARDS.md), then set report.standards_agreed to the day", "nobody has said that the standards are agreed")
	case now.Sub(on) > agreedFor:
		e.warn(check, "agree them anew, and set report.standards_agreed", "the standards were agreed on %s, more than a year ago", on.Format("2 January 2006"))
	default:
		e.ok(check, "the standards were agreed on %s", on.Format("2 January 2006"))
	}
}

// firstCallBack is how far back a first call is looked for.
const firstCallBack = 14 * 24 * time.Hour

// examineFirstCalls asks each line whether a call to it was ever answered: by a
// person, as the ledger has it.
func (s *service) examineFirstCalls(ctx context.Context, e *examination, plan *rota.Rota) {
	if plan == nil {
		return
	}
	const check = "call"
	for _, line := range plan.Plan().Lines {
		if line.Retired != nil {
			continue
		}
		at, ok, err := s.lastAnswered(ctx, line.ID)
		switch {
		case err != nil:
			e.warn(check, "try again", "line %s: the ledger could not be searched", line.ID)
		case ok:
			e.ok(check, "line %s: a call was answered on %s", line.ID, at.In(plan.Zone()).Format("2 January, 15:04"))
		default:
			e.warn(check, "ring it, and answer as the responder whose phone rings", "line %s: no call was answered in the last 14 days", line.ID)
		}
	}
}

// lastAnswered is when the last call to a line that a person answered came in.
func (s *service) lastAnswered(ctx context.Context, line string) (at time.Time, ok bool, err error) {
	wanted := queue.CallFilter{Line: line, Outcome: call.OutcomeAnswered}
	for after := ""; ; {
		page, err := s.queue.Calls(ctx, s.now().Add(-firstCallBack), s.now(), wanted, 1, after)
		switch {
		case err != nil:
			return at, false, err
		case len(page.Calls) > 0:
			return page.Calls[0].ReceivedAt, true, nil
		case page.Next == "":
			return at, false, nil
		}
		after = page.Next
	}
}
