package main

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// handler is the door: webhooks, health, metrics. The pages are behind another,
// because they have no sign-in yet (see console.listen).
func (s *service) handler() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", s.router.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("alive\n"))
	})
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{EnableOpenMetrics: true, Registry: s.registry}))
	return mux
}

// ready says whether a call that comes now would reach a person, how, and what
// is wrong. A degraded service is ready: it rings the snapshot.
func (s *service) ready(w http.ResponseWriter, req *http.Request) {
	h := s.router.Health(s.now())
	reasons := append([]string{}, h.Reasons...)
	if !s.store.Lasts() {
		reasons = append(reasons, "store_in_memory")
	}
	status := http.StatusOK
	if !h.Routes {
		status = http.StatusServiceUnavailable
	}
	if strings.Contains(req.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": h.Routes, "mode": h.Mode, "reasons": reasons})
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(h.Mode + "\n"))
	for _, reason := range reasons {
		_, _ = w.Write([]byte("- " + reason + "\n"))
	}
}
