package rota

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func ask(h http.Handler, path, tag string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Header.Set("If-None-Match", tag)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

// An address works until it is revoked, shows what is in force, and nothing in
// the store lets anybody make one up.
func TestFeedLife(t *testing.T) {
	t.Parallel()
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rdb := s.open(t)
			b := book(t, rdb)
			ctx := t.Context()
			if _, err := b.AddFeed(ctx, bookNow, FeedOf{Person: "ann"}, "dm7"); !errors.Is(err, ErrNoPlan) {
				t.Errorf("without a plan: %v", err)
			}
			publish(t, b, 0, "first")
			for _, of := range []FeedOf{{}, {Person: "nobody"}, {Team: "nowhere"}, {Person: "ann", Team: "east"}} {
				if _, err := b.AddFeed(ctx, bookNow, of, "dm7"); !errors.Is(err, ErrNoSuch) {
					t.Errorf("%+v: %v", of, err)
				}
			}
			token, err := b.AddFeed(ctx, bookNow, FeedOf{Person: "ann"}, "dm7")
			if err != nil {
				t.Fatal(err)
			}
			team, err := b.AddFeed(ctx, bookNow, FeedOf{Team: "east"}, "dm7")
			if err != nil {
				t.Fatal(err)
			}
			h := b.FeedHandler()
			got := ask(h, "/feeds/"+token+".ics", "")
			if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "BEGIN:VEVENT") || got.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
				t.Fatalf("%d %v", got.Code, got.Header())
			}
			if again := ask(h, "/feeds/"+token+".ics", got.Header().Get("ETag")); again.Code != http.StatusNotModified {
				t.Errorf("asked again: %d", again.Code)
			}
			if other := ask(h, "/feeds/"+team+".ics", ""); !strings.Contains(other.Body.String(), "X-CRISISLINE-PERSON:bob") {
				t.Error("the team's calendar lacks bob")
			}
			for _, path := range []string{"/feeds/" + token, "/feeds/" + token + "x.ics", "/feeds/.ics", "/feeds/"} {
				if w := ask(h, path, ""); w.Code != http.StatusNotFound {
					t.Errorf("%s: %d", path, w.Code)
				}
			}
			stored, err := rdb.HGetAll(ctx, feedsKey("test")).Result()
			if err != nil || len(stored) != 2 {
				t.Fatalf("%d stored, %v", len(stored), err)
			}
			for hash, box := range stored {
				if strings.Contains(hash+box, token) || ask(h, "/feeds/"+hash+".ics", "").Code != http.StatusNotFound {
					t.Error("the store gives the address away")
				}
			}
			feeds, err := b.Feeds(ctx)
			if err != nil || len(feeds) != 2 {
				t.Fatalf("%v, %v", feeds, err)
			}
			for _, f := range feeds {
				if f.Of.Person == "ann" {
					if err := b.RevokeFeed(ctx, f.ID); err != nil {
						t.Fatal(err)
					}
				}
			}
			if w := ask(h, "/feeds/"+token+".ics", ""); w.Code != http.StatusNotFound {
				t.Errorf("revoked: %d", w.Code)
			}
			if err := b.RevokeFeed(ctx, "000000000000"); !errors.Is(err, ErrNoFeed) {
				t.Errorf("revoke what is not there: %v", err)
			}
		})
	}
}
