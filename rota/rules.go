package rota

import (
	"cmp"
	"slices"
	"time"
)

// Rules of the checks. The set is closed; Rules tells of each, and
// docs/RULES.md explains them to people.
const (
	RuleResponding  = "coverage_responding"   // fewer responders than the minimum
	RuleClinician   = "coverage_clinician"    // no registered clinician, or too few
	RuleSkill       = "coverage_skill"        // nobody, or too few, with another skill that must be there
	RuleNeeds       = "shift_needs"           // too few on a shift have a skill that it needs
	RuleBackup      = "coverage_backup"       // fewer on backup than the minimum
	RuleDutyManager = "coverage_duty_manager" // fewer duty managers than the minimum
	RuleLastHuman   = "last_human"            // nobody outside the rota
	RuleTwoTiers    = "two_tiers"             // one person is responder and backup of a team at once
	RuleTwoTeams    = "two_teams"             // one person is on separate shifts of two teams at once
	RuleHandover    = "handover"              // everybody changes at one moment, or with little overlap
	RuleNumber      = "number"                // somebody cannot be rung
	RuleProven      = "number_proven"         // somebody's telephone was not tested lately
	RuleClocks      = "clock_change"          // a shift is an hour longer or shorter than it reads
	RuleIdle        = "never_on_shift"        // a responder is in no shift in the span

	RuleDailyRest    = "daily_rest"         // less than 11 hours' rest in 24
	RuleWeeklyRest   = "weekly_rest"        // no whole day of rest in a week, nor two in a fortnight
	RuleWeeklyHours  = "weekly_hours"       // more than 48 hours a week on average
	RuleBreak        = "break"              // no break in a shift of more than 6 hours
	RuleNightHours   = "night_hours"        // a night worker's hours, on average
	RuleNightHazard  = "night_hazard"       // a night of more than 8 hours in work that strains the mind
	RuleHealth       = "health_assessment"  // a night worker without a health assessment on record
	RuleYoungRest    = "young_daily_rest"   // under 18: less than 12 hours' rest in 24
	RuleYoungWeek    = "young_weekly_rest"  // under 18: less than 48 hours' rest in a week
	RuleYoungBreak   = "young_break"        // under 18: no half hour's break after 4½ hours
	RuleYoungDay     = "young_daily_hours"  // under 18: more than 8 hours in a day
	RuleYoungHours   = "young_weekly_hours" // under 18: more than 40 hours in a week
	RuleYoungNight   = "young_night"        // under 18: work at night
	RuleRecords      = "records"            // records of time worked are kept for less than two years
	RuleRestOwed     = "rest_owed"          // rest was cut short and not made good yet
	RuleShiftLength  = "shift_length"       // more than 12 hours at a stretch
	RuleManyDays     = "consecutive_days"   // more than 7 days in a row
	RuleManyNights   = "consecutive_nights" // more than 3 nights in a row
	RuleManyLong     = "consecutive_long"   // more than 3 long days in a row
	RuleManyEarly    = "consecutive_early"  // more than 3 early starts in a row
	RuleSwitch       = "day_night_switch"   // day to night, or back, without two nights' sleep
	RuleFairShare    = "fair_share"         // somebody has far more than their share
	RuleHolidayKnown = "holidays_known"     // the list of bank holidays ends before the plan does
)

// Figures of the working time rules, with their sources in Rules.
const (
	DailyRest       = 11 * time.Hour   // consecutive, in each 24 hours
	WeeklyRest      = 24 * time.Hour   // uninterrupted, in each 7 days; or twice, or 48 hours, in each 14
	MostWeekly      = 48 * time.Hour   // a week, on average over ReferenceWeeks
	ReferenceWeeks  = 17               // that averages are taken over
	LeastBreak      = 20 * time.Minute // in a shift of more than BreakAfter
	BreakAfter      = 6 * time.Hour    // longer shifts need a break
	NightFrom       = Clock(23 * 60)   // night time begins
	NightUntil      = Clock(6 * 60)    // and ends
	NightShift      = 3 * time.Hour    // of night time make a shift a night shift
	MostNightly     = 8 * time.Hour    // of work in 24, on average for night workers; absolute where it strains the mind
	YoungDailyRest  = 12 * time.Hour   // under 18
	YoungWeeklyRest = 48 * time.Hour   // under 18, in each 7 days
	YoungBreak      = 30 * time.Minute // under 18, in a shift of more than YoungBreakAfter
	YoungBreakAfter = 4*time.Hour + 30*time.Minute
	YoungDay        = 8 * time.Hour            // under 18, from midnight to midnight; nothing is averaged
	YoungWeek       = 40 * time.Hour           // under 18, from Monday to Sunday
	RecordsKept     = 2 * 365 * 24 * time.Hour // at least
	LongestShift    = 12 * time.Hour           // good practice
	MostDays        = 7                        // in a row
	MostNights      = 3                        // in a row; also long days and early starts
	LongDay         = 10 * time.Hour           // a longer day shift is a long one
	EarlyStart      = Clock(7 * 60)            // a day shift that begins before is an early one
	SleepNights     = 2                        // nights' sleep between days and nights
)

