package main

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Staffing advice reads kept days without their histograms. It says what it says
// of the ledger itself, and what is kept meanwhile is whole: the return that is
// made of it is the ledger's.
func TestStaffingLeavesTheDaysWhole(t *testing.T) {
	t.Parallel()
	events := told(t, utc(time.September, 28), utc(time.November, 3))
	month := []string{"report", "nhs111-mh", "--month", "2026-10"}
	want := reporting(t, events).types(exitDone, month...).stdout

	d := reporting(t, events)
	cold := d.types(exitDone, "report", "staffing").stdout
	says(t, cold, "days of the ledger")
	if kept := d.types(exitDone, "report", "staffing").stdout; kept != cold {
		t.Errorf("from the ledger:\n%s\nfrom what is kept:\n%s", cold, kept)
	}
	withStore(t, d.folder, func(rdb redis.UniversalClient, service string) {
		if err := rdb.Del(t.Context(), ledgerKey(service)).Err(); err != nil {
			t.Fatal(err)
		}
	})
	if got := d.types(exitDone, month...).stdout; got != want {
		t.Errorf("the return from the ledger:\n%s\nfrom what advice kept:\n%s", want, got)
	}
}
