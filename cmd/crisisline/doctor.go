package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.org/crisisline/config"
	"example.org/crisisline/router"
	"example.org/crisisline/twilio"
)

// verdict is how one check ended.
type verdict string

// The closed set of verdicts.
const (
	verdictOK   verdict = "ok"
	verdictWarn verdict = "warn" // callers are answered; something should be mended
	verdictFail verdict = "fail" // callers may not be answered
)

// result is one line of the doctor. It never holds a telephone number or a name.
type result struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Found   string  `json:"found"`
	Do      string  `json:"do,omitempty"`
}

// examination gathers results.
type examination []result

func (e *examination) ok(check, found string, args ...any) {
	*e = append(*e, result{Check: check, Verdict: verdictOK, Found: fmt.Sprintf(found, args...)})
}

func (e *examination) warn(check, do, found string, args ...any) {
	*e = append(*e, result{Check: check, Verdict: verdictWarn, Found: fmt.Sprintf(found, args...), Do: do})
}

func (e *examination) fail(check, do, found string, args ...any) {
	*e = append(*e, result{Check: check, Verdict: verdictFail, Found: fmt.Sprintf(found, args...), Do: do})
}

func doctorCommand(sh *shell) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with this installation, and what to do about it",
		Long: `Say what is wrong with this installation, and what to do about it: settings,
store, Twilio account, numbers, clocks, and whether somebody is on shift. It
changes nothing and rings nobody. Exit code 4 when something must be mended.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return sh.tellResults(sh.examine(c.Context()), asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (sh *shell) tellResults(results examination, asJSON bool) error {
	worst := verdictOK
	for _, r := range results {
		if r.Verdict == verdictFail || worst == verdictOK {
			worst = r.Verdict
		}
	}
	if asJSON {
		if err := json.NewEncoder(sh.stdout).Encode(results); err != nil {
			return err
		}
	} else {
		for _, r := range results {
			fmt.Fprintf(sh.stdout, "%-4s  %-8s  %s\n", r.Verdict, r.Check, r.Found)
			if r.Do != "" {
				fmt.Fprintf(sh.stdout, "                %s\n", r.Do)
			}
		}
	}
	if worst == verdictFail {
		return errFindings
	}
	return nil
}

// examine runs every check that the ones before it leave a ground for.
func (sh *shell) examine(ctx context.Context) (e examination) {
	cfg := sh.examineConfig(&e)
	if cfg == nil {
		return e
	}
	sh.examinePrompts(&e, cfg)
	plan := sh.examineStore(ctx, &e, cfg)
	examineSignIn(ctx, &e, cfg, plan)
	examineFallbacks(ctx, &e, examineCarrier(ctx, &e, cfg, plan, sh.now))
	if plan != nil {
		examineCover(&e, plan, sh.now())
	}
	examineAgreed(&e, cfg, sh.now())
	examineAlarms(ctx, &e, cfg)
	return e
}

// examineConfig is nil when there is nothing to go on with.
func (sh *shell) examineConfig(e *examination) *config.Config {
	const check = "config"
	cfg, err := config.Load(sh.configFile, sh.environ)
	if cfg != nil {
		err = config.Join(err, cfg.Validate(config.Serve))
	}
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			e.fail(check, "config.example.yaml explains every key", "%s", p.String())
		}
	case err != nil:
		e.fail(check, "name a file that can be read with --config", "%s", err)
		return nil
	case sh.configFile == "":
		e.ok(check, "the defaults and the environment")
	default:
		e.ok(check, "%s and the environment", sh.configFile)
	}
	examineSettings(e, cfg)
	examineJournal(e, cfg)
	for _, name := range twilio.StrayEnvironment() {
		e.warn("twilio", "unset it; set twilio.region and twilio.edge instead",
			"%s is in the environment: we ignore it, but other Twilio tools on this machine go where it says", name)
	}
	return cfg
}

// examineSettings looks at what is allowed and yet unwise.
func examineSettings(e *examination, cfg *config.Config) {
	const check = "config"
	if cfg.Console.DevelopmentSignIn {
		e.warn(check, "unset console.development_sign_in", "anyone who can open the pages may act as anyone")
	}
	if !cfg.Privacy.Key.IsSet() {
		e.warn("privacy", "set privacy.key_file, the same on every instance: openssl rand -base64 48",
			"no privacy.key: one is made in service.data_dir, which other instances and a new disk do not have")
	} else {
		e.ok("privacy", "callers' numbers are encrypted with privacy.key")
	}
}

func (sh *shell) examinePrompts(e *examination, cfg *config.Config) {
	prompts, err := router.LoadPrompts(cfg.Prompts.Dir)
	switch {
	case err != nil:
		e.fail("prompts", "mend the file, or leave prompts.dir empty for the built-in words", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	case prompts[cfg.Prompts.Language] == nil:
		e.fail("prompts", "add the file to prompts.dir, or choose another prompts.language", "no words for prompts.language %s", cfg.Prompts.Language)
	default:
		e.ok("prompts", "%d language(s)", len(prompts))
	}
}
