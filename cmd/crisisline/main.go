package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/config"
)

// The exit codes, for scripts.
const (
	exitDone     = 0 // did what was asked
	exitFailed   = 1 // could not: the reason is on stderr
	exitUsage    = 2 // was asked something that does not exist
	exitConfig   = 3 // the configuration was refused
	exitFindings = 4 // did what was asked, and found what must be mended: plan check, doctor
)

// errFindings ends a command that has printed what must be mended.
var errFindings = errors.New("found what must be mended")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], shell{
		environ: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now,
	}))
}

// shell is what a command may touch of the world outside.
type shell struct {
	environ        []string
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	configFile     string // --config, or CRISISLINE_CONFIG
}

// run is the whole program; ctx ends when it is asked to stop.
func run(ctx context.Context, args []string, sh shell) (exit int) {
	root, understood := commandLine(&sh)
	root.SetArgs(args)
	root.SetOut(sh.stdout)
	root.SetErr(sh.stderr)
	root.SetIn(sh.stdin)
	command, err := root.ExecuteContextC(ctx)
	var problems config.Problems
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	case !*understood:
		fmt.Fprintf(sh.stderr, "crisisline: %v\n%q tells more\n", err, command.CommandPath()+" --help")
		return exitUsage
	case errors.As(err, &problems):
		fmt.Fprintf(sh.stderr, "crisisline: %v\n", err)
		return exitConfig
	}
	fmt.Fprintf(sh.stderr, "crisisline: %v\n", err)
	return exitFailed
}

// commandLine builds every command. What understood points at becomes true once
// the arguments made sense.
func commandLine(sh *shell) (root *cobra.Command, understood *bool) {
	understood = new(bool)
	root = &cobra.Command{
		Use:   "crisisline",
		Short: "Rings the on-shift responder of the right team for a person in crisis",
		Long: `Rings the on-shift responder of the right team for a person in crisis.

Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 configuration refused,
4 found something that must be mended (plan check, doctor).`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVar(&sh.configFile, "config", sh.variable("CRISISLINE_CONFIG"),
		"configuration file (also CRISISLINE_CONFIG); config.example.yaml explains every key")
	root.AddCommand(
		serveCommand(sh),
		demoCommand(sh),
		simulateCommand(sh),
		planCommand(sh),
		reportCommand(sh),
		followUpCommand(sh),
		accessCommand(sh),
		doctorCommand(sh),
		versionCommand(sh),
	)
	note(root, understood)
	return root, understood
}

// note makes every command say that its arguments and flags made sense, before
// it begins.
func note(c *cobra.Command, understood *bool) {
	if begin := c.RunE; begin != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			*understood = true
			return begin(c, args)
		}
	}
	for _, below := range c.Commands() {
		note(below, understood)
	}
}

// variable is the value of a variable of the environment, the last one set.
func (sh *shell) variable(name string) (value string) {
	for _, entry := range sh.environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// config reads and checks the configuration; its error tells all that is wrong.
func (sh *shell) config(mode config.Mode) (*config.Config, error) {
	cfg, err := config.Load(sh.configFile, sh.environ)
	if cfg != nil {
		err = config.Join(err, cfg.Validate(mode))
	}
	if err == nil {
		err = promisesRight(cfg)
	}
	if err != nil {
		return nil, err
	}
	return cfg, nil
}

// promisesRight is what is wrong with the service's own promises: which there
// are only the metrics know.
func promisesRight(cfg *config.Config) error {
	var wrong config.Problems
	if _, err := followUps(cfg); err != nil {
		wrong = append(wrong, config.Problem{Key: "follow_ups", Text: err.Error()})
	}
	if _, err := ownStandards(cfg); err != nil {
		wrong = append(wrong, config.Problem{Key: "standards", Text: err.Error()})
	}
	if len(wrong) == 0 {
		return nil
	}
	return wrong
}

// logger writes to stderr, so that what a command prints can be piped.
func (sh *shell) logger(cfg config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "text" {
		return slog.New(slog.NewTextHandler(sh.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(sh.stderr, options))
}
