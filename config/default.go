package config

import "time"

// Embedded is the value of redis.url that asks for a store of our own.
const Embedded = "embedded"

// Default is every setting when nobody says otherwise: a service on loopback
// with a store of its own and no telephone network.
func Default() *Config {
	return &Config{
		HTTP: HTTP{Listen: "127.0.0.1:8080", Drain: 25 * time.Second},
		Redis: Redis{
			URL:          Embedded,
			DialTimeout:  300 * time.Millisecond,
			ReadTimeout:  300 * time.Millisecond,
			WriteTimeout: 300 * time.Millisecond,
		},
		Service: Service{ID: "hampshire", Name: "Crisis line", DataDir: "data"},
		Twilio: Twilio{
			CallsPerSecond: 1,
			QueueName:      "crisisline",
			QueueSize:      5000,
			RequestBudget:  5 * time.Second,
			LongestCall:    4 * time.Hour,
		},
		Routing: Routing{
			EarlyOffer:       true,
			RingFor:          20 * time.Second,
			SecondPhoneAfter: 8 * time.Second,
			MostPhones:       4,
			NeighboursAfter:  20 * time.Second,
			BackupAfter:      45 * time.Second,
			DutyManagerAfter: 75 * time.Second,
			LastHumanAfter:   105 * time.Second,
			SkillsFor:        10 * time.Second,
			ReofferAfter:     60 * time.Second,
			WrapUp:           2 * time.Minute,
			WrapUpLeast:      20 * time.Second,
			MissesBeforeAway: 2,
			AwayFor:          15 * time.Minute,
			RecoveryFor:      15 * time.Minute,
			RedialWindow:     10 * time.Minute,
			RedialBoost:      60 * time.Second,
			DangerBoost:      10 * time.Minute,
			ComfortEvery:     35 * time.Second,
			ReconnectPause:   6 * time.Second,
			StoreBudget:      300 * time.Millisecond,
		},
		Prompts: Prompts{Language: "en-GB", Voice: "Polly.Amy-Neural"},
		Report:  Report{Clock: ClockReturn},
		Privacy: Privacy{
			CallStateFor:     15 * time.Minute,
			NumberFor:        24 * time.Hour,
			OverdueNumberFor: 7 * 24 * time.Hour,
			LedgerFor:        25 * 732 * time.Hour, // 25 months of 30½ days
		},
		Console: Console{
			Listen:      "127.0.0.1:8081",
			OIDCScopes:  []string{"profile", "email"},
			GroupsClaim: "groups",
			Idle:        30 * time.Minute,
			Longest:     12 * time.Hour,
		},
		Log: Log{Format: "json", Level: "info"},
	}
}
