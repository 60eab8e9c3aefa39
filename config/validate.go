package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Mode is what the configuration is wanted for.
type Mode int

// The modes.
const (
	Serve Mode = iota // carry calls: everything that is needed must be there
	Demo              // the service with a telephone network of its own: nothing need be there
	Tool              // look at something, change something, end
)

// Validate is everything that cannot be right, as Problems, or nil. It looks at
// nothing but c: whether the store and Twilio answer is for doctor to say.
func (c *Config) Validate(mode Mode) error {
	var v validation
	c.HTTP.validate(&v)
	c.Redis.validate(&v)
	c.Service.validate(&v)
	c.Twilio.validate(&v)
	c.Routing.validate(&v)
	c.Prompts.validate(&v)
	validateStandards(&v, c.Standards)
	validateFollowUps(&v, c.FollowUps)
	_, err := time.Parse(time.DateOnly, c.Report.StandardsAgreed)
	v.check(c.Report.StandardsAgreed == "" || err == nil, "report.standards_agreed", "%q must be a day such as 2026-11-01", c.Report.StandardsAgreed)
	v.oneOf("report.clock", string(c.Report.Clock), string(ClockReturn), string(ClockCaller))
	c.Privacy.validate(&v)
	v.within("privacy.number_for", c.Privacy.NumberFor, c.Routing.RedialWindow, c.Privacy.LedgerFor)
	v.within("privacy.overdue_number_for", c.Privacy.OverdueNumberFor, 24*time.Hour, 366*24*time.Hour)
	c.Monitoring.validate(&v)
	c.Console.validate(&v)
	c.Log.validate(&v)
	if mode == Serve {
		c.validateServe(&v)
	}
	if len(v) == 0 {
		return nil
	}
	return Problems(v)
}

// validateServe asks for what a process needs that real callers will reach.
func (c *Config) validateServe(v *validation) {
	v.check(c.Twilio.AccountSID != "", "twilio.account_sid", "is needed to carry calls; without an account, try: crisisline demo")
	v.check(c.HTTP.PublicURL != "", "http.public_url", "is needed: the https address that Twilio was given, without a path of ours")
	v.check(c.Twilio.AuthToken.IsSet(), "twilio.auth_token", "is needed: set it, or twilio.auth_token_file")
	v.check(c.Privacy.Key.IsSet(), "privacy.key", "is needed to encrypt callers' numbers: set it, or privacy.key_file, to the output of: openssl rand -base64 48")
}

// validation gathers problems.
type validation Problems

func (v *validation) check(ok bool, key, text string, args ...any) {
	if !ok {
		*v = append(*v, Problem{Key: key, Text: fmt.Sprintf(text, args...)})
	}
}

// within asks for least ≤ d ≤ most.
func (v *validation) within(key string, d, least, most time.Duration) {
	v.check(d >= least && d <= most, key, "%s must be from %s to %s", brief(d), brief(least), brief(most))
}

func (v *validation) whole(key string, n, least, most int) {
	v.check(n >= least && n <= most, key, "%d must be from %d to %d", n, least, most)
}

func (v *validation) oneOf(key, word string, words ...string) {
	v.check(slices.Contains(words, word), key, "%q must be one of %q", word, words)
}

// brief is d without the zero minutes and seconds of its String.
func brief(d time.Duration) string {
	return regexp.MustCompile(`([hm])(0m)?0s$`).ReplaceAllString(d.String(), "$1")
}

var (
	plainID      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)
	standardName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)
	language     = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	account      = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	placeName    = regexp.MustCompile(`^[a-z0-9-]*$`)
)

func (s Service) validate(v *validation) {
	v.check(plainID.MatchString(s.ID), "service.id", "%q must be 1 to 32 small letters, digits and hyphens, with no hyphen at either end", s.ID)
	v.check(s.Name != "", "service.name", "must not be empty: the pages need a name")
	v.check(s.DataDir != "", "service.data_dir", "must not be empty: the last published plan is kept there for when the store is gone")
}

