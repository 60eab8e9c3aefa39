package main

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/config"
	"example.org/crisisline/metrics"
)

// Days that an earlier version rolled up are made anew while the ledger has them,
// and kept as they are when it does not: nothing published is lost to an update.
func TestRollUpsOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	d := reporting(t, told(t, utc(time.October, 1), utc(time.November, 3)))
	first := d.types(exitDone, "report", "nhs111-mh", "--month", "2026-10").stdout
	made := d.types(exitDone, "report", "roll-up").stdout
	older := func(ledger string) {
		withStore(t, d.folder, func(rdb redis.UniversalClient, service string) {
			l := newLedger(config.Default(), rdb, nil, nil, utc(time.November, 20))
			kept, err := rdb.HGetAll(t.Context(), l.rollUps()).Result()
			if err != nil {
				t.Fatal(err)
			}
			days, names := map[string]*metrics.Day{}, []string{}
			for name, packed := range kept {
				if name == formField {
					continue
				}
				if days[name], err = unpackDay([]byte(packed)); err != nil {
					t.Fatal(err)
				}
				days[name].Form, names = 3, append(names, name)
			}
			if err := l.keep(t.Context(), names, days); err != nil {
				t.Fatal(err)
			}
			if err := rdb.HDel(t.Context(), l.rollUps(), formField).Err(); err != nil {
				t.Fatal(err)
			}
			if ledger == "" {
				return
			}
			if err := rdb.Del(t.Context(), ledger).Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
	older("")
	if again := d.types(exitDone, "report", "roll-up").stdout; again != made || strings.HasPrefix(again, "0 ") {
		t.Errorf("of days of an earlier version %q, first %q", again, made)
	}
	if again := d.types(exitDone, "report", "roll-up").stdout; again != "0 days rolled up\n" {
		t.Errorf("and once more %q", again)
	}
	older(ledgerKey("crisisline"))
	d.environ = append(d.environ, "CRISISLINE_PRIVACY_LEDGER_FOR=48h")
	if now := d.types(exitDone, "report", "nhs111-mh", "--month", "2026-10").stdout; now != first {
		t.Errorf("without a ledger:\n%s\nbefore:\n%s", now, first)
	}
}
