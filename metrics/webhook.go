package metrics

import (
	"maps"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Route is one webhook route with its histograms already found, so that an
// observation looks up nothing and allocates nothing.
type Route struct {
	byCode [600]uint8 // index into codes
	codes  []prometheus.Observer
}

// Observe records one request answered with code after d.
func (r *Route) Observe(code int, d time.Duration) {
	i := len(r.codes) - 1
	if code >= 0 && code < len(r.byCode) {
		i = int(r.byCode[code])
	}
	r.codes[i].Observe(d.Seconds())
}

// Webhook records one request to route answered with code after d. The route is
// a pattern, never a path with something in it; new ones are added until there
// are too many, and are then Other.
func (r *Recorder) Webhook(route string, code int, d time.Duration) {
	r.Route(route).Observe(code, d)
}

// Route is the route's own recorder, for handlers that keep it.
func (r *Recorder) Route(route string) *Route {
	if found, ok := (*r.routes.Load())[route]; ok {
		return found
	}
	r.grow.Lock()
	defer r.grow.Unlock()
	return r.addRouteLocked(route)
}

func (r *Recorder) addRouteLocked(route string) *Route {
	have := map[string]*Route{}
	if p := r.routes.Load(); p != nil {
		have = *p
	}
	if found, ok := have[route]; ok {
		return found
	}
	if len(have) >= maxRoutes {
		return have[Other]
	}
	added := r.bind(route)
	next := maps.Clone(have)
	next[route] = added
	r.routes.Store(&next)
	return added
}

func (r *Recorder) bind(route string) *Route {
	b := &Route{}
	other := uint8(len(Codes) - 1)
	for i := range b.byCode {
		b.byCode[i] = other
	}
	for i, code := range Codes {
		b.codes = append(b.codes, r.webhook.WithLabelValues(route, code))
		if n, err := strconv.Atoi(code); err == nil {
			b.byCode[n] = uint8(i)
		}
	}
	return b
}