// RuleInfo says what a rule asks and who asks it.
type RuleInfo struct {
	Rule   string
	Level  Level  // the usual level; a policy may set another
	Figure string // what is asked, in short
	Source string // who asks it
}

const (
	wtr       = "Working Time Regulations 1998, reg. "
	hse       = "HSE good practice on shift work (HSG256)"
	serviceOf = "this service's rule of cover"
)

// Rules is every rule, in the order of docs/RULES.md.
var Rules = []RuleInfo{
	{RuleResponding, LevelRefuse, "the minimum of responders, every minute", serviceOf},
	{RuleClinician, LevelRefuse, "the minimum with skill registered, every minute", serviceOf},
	{RuleSkill, LevelWarn, "the minimum with every other skill, every minute", serviceOf},
	{RuleNeeds, LevelWarn, "the skills a shift needs, among those on that shift", serviceOf},
	{RuleBackup, LevelWarn, "the minimum on backup, every minute", serviceOf},
	{RuleDutyManager, LevelWarn, "the minimum of duty managers, every minute", serviceOf},
	{RuleLastHuman, LevelRefuse, "one telephone outside the rota, always", serviceOf},
	{RuleTwoTiers, LevelRefuse, "nobody in two tiers of a team at once", serviceOf},
	{RuleTwoTeams, LevelWarn, "nobody on separate shifts of two teams at once", serviceOf},
	{RuleHandover, LevelNote, "the overlap asked for (15 min recommended)", serviceOf},
	{RuleNumber, LevelRefuse, "a number that can be rung, for everybody", serviceOf},
	{RuleProven, LevelWarn, "every number tested within 30 days of a shift", serviceOf},
	{RuleClocks, LevelNote, "shifts over a clock change are told", serviceOf},
	{RuleIdle, LevelNote, "everybody in the plan is on shift some time", serviceOf},
	{RuleDailyRest, LevelRefuse, "11 consecutive hours in each 24", wtr + "10(1)"},
	{RuleWeeklyRest, LevelRefuse, "24 h in each 7 days, or 2 × 24 h or 48 h in each 14", wtr + "11(1), (2)"},
	{RuleWeeklyHours, LevelWarn, "48 h a week on average over 17 weeks; a note for those who opted out", wtr + "4, 5"},
	{RuleBreak, LevelRefuse, "20 min in a shift of more than 6 h; a note while the plan does not say", wtr + "12(1)"},
	{RuleNightHours, LevelRefuse, "night workers: 8 h in each 24 on average over 17 weeks, no opt-out", wtr + "6(1)"},
	{RuleNightHazard, LevelWarn, "night workers whose work strains: 8 h in any 24, no average", wtr + "6(7)"},
	{RuleHealth, LevelNote, "a health assessment offered before night work and from time to time", wtr + "7"},
	{RuleYoungRest, LevelRefuse, "under 18: 12 consecutive hours in each 24", wtr + "10(2)"},
	{RuleYoungWeek, LevelRefuse, "under 18: 48 h in each 7 days", wtr + "11(3)"},
	{RuleYoungBreak, LevelRefuse, "under 18: 30 min in a shift of more than 4 h 30 min", wtr + "12(4)"},
	{RuleYoungDay, LevelRefuse, "under 18: 8 h a day, no average", wtr + "5A(1)(a)"},
	{RuleYoungHours, LevelRefuse, "under 18: 40 h a week, Monday to Sunday, no average", wtr + "5A(1)(b)"},
	{RuleYoungNight, LevelRefuse, "under 18: no work in night time", wtr + "6A"},
	{RuleRecords, LevelWarn, "records of time worked kept for 2 years", wtr + "9"},
	{RuleRestOwed, LevelNote, "rest that was cut short is made good", wtr + "24"},
	{RuleShiftLength, LevelNote, "12 h at a stretch, overtime included", hse},
	{RuleManyDays, LevelWarn, "7 days in a row", hse},
	{RuleManyNights, LevelWarn, "3 nights in a row", hse},
	{RuleManyLong, LevelNote, "3 long days (more than 10 h) in a row", hse},
	{RuleManyEarly, LevelNote, "3 early starts (before 07:00) in a row", hse},
	{RuleSwitch, LevelWarn, "2 nights' full sleep between days and nights", hse},
	{RuleFairShare, LevelNote, "nights, weekends, bank holidays and hard calls by share of hours", "this service's rule of fairness"},
	{RuleHolidayKnown, LevelNote, "bank holidays known as far as the plan is checked", "https://www.gov.uk/bank-holidays"},
}

// ruleOf is what is known of a rule; the zero RuleInfo of no rule.
func ruleOf(rule string) RuleInfo {
	i := slices.IndexFunc(Rules, func(r RuleInfo) bool { return r.Rule == rule })
	if i < 0 {
		return RuleInfo{}
	}
	return Rules[i]
}

func ruleNames() []string {
	return mapped(Rules, func(r RuleInfo) string { return r.Rule })
}

// sortFindings puts the gravest first, then by time, then by text.
func sortFindings(found []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(gravity(a.Level), gravity(b.Level)), a.From.Compare(b.From), cmp.Compare(a.Text, b.Text))
	})
}
