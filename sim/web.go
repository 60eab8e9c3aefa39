package sim

import "net/http"

// WebPage says who the web phone page may ring and be.
type WebPage struct {
	Lines      []WebEntry
	Responders []WebEntry
	Caller     string // the number the page's caller phone has
}

// WebEntry is a number under the name the page shows instead of it.
type WebEntry struct{ Label, Number string }

// Web serves the phone page. It uses relative addresses only, so it may be
// mounted under any prefix with http.StripPrefix.
func (n *Network) Web(page WebPage) http.Handler { return http.NotFoundHandler() }
