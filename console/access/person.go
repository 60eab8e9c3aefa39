package access

import (
	"log/slog"
	"slices"
	"time"
)

// Grant is a role, everywhere or for some teams.
type Grant struct {
	Role  Role     `json:"role"`
	Teams []string `json:"teams,omitempty"` // none: every team
}

// How says how somebody signed in.
type How string

// The closed set of ways in.
const (
	ByProvider    How = "provider"
	ByCode        How = "code"
	ByDevelopment How = "development"
	ByToken       How = "token"
)

// Person is whoever asks. The zero Person is nobody and may do nothing.
type Person struct {
	ID        string    `json:"id"`                  // what stands beside what they do
	Name      string    `json:"name,omitempty"`      // for their own screen; never logged
	Responder string    `json:"responder,omitempty"` // who they are in the plan, "" for nobody there
	Subject   string    `json:"subject,omitempty"`   // the provider's own name for them, which never changes
	Grants    []Grant   `json:"grants"`
	How       How       `json:"how"`
	Since     time.Time `json:"since"` // signed in, or a token's making
}

// Nobody reports whether no one is signed in.
func (p Person) Nobody() bool { return p.ID == "" }

// Signature is who stands beside a change: their id in the plan where they have
// one, so that it is shown as their name there. A program is told from whose it is.
func (p Person) Signature() string {
	if p.Responder != "" && p.How != ByToken {
		return p.Responder
	}
	return p.ID
}

// May reports whether they may do something about all of these teams; without
// teams, whether they may do it somewhere. Looking is not limited by team.
func (p Person) May(do Permission, teams ...string) bool {
	if do == Anyone {
		return true
	}
	need, ok := least[do]
	if !ok || p.Nobody() {
		return false
	}
	if len(teams) == 0 || need == Viewer {
		return slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role.includes(need) })
	}
	for _, team := range teams {
		if !slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role.includes(need) && g.covers(team) }) {
			return false
		}
	}
	return true
}

// Everywhere reports whether they may do something about every team there is or
// will be.
func (p Person) Everywhere(do Permission) bool {
	need, ok := least[do]
	return ok && !p.Nobody() && slices.ContainsFunc(p.Grants, func(g Grant) bool {
		return g.Role.includes(need) && len(g.Teams) == 0
	})
}

// Teams are those for which they have any role; none when they have one everywhere.
func (p Person) Teams() []string {
	var all []string
	for _, g := range p.Grants {
		if len(g.Teams) == 0 {
			return nil
		}
		all = append(all, g.Teams...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (g Grant) covers(team string) bool { return len(g.Teams) == 0 || slices.Contains(g.Teams, team) }

// Role is the highest role they have anywhere; "" for none.
func (p Person) Role() Role {
	best := Role("")
	for _, g := range p.Grants {
		if g.Role.includes(best) || best == "" {
			best = g.Role
		}
	}
	return best
}

// LogValue keeps names out of logs.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.Signature()) }

// Rule gives a role to the members of a group at the provider.
type Rule struct {
	Group string
	Role  Role
	Teams []string // none: every team
}

// grants are what a member of these groups has; none for no group of ours.
func grants(rules []Rule, groups []string) (all []Grant) {
	for _, r := range rules {
		if slices.Contains(groups, r.Group) {
			all = append(all, Grant{r.Role, r.Teams})
		}
	}
	return all
}