// validate holds the spans of routing to what Twilio and a caller can bear:
// a ring of 5 to 60 s (Twilio adds 5 s of its own), a webhook's wait for the
// store well under the 15 s after which Twilio gives the caller up.
func (r Routing) validate(v *validation) {
	v.within("routing.ring_for", r.RingFor, 5*time.Second, time.Minute)
	v.within("routing.second_phone_after", r.SecondPhoneAfter, 0, time.Minute)
	v.whole("routing.most_phones", r.MostPhones, 1, 10)
	v.check(r.NeighboursAfter >= 0, "routing.neighbours_after", "must not be below 0s")
	v.check(r.BackupAfter >= r.NeighboursAfter, "routing.backup_after", "%s must not be before routing.neighbours_after (%s)", brief(r.BackupAfter), brief(r.NeighboursAfter))
	v.check(r.DutyManagerAfter >= r.BackupAfter, "routing.duty_manager_after", "%s must not be before routing.backup_after (%s)", brief(r.DutyManagerAfter), brief(r.BackupAfter))
	v.check(r.LastHumanAfter >= r.DutyManagerAfter, "routing.last_human_after", "%s must not be before routing.duty_manager_after (%s)", brief(r.LastHumanAfter), brief(r.DutyManagerAfter))
	v.check(r.LastHumanAfter <= 10*time.Minute, "routing.last_human_after", "%s is too long to leave a person in crisis: at most 10m", brief(r.LastHumanAfter))
	v.within("routing.skills_for", r.SkillsFor, 0, 5*time.Minute)
	v.within("routing.reoffer_after", r.ReofferAfter, time.Second, time.Hour)
	v.within("routing.wrap_up", r.WrapUp, 0, time.Hour)
	v.within("routing.wrap_up_least", r.WrapUpLeast, 0, r.WrapUp)
	v.whole("routing.misses_before_away", r.MissesBeforeAway, 1, 100)
	v.within("routing.away_for", r.AwayFor, time.Minute, 12*time.Hour)
	v.within("routing.recovery_for", r.RecoveryFor, time.Minute, 12*time.Hour)
	v.within("routing.redial_window", r.RedialWindow, 0, 12*time.Hour)
	v.within("routing.redial_boost", r.RedialBoost, 0, time.Hour)
	v.within("routing.danger_boost", r.DangerBoost, 0, time.Hour)
	v.within("routing.professional_boost", r.ProfessionalBoost, 0, time.Hour)
	v.within("routing.comfort_every", r.ComfortEvery, 10*time.Second, 2*time.Minute)
	v.within("routing.reconnect_pause", r.ReconnectPause, 0, time.Minute)
	v.within("routing.store_budget", r.StoreBudget, 20*time.Millisecond, 3*time.Second)
}

func (p Prompts) validate(v *validation) {
	v.check(language.MatchString(p.Language), "prompts.language", "%q is not a language tag such as en-GB", p.Language)
	v.check(p.Voice != "", "prompts.voice", "must not be empty: name a voice such as Polly.Amy-Neural")
}

// validateStandards leaves to cmd what only the metrics know: which are shipped,
// and what of a whole standard contradicts itself.
func validateStandards(v *validation, list []Standard) {
	seen := map[string]bool{}
	for i, s := range list {
		key := fmt.Sprintf("standards[%d].", i)
		v.check(standardName.MatchString(s.Name), key+"name", "%q must be small letters, digits, underscores and dots, a letter first", s.Name)
		v.check(!seen[s.Name], key+"name", "%q is there twice", s.Name)
		seen[s.Name] = true
		if s.Threshold != 0 {
			v.within(key+"threshold", s.Threshold, time.Second, time.Hour)
		}
		v.check(s.Target >= 0 && s.Target <= 1, key+"target", "%v must be a share above 0 and at most 1, such as 0.95", s.Target)
		v.check(s.Target == 0 || !s.NoTarget, key+"no_target", "and a target contradict each other")
		if s.Clock != "" {
			v.oneOf(key+"clock", string(s.Clock), string(ClockCaller), string(ClockReturn))
		}
	}
}

// validateFollowUps leaves to cmd what only the metrics know: which there are.
func validateFollowUps(v *validation, list []FollowUp) {
	for i, f := range list {
		key := fmt.Sprintf("follow_ups[%d].", i)
		v.check(f.Name != "", key+"name", "must not be empty")
		v.check(f.Limit != 0 || f.Target != 0, key+"limit", "is needed, or a target, or both")
		if f.Limit != 0 {
			v.within(key+"limit", f.Limit, time.Minute, 90*24*time.Hour)
		}
		v.check(f.Target >= 0 && f.Target <= 1, key+"target", "%v must be a share above 0 and at most 1, such as 0.95", f.Target)
	}
}

func (p Privacy) validate(v *validation) {
	v.check(!p.Key.IsSet() || len(p.Key.Reveal()) >= 32, "privacy.key", "must be 32 characters or more: openssl rand -base64 48")
	v.check(!p.PreviousKey.IsSet() || len(p.PreviousKey.Reveal()) >= 32, "privacy.previous_key", "must be 32 characters or more: it is the key that was there before, unchanged")
	v.check(!p.PreviousKey.IsSet() || !p.PreviousKey.Equal(p.Key), "privacy.previous_key", "is the same as privacy.key: take it away")
	v.within("privacy.call_state_for", p.CallStateFor, time.Minute, 24*time.Hour)
	v.check(p.LedgerFor >= 24*time.Hour, "privacy.ledger_for", "%s must be at least 24h: the figures are made from it", brief(p.LedgerFor))
}

func (l Log) validate(v *validation) {
	v.oneOf("log.format", l.Format, "json", "text")
	v.oneOf("log.level", l.Level, "debug", "info", "warn", "error")
}
