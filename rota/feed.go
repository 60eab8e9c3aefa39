package rota

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// What a feed shows: a week back, so that a program that asks seldom keeps what
// was, and as far ahead as a rota is planned. It is compiled from earlier still,
// so that a shift that has begun begins when it did.
const (
	feedBack    = 7 * 24 * time.Hour
	feedAhead   = DefaultHorizon
	feedCompile = 21 * 24 * time.Hour
)

// FeedHandler answers GET …/{token}.ics with the calendar of that address. It
// tells strangers nothing: an unknown, a revoked and a misspelt address are the
// same 404, and so is one of a person or team that has left the plan. The
// address is a secret: keep it out of access logs.
func (b *Book) FeedHandler() http.Handler { return &feedServer{book: b} }

type feedServer struct {
	book *Book

	mu   sync.Mutex
	wide *Rota // compiled for feeds
	day  int64 // of wide
}

func (s *feedServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only for reading", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("X-Content-Type-Options", "nosniff")
	token, ok := strings.CutSuffix(req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:], ".ics")
	if !ok || token == "" {
		http.NotFound(w, req)
		return
	}
	feed, err := s.book.Feed(req.Context(), token)
	if errors.Is(err, ErrNoFeed) {
		http.NotFound(w, req)
		return
	}
	if err != nil {
		s.book.opt.Log.Error("feed not read", "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	s.calendar(w, req, feed.Of)
}

func (s *feedServer) calendar(w http.ResponseWriter, req *http.Request, of FeedOf) {
	now := s.book.opt.Now()
	r, err := s.rota(now)
	if err != nil {
		s.book.opt.Log.Error("feed not compiled", "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	if _, known := r.Responder(of.Person); of.Person != "" && !known || of.Team != "" && r.lanes[of.Team] == nil {
		http.NotFound(w, req)
		return
	}
	day := time.Unix(midnight(r.zone, dayOf(localDay(r.zone, now.Unix()))), 0)
	text, err := r.Calendar(of, day.Add(-feedBack), day.Add(feedAhead))
	if err != nil {
		s.book.opt.Log.Error("feed not written", "err", err)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	sum := sha256.Sum256(text)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("ETag", tag)
	if req.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `inline; filename="shifts.ics"`)
	_, _ = w.Write(text)
}

// rota is the plan in force, compiled for what a feed shows; anew once a day,
// and when the plan changes.
func (s *feedServer) rota(now time.Time) (*Rota, error) {
	current := s.book.Current()
	if current == nil {
		return nil, ErrNoPlan
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	day := localDay(current.zone, now.Unix())
	if s.wide != nil && s.day == day && s.wide.version == current.version {
		return s.wide, nil
	}
	wide, err := Compile(current.plan, now.Add(-feedCompile), feedCompile+feedAhead+48*time.Hour)
	if err != nil {
		return nil, err
	}
	wide.version = current.version
	s.wide, s.day = wide, day
	return wide, nil
}
