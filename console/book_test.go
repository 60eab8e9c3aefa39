package console

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.org/crisisline/rota"
)

// openBook is a book in a store of its own that holds the plan of the scenes
// after edit has changed its text. close ends both.
func openBook(now func() time.Time, edit func(string) string) (b *rota.Book, end func(), err error) {
	r, err := compilePlan(now(), edit)
	if err != nil {
		return nil, nil, err
	}
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		return nil, nil, err
	}
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	end = func() {
		_ = rdb.Close()
		server.Close()
	}
	b = rota.NewBook(rdb, rota.BookOptions{
		Service: "hampshire", Now: now,
		Seal: func(plain, _ []byte) []byte { return append([]byte{1}, plain...) },
		Open: func(box, _ []byte) ([]byte, error) {
			if len(box) == 0 || box[0] != 1 {
				return nil, errors.New("not sealed")
			}
			return box[1:], nil
		},
	})
	_, err = b.Publish(context.Background(), now(), rota.Change{Who: "plan.file", Why: "first plan", Plan: r.Plan()})
	return b, end, err
}

// mendable is the plan of the scenes without what would be refused: a person
// who is on day and night, and a gap.
func mendable(text string) string {
	for _, pair := range [][2]string{
		{`start: "08:00", end: "08:00", people: [r-femi]}`, `start: "08:00", end: "20:00", people: [r-femi]}
  - {id: m-night, team: mid-north, tier: responding, days: daily, start: "20:00", end: "08:00", people: [r-leo]}`},
		{`  - {id: r-jo,`, `  - {id: r-leo, name: Leo Brandt, team: mid-north, number: 07700 900112}
  - {id: r-mia, name: Mia Thorne, team: mid-north, number: 07700 900113}
  - {id: r-jo,`},
		{"alarm: {gap: 12h}", "alarm: {gap: 12h}\npolicy: {levels: {daily_rest: note, weekly_rest: note, break: note, night_hazard: note, weekly_hours: note, night_hours: note}}"},
		{"remove: r-grace, start: 2026-06-20T22:00", "remove: r-grace, add: r-harry, start: 2026-06-20T22:00"},
	} {
		text = replaced(pair[0], pair[1])(text)
	}
	return text
}

// editable is a scene whose rota can be changed.
func editable(t testing.TB, edit func(string) string) *scene {
	t.Helper()
	now := func() time.Time { return atNight }
	b, end, err := openBook(now, edit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return &scene{now: now, book: b, snap: quiet(atNight), figures: today}
}
