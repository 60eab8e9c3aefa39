package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// apiError is Twilio's error body (twilio.com/docs/api/errors).
type apiError struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`
}

func (e *apiError) Error() string { return e.Message }

func refuse(status, code int, format string, args ...any) *apiError {
	return &apiError{code, fmt.Sprintf(format, args...), fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code), status}
}

func notFound(r *http.Request) *apiError {
	return refuse(http.StatusNotFound, 20404, "The requested resource %s was not found", r.URL.Path)
}

// request is one REST request, read.
type request struct {
	*http.Request
	form url.Values
}

// id is the last part of a path wildcard, without the format.
func (r request) id(name string) string { return strings.TrimSuffix(r.PathValue(name), ".json") }

// handler answers a request with a status and a body for JSON, or an error. It
// is called with n.mu held.
type handler func(r request) (int, any, *apiError)

// Handler serves the REST API under /2010-04-01/. What it does not know is
// answered 404, as Twilio does.
func (n *Network) Handler() http.Handler {
	const account = "/2010-04-01/Accounts/{account}"
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET " + account: n.getAccount,

		"POST " + account + "/Calls.json":  n.createCall,
		"GET " + account + "/Calls.json":   n.listCalls,
		"POST " + account + "/Calls/{sid}": n.updateCall,
		"GET " + account + "/Calls/{sid}":  n.getCall,

		"POST " + account + "/Queues.json":                   n.createQueue,
		"GET " + account + "/Queues.json":                    n.listQueues,
		"GET " + account + "/Queues/{sid}":                   n.getQueue,
		"POST " + account + "/Queues/{sid}":                  n.updateQueue,
		"GET " + account + "/Queues/{sid}/Members.json":      n.listMembers,
		"GET " + account + "/Queues/{sid}/Members/{member}":  n.getMember,
		"POST " + account + "/Queues/{sid}/Members/{member}": n.updateMember,

		"GET " + account + "/Conferences.json":                             n.listConferences,
		"GET " + account + "/Conferences/{sid}":                            n.getConference,
		"POST " + account + "/Conferences/{sid}":                           n.updateConference,
		"GET " + account + "/Conferences/{sid}/Participants.json":          n.listParticipants,
		"GET " + account + "/Conferences/{sid}/Participants/{participant}": n.getParticipant,
		"POST " + account + "/Conferences/{sid}/Participants/{participant}": func(r request) (int, any, *apiError) {
			return n.updateParticipant(r)
		},
		"DELETE " + account + "/Conferences/{sid}/Participants/{participant}": n.removeParticipant,

		"GET " + account + "/IncomingPhoneNumbers.json":  n.listNumbers,
		"GET " + account + "/IncomingPhoneNumbers/{sid}": n.getNumber,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { n.serve(w, r, h) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		n.serve(w, r, func(r request) (int, any, *apiError) { return 0, nil, notFound(r.Request) })
	})
	return mux
}

// serve answers one request: hook, credentials, faults, then the handler.
func (n *Network) serve(w http.ResponseWriter, r *http.Request, h handler) {
	n.mu.Lock()
	n.busy++
	n.activity++
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.idle()
	}()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	if hook := n.opt.OnRequest; hook != nil {
		seen := r.Clone(r.Context())
		seen.Body = io.NopCloser(bytes.NewReader(body))
		hook(seen, body)
	}
	req := request{Request: r, form: r.URL.Query()}
	if r.Method == http.MethodPost {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			writeJSON(w, http.StatusBadRequest, refuse(http.StatusBadRequest, 20001, "malformed body"))
			return
		}
		req.form = form
	}
	user, password, _ := r.BasicAuth()
	if user != n.opt.AccountSID || password != n.opt.AuthToken {
		writeJSON(w, http.StatusUnauthorized, refuse(http.StatusUnauthorized, 20003, "Authenticate"))
		return
	}
	if account := req.id("account"); account != "" && account != n.opt.AccountSID {
		writeJSON(w, http.StatusNotFound, notFound(r))
		return
	}
	n.mu.Lock()
	fault := n.faults.takeREST(kindOf(r))
	if fault == "" && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Calls.json") {
		fault = magicFaults[req.form.Get("To")]
	}
	if fault.before() {
		n.mu.Unlock()
		n.misbehave(w, r, fault, 0)
		return
	}
	status, answer, refused := h(req)
	n.mu.Unlock()
	switch {
	case refused != nil:
		writeJSON(w, refused.Status, refused)
	case fault != "":
		n.misbehave(w, r, fault, status)
	case answer == nil:
		w.WriteHeader(status)
	default:
		writeJSON(w, status, answer)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that has gone does not matter
}

var idPattern = regexp.MustCompile(`^([A-Z]{2}[0-9a-f]{32}|Front)(\.json)?$`)

// kindOf is a request with its ids as stars: "POST Calls/*.json".
func kindOf(r *http.Request) string {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/2010-04-01/Accounts/"), "/")
	for i, part := range parts {
		parts[i] = idPattern.ReplaceAllString(part, "*$2")
	}
	if len(parts) > 1 {
		parts = parts[1:]
	}
	return r.Method + " " + strings.Join(parts, "/")
}

// before reports whether the fault strikes before the request is acted on.
func (f RESTFault) before() bool {
	switch f {
	case RESTThrottled, RESTBusy, RESTLost, RESTHang, RESTRedirect, RESTFinished, RESTForbidden:
		return true
	default:
		return false
	}
}

// misbehave answers a request as the fault says; status is what would have been
// answered.
func (n *Network) misbehave(w http.ResponseWriter, r *http.Request, f RESTFault, status int) {
	const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
	switch f {
	case RESTThrottled:
		w.Header().Set("Retry-After", "1")
		writeJSON(w, http.StatusTooManyRequests, refuse(http.StatusTooManyRequests, 20429, "Too Many Requests"))
	case RESTError:
		writeJSON(w, http.StatusInternalServerError, refuse(http.StatusInternalServerError, 20500, "An internal server error has occurred"))
	case RESTBusy:
		writeJSON(w, http.StatusServiceUnavailable, refuse(http.StatusServiceUnavailable, 20503, "Service unavailable"))
	case RESTForbidden:
		writeJSON(w, http.StatusUnauthorized, refuse(http.StatusUnauthorized, 20003, "Authenticate"))
	case RESTFinished:
		writeJSON(w, http.StatusBadRequest, notInProgress())
	case RESTRedirect:
		w.Header().Set("Location", "https://www.example.org/")
		w.WriteHeader(http.StatusFound)
	case RESTBadGateway, RESTLost:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, page)
	case RESTEmpty:
		w.WriteHeader(status)
	case RESTHang, RESTHangAfter:
		select {
		case <-r.Context().Done():
		case <-n.ctx.Done():
		}
	case RESTCut:
		panic(http.ErrAbortHandler) // the server cuts the connection and says nothing
	}
}

func notInProgress() *apiError {
	return refuse(http.StatusBadRequest, 21220, "Call is not in-progress. Cannot redirect.")
}

// page cuts one page out of a list and says where the next is.
func page[T any](r request, name string, all []T) map[string]any {
	size := 50
	if n := atoi(r.form.Get("PageSize")); n > 0 {
		size = min(n, 1000)
	}
	number := atoi(r.form.Get("Page"))
	if r.form.Get("PageToken") == "" {
		number = 0 // a page is found by its token, not by its number
	}
	from := min(number*size, len(all))
	to := min(from+size, len(all))
	address := func(page int) string {
		q := r.URL.Query()
		q.Set("Page", itoa(page))
		q.Set("PageSize", itoa(size))
		q.Del("PageToken")
		if page > 0 {
			q.Set("PageToken", "PA"+itoa(page*size))
		}
		return r.URL.Path + "?" + q.Encode()
	}
	out := map[string]any{
		name: all[from:to], "page": number, "page_size": size, "start": from, "end": max(from, to-1),
		"uri": r.URL.RequestURI(), "first_page_uri": address(0), "next_page_uri": nil, "previous_page_uri": nil,
	}
	if to < len(all) {
		out["next_page_uri"] = address(number + 1)
	}
	if number > 0 {
		out["previous_page_uri"] = address(number - 1)
	}
	return out
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1<<30 {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}
