package console

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// goOn stands on a form that first asks whom it is about: what it is posted with
// is an answer, and not yet everything.
var goOn = field{Kind: "hidden", Name: "go-on", Value: "1"}

// missedTurn is a turn of somebody who is away, to be covered by somebody else.
// Name is the field that asks by whom. It says which turn that is, so that an
// answer is never taken for another's: turns end, and are changed by others,
// between a page and its sending.
type missedTurn struct {
	turn
	Name string
}

// missed are the turns of a person that have not ended and begin before they are
// usually back, each from now on to its end.
func (m mending) missed(person string) []missedTurn {
	back, since := m.usuallyBack(), m.now.Add(-longestTurn)
	var all []missedTurn
	for _, t := range m.turns(person, since, back.Add(24*time.Hour)) {
		if !t.End.After(m.now) || !t.Start.Before(back) {
			continue
		}
		all = append(all, missedTurn{t, coverName(t, since)})
		if last := &all[len(all)-1]; last.Start.Before(m.now) {
			last.Start = m.now
		}
	}
	return all
}

// begun stands for the beginning of a turn that began longer ago than was looked.
const begun = "begun"

// coverName is the name of the field that asks who covers a turn; what began at
// since or before is not told apart by when.
func coverName(t turn, since time.Time) string {
	start, what := begun, t.Slot.Shift
	if t.Start.After(since) {
		start = stamp(t.Start)
	}
	if t.Slot.IsZero() {
		what = strings.Join(t.Teams, "_")
	}
	return strings.Join([]string{coverPrefix + t.Person, start, stamp(t.End), string(t.Tier), what}, "-")
}

const coverPrefix = "cover-"

// coverNamed reads who is away, and when the turn begins and ends.
var coverNamed = regexp.MustCompile(`^` + coverPrefix + `(.+)-(\d{8}T\d{4}Z|` + begun + `)-(\d{8}T\d{4}Z)-.+$`)

// stamp is an instant as a name has it.
func stamp(t time.Time) string { return t.UTC().Format(stampForm) }

const stampForm = "20060102T1504Z"

// otherShifts are what is wrong when the turns that were asked about are no longer
// those there are: what was chosen for one of them must not go to another, and
// none before they are back (zero: never) may be left out unseen. When none was
// asked about there is nothing to say.
func (m mending) otherShifts(missed []missedTurn, back time.Time) (ps []problem) {
	var seen []string
	for name := range m.v {
		if strings.HasPrefix(name, coverPrefix) {
			seen = append(seen, name)
		}
	}
	slices.Sort(seen)
	for _, name := range seen {
		there := slices.ContainsFunc(missed, func(t missedTurn) bool { return t.Name == name })
		if by := m.v.Get(name); !there && by != "" && by != "none" {
			ps = append(ps, problem{Text: m.gone(name, by)})
		}
	}
	for _, t := range missed {
		missing := back.IsZero() || t.Start.Before(back)
		if missing && len(seen) > 0 && !slices.Contains(seen, t.Name) {
			ps = append(ps, problem{t.Name, "Choose who covers " + m.span(t.Start, t.End, m.now) + ": that shift was not there when you looked, or was another"})
		}
	}
	return ps
}

// gone says of a turn that is no longer there what was chosen for it.
func (m mending) gone(name, by string) string {
	what := "a shift"
	if found := coverNamed.FindStringSubmatch(name); found != nil {
		from, err := time.Parse(stampForm, found[2])
		until, errUntil := time.Parse(stampForm, found[3])
		switch {
		case errUntil != nil:
		case err != nil:
			what = "the shift until " + when(until, m.now, m.zone)
		default:
			what = m.span(from, until, m.now)
		}
	}
	return "You chose " + m.person(by) + " for " + what + ". That shift is over, or somebody changed it meanwhile, so nothing was done. Look at the shifts below and choose again"
}
