package sim

import (
	"embed"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

// WebPage says who the web phone page may ring and be.
type WebPage struct {
	Lines      []WebEntry
	Responders []WebEntry
	Caller     string // the number of the page's own caller phone; "" is +44 7700 900001
}

// WebEntry is a number under the name the page shows instead of it.
type WebEntry struct{ Label, Number string }

// web is the phone page: one caller's phone and one responder's, shared by all
// who have the page open, and a list of every leg in the network.
type web struct {
	n      *Network
	page   WebPage
	caller *Phone

	// Guarded by the network.
	call     *leg       // the caller phone's last
	taken    int        // index of the responder's phone the page answers, -1 none
	answerer func(*leg) // who answered that phone before
	rung     *leg       // the taken phone's last
}

// Web serves the phone page. It uses relative addresses only, so it may be
// mounted under any prefix, with a slash at its end, through http.StripPrefix.
// The page never shows a number. Actions from another site are refused.
func (n *Network) Web(page WebPage) http.Handler {
	if page.Caller == "" {
		page.Caller = "+447700900001"
	}
	w := &web{n: n, page: page, caller: n.Phone(page.Caller), taken: -1}
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the folder is embedded: it cannot be missing
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /state", w.serveState)
	mux.HandleFunc("GET /events", w.serveEvents)
	mux.HandleFunc("POST /act", w.serveAct)
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		if !strings.HasPrefix(r.URL.Path, "/") { // mounted with its slash stripped
			r = r.Clone(r.Context())
			r.URL.Path = "/" + r.URL.Path
		}
		mux.ServeHTTP(rw, r)
	}))
}

// webAct is what a person does on the page.
type webAct struct {
	Do       string `json:"do"`       // dial, press, hangup, answer, reject, take, release
	Phone    string `json:"phone"`    // press, hangup: caller or responder
	Line     int    `json:"line"`     // dial: index of the line
	Withheld bool   `json:"withheld"` // dial
	Index    int    `json:"index"`    // take: index of the responder
	Keys     string `json:"keys"`     // press
}

func (w *web) serveAct(rw http.ResponseWriter, r *http.Request) {
	var act webAct
	if err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, 4<<10)).Decode(&act); err != nil {
		http.Error(rw, "not an action", http.StatusBadRequest)
		return
	}
	w.n.mu.Lock()
	refused := w.act(act) //nolint:contextcheck // a call outlives the click that made it
	w.n.tellWatchers()
	w.n.mu.Unlock()
	if refused != "" {
		http.Error(rw, refused, http.StatusConflict)
		return
	}
	rw.WriteHeader(http.StatusNoContent)
}

// act does it; the answer is "" or why it cannot be done, for the person to
// read.
func (w *web) act(a webAct) string {
	switch a.Do {
	case "dial":
		return w.dial(a)
	case "press":
		return w.press(a)
	case "hangup":
		if l := w.up(a.Phone); l != nil {
			l.hangUp()
		}
	case "answer":
		if w.rung == nil || !w.rung.rings() {
			return "The phone does not ring any more."
		}
		w.rung.answer()
	case "reject":
		if w.rung != nil {
			w.rung.refuse()
		}
	case "take":
		if a.Index < 0 || a.Index >= len(w.page.Responders) {
			return "There is no such phone."
		}
		w.take(a.Index)
	case "release":
		w.take(-1)
	default:
		return "Nothing to do."
	}
	return ""
}

// up is the leg at one of the page's phones, nil when there is none.
func (w *web) up(phone string) *leg {
	l := w.call
	if phone == "responder" {
		l = w.rung
	}
	if l == nil || !l.ended.IsZero() {
		return nil
	}
	return l
}

func (w *web) press(a webAct) string {
	l := w.up(a.Phone)
	if l == nil || len(a.Keys) > 16 || strings.Trim(a.Keys, "0123456789*#") != "" {
		return "There is no call to press a key in."
	}
	l.press(a.Keys)
	return ""
}

func (w *web) dial(a webAct) string {
	if w.up("caller") != nil {
		return "You are already in a call."
	}
	if a.Line < 0 || a.Line >= len(w.page.Lines) {
		return "There is no such line."
	}
	w.caller.from = w.caller.number
	if a.Withheld {
		w.caller.from = "anonymous"
	}
	if w.call = w.caller.dial(w.page.Lines[a.Line].Number); w.call == nil {
		return "That line is not connected."
	}
	return ""
}

// take makes the page answer a responder's phone, and gives the one before back
// to whoever answered it.
func (w *web) take(index int) {
	if index == w.taken {
		return
	}
	if w.taken >= 0 {
		if w.rung != nil {
			w.rung.hangUp()
		}
		w.n.phone(w.page.Responders[w.taken].Number).answerer = w.answerer
	}
	w.taken, w.answerer, w.rung = index, nil, nil
	if index >= 0 {
		p := w.n.phone(w.page.Responders[index].Number)
		w.answerer = p.answerer
		p.answerer = func(l *leg) { w.rung = l }
	}
}

func (w *web) serveState(rw http.ResponseWriter, _ *http.Request) {
	writeJSON(rw, http.StatusOK, w.state())
}

// eventGap is the least time between two pictures of the network, and keepAlive
// the most between two signs of life.
const (
	eventGap  = 150 * time.Millisecond
	keepAlive = 15 * time.Second
)

// serveEvents sends the state whenever it changes, as server-sent events.
func (w *web) serveEvents(rw http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(rw)
	_ = flush.SetWriteDeadline(time.Time{}) // a server that cannot lift its limit closes the stream; the page comes back
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("X-Accel-Buffering", "no")
	changed, end := w.n.watch()
	defer end()
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	gap := time.NewTicker(eventGap)
	defer gap.Stop()
	last := ""
	for {
		state, err := json.Marshal(w.state())
		if err != nil {
			return
		}
		message := ": still here\n\n"
		if string(state) != last {
			last = string(state)
			message = "data: " + last + "\n\n"
		}
		if _, err := io.WriteString(rw, message); err != nil || flush.Flush() != nil {
			return
		}
		for _, wait := range []<-chan time.Time{gap.C, alive.C} {
			// First the gap, whatever happens; then a change or the keep-alive.
			news := changed
			if wait == gap.C {
				news = nil
			}
			select {
			case <-wait:
			case <-news:
			case <-r.Context().Done():
				return
			case <-w.n.ctx.Done():
				return
			}
		}
	}
}
