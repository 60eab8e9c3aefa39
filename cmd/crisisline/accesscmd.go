package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/crisisline/config"
	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
	"example.org/crisisline/router"
)

func accessCommand(sh *shell) *cobra.Command {
	c := &cobra.Command{
		Use:   "access",
		Short: "Who may open the pages: one-time codes, tokens, sessions, and the audit",
		Long: `Who may open the pages: one-time codes for when the sign-in service is down,
tokens for programs, ending sessions, and the audit of who did what. Everything
done here is in the audit itself. docs/SIGN-IN.md tells more.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(accessCode(sh), accessToken(sh), accessEndSessions(sh), accessAudit(sh))
	return c
}

// office is what the commands of access work with.
type office struct {
	*shell
	cfg  *config.Config
	keep *access.Store
	log  *audit.Log
	book *rota.Book
	zone *time.Location
	who  string // beside what is done, in the audit
}

// whoFlag is who stands in the audit: whoever is at this terminal.
func (sh *shell) whoFlag(c *cobra.Command) *string {
	login := sh.variable("SUDO_USER")
	if login == "" {
		login = sh.variable("LOGNAME")
	}
	if login == "" {
		if u, err := user.Current(); err == nil {
			login = u.Username
		}
	}
	return c.PersistentFlags().String("who", login, "who does it, for the audit: a login, never a name")
}

// withAccess opens the store, for as long as use runs.
func (sh *shell) withAccess(ctx context.Context, who string, use func(context.Context, *office) error) (err error) {
	cfg, err := sh.config(config.Tool)
	if err != nil {
		return err
	}
	if strings.TrimSpace(who) == "" {
		return errors.New("--who is needed: whoever does this stands in the audit")
	}
	log := sh.logger(config.Log{Format: "text", Level: "error"})
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if !st.Lasts() {
		return errors.New("there is no redis-server on the PATH, so the store would be in memory and end with this command: install redis-server 7.0 or later, or set redis.url")
	}
	sealer, err := openSealer(cfg, log)
	if err != nil {
		return err
	}
	o := &office{
		shell: sh, cfg: cfg, who: "cli:" + strings.Join(strings.Fields(who), " "),
		keep: access.NewStore(st.UniversalClient, cfg.Service.ID), log: openAudit(cfg, st, sealer, log),
		book: openBook(cfg, st, sealer, log, sh.now, nil),
	}
	if err := o.book.Load(ctx); err != nil && !errors.Is(err, rota.ErrNoPlan) {
		return err
	}
	o.zone = (&service{book: o.book}).location()
	return use(ctx, o)
}

// note keeps in the audit what was done.
func (o *office) note(ctx context.Context, e audit.Entry) error {
	e.At, e.Who = o.now(), o.who
	if len(e.Teams) == 0 {
		e.Teams = []string{rota.EveryTeam} // what concerns the whole service
	}
	if _, err := o.log.Add(ctx, e); err != nil {
		return fmt.Errorf("it was done, and could not be kept in the audit: %w", err)
	}
	return nil
}

func (o *office) when(t time.Time) string { return t.In(o.zone).Format("Mon 2 Jan 2006 15:04") }

// grantFlags say what somebody may do.
type grantFlags struct {
	role  string
	teams []string
}

func (g *grantFlags) flags(c *cobra.Command) {
	var words []string
	for _, r := range access.Roles {
		words = append(words, string(r))
	}
	c.Flags().StringVar(&g.role, "role", "", "what they may do: "+strings.Join(words, ", "))
	c.Flags().StringSliceVar(&g.teams, "team", nil, "for these teams alone (ids); every team when left out")
	_ = c.MarkFlagRequired("role")
}

// grants checks the words against the roles there are and the teams of the plan.
func (g *grantFlags) grants(o *office) ([]access.Grant, error) {
	role := access.Role(g.role)
	if !slices.Contains(access.Roles, role) {
		return nil, fmt.Errorf("--role %s: there is no such role; choose one of %v", g.role, access.Roles)
	}
	if plan := o.book.Current(); plan != nil {
		_, teams := router.Names(plan)
		for _, t := range g.teams {
			if !slices.Contains(teams, t) {
				return nil, fmt.Errorf("--team %s: the plan has no such team; it has %s", t, strings.Join(teams, ", "))
			}
		}
	}
	return []access.Grant{{Role: role, Teams: g.teams}}, nil
}

// mayDo is grants as a person reads them.
func mayDo(grants []access.Grant) string {
	var all []string
	for _, g := range grants {
		text := g.Role.Words()
		if len(g.Teams) > 0 {
			text += " for " + strings.Join(g.Teams, ", ")
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// tidied is a name as it may stand in the audit and in a table.
func tidied(flag, text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > 60 {
		return "", fmt.Errorf("%s: give a name of 1 to 60 characters", flag)
	}
	return text, nil
}

func accessEndSessions(sh *shell) *cobra.Command {
	var everybody bool
	c := &cobra.Command{
		Use:   "end-sessions [PERSON]",
		Short: "Sign somebody out everywhere, at once",
		Long: `Sign somebody out everywhere, at once: every session they have, on every
instance, at their next request; a board they have open ends within a minute.

PERSON is their id as the audit shows it: what the provider calls them, their id
in the plan, or "code:NAME" for whoever used a one-time code. It keeps nobody
from signing in again: that is for the provider. Codes for them that nobody has
used yet are ended too.`,
		Args: cobra.MaximumNArgs(1),
	}
	who := sh.whoFlag(c)
	c.Flags().BoolVar(&everybody, "everybody", false, "everybody's sessions instead of one person's")
	c.RunE = func(c *cobra.Command, args []string) error {
		if everybody == (len(args) == 1) {
			return errors.New("name a PERSON, or say --everybody")
		}
		person := "*"
		if len(args) == 1 {
			person = strings.TrimSpace(args[0])
		}
		return sh.withAccess(c.Context(), *who, func(ctx context.Context, o *office) error {
			if err := o.keep.EndSessions(ctx, person); err != nil {
				return err
			}
			n, err := o.keep.EndCodes(ctx, strings.TrimPrefix(person, "code:"))
			if err != nil {
				return err
			}
			if err := o.note(ctx, audit.Entry{What: audit.Access, About: person, After: "sessions ended"}); err != nil {
				return err
			}
			fmt.Fprintf(o.stdout, "ended: whoever was signed in as %s is asked to sign in again\n", map[bool]string{true: "anybody", false: person}[everybody])
			if n > 0 {
				fmt.Fprintf(o.stdout, "and %d unused code(s)\n", n)
			}
			return nil
		})
	}
	return c
}
