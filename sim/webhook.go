package sim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what Twilio signs with
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

// target is a document or a webhook to ask for.
type target struct {
	raw      string   // as written, fragment included
	base     *url.URL // what raw is relative to; nil when it must be absolute
	method   string   // "" is POST
	extra    url.Values
	inline   string // TwiML handed over by REST; raw is not used
	fallback bool   // asked for because something else failed
}

// reply is an answer with status 2xx.
type reply struct {
	body []byte
	kind string   // media type, lower case, without parameters
	at   *url.URL // the address that gave it
}

// failure is why a document cannot be had or executed.
type failure struct {
	code     int // Twilio's error code
	url      string
	why      string
	fallback bool
}

// maxDocument is the largest TwiML document that is read (11750).
const maxDocument = 64 << 10

// fetch asks for a target with the parameters given. It gives up n.mu while it
// does.
func (n *Network) fetch(t target, params url.Values) (r reply, fail *failure) {
	u, err := resolve(t)
	if err != nil {
		return r, &failure{code: 11100, url: t.raw, why: err.Error(), fallback: t.fallback}
	}
	token := n.newSID("")
	twice := n.faults.twice > 0 && n.rng.Float64() < n.faults.twice
	n.unlocked(func() {
		if twice {
			_, _ = n.request(u, t.method, params, token)
		}
		r, fail = n.request(u, t.method, params, token)
	})
	if fail != nil {
		fail.fallback = t.fallback
	}
	return r, fail
}

func resolve(t target) (*url.URL, error) {
	u, err := url.Parse(t.raw)
	if err != nil {
		return nil, err
	}
	if t.base != nil {
		u = t.base.ResolveReference(u)
		if t.raw == "" {
			u.Fragment = t.base.Fragment
		}
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("not an absolute http address")
	}
	return u, nil
}

// request makes all attempts at u within the overrides of its fragment.
func (n *Network) request(u *url.URL, method string, params url.Values, token string) (reply, *failure) {
	o := parseOverrides(u.Fragment)
	ctx, cancel := context.WithTimeout(n.ctx, min(o.total, n.opt.Ceiling))
	defer cancel()
	var fail *failure
	for try := 0; try <= o.retries; try++ {
		r, how, f := n.attempt(ctx, o, u, method, params, token)
		if f == nil {
			return r, nil
		}
		fail = f
		if ctx.Err() != nil || !o.again(how) {
			break
		}
	}
	return reply{}, fail
}

// attempt makes one request and follows redirects, by GET and without the
// parameters, as Twilio does. how is the word of the override rp for a failure.
func (n *Network) attempt(ctx context.Context, o overrides, u *url.URL, method string, params url.Values, token string) (r reply, how string, fail *failure) {
	for range 11 {
		res, how, err := n.do(ctx, o, u, method, params, token)
		if err != nil {
			code := 11200
			if how == "ct" {
				code = 11205
			}
			return r, how, &failure{code: code, url: u.String(), why: err.Error()}
		}
		location := res.header.Get("Location")
		switch {
		case res.status >= 300 && res.status < 400 && location != "":
			next, err := url.Parse(location)
			if err != nil {
				return r, "4xx", &failure{code: 11200, url: u.String(), why: "redirect: " + err.Error()}
			}
			u, method, params = u.ResolveReference(next), http.MethodGet, nil
			continue
		case res.status < 200 || res.status >= 300:
			return r, fmt.Sprintf("%dxx", res.status/100), &failure{code: 11200, url: u.String(), why: fmt.Sprintf("status %d", res.status)}
		case len(res.body) > maxDocument:
			return r, "", &failure{code: 11750, url: u.String(), why: "larger than 64 kB"}
		}
		kind, _, _ := mime.ParseMediaType(res.header.Get("Content-Type"))
		return reply{body: res.body, kind: kind, at: u}, "", nil
	}
	return r, "", &failure{code: 11215, url: u.String(), why: "too many redirects"}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// do makes one HTTP exchange, twice when the address carries a user and the
// server asks for it.
func (n *Network) do(ctx context.Context, o overrides, u *url.URL, method string, params url.Values, token string) (answer, string, error) {
	a, how, err := n.exchange(ctx, o, u, method, params, token, false)
	if err == nil && a.status == http.StatusUnauthorized && u.User != nil {
		return n.exchange(ctx, o, u, method, params, token, true)
	}
	return a, how, err
}

func (n *Network) exchange(ctx context.Context, o overrides, u *url.URL, method string, params url.Values, token string, auth bool) (answer, string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.read)
	defer cancel()
	connected := false
	slow := time.AfterFunc(o.connect, cancel)
	defer slow.Stop()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		connected = true
		slow.Stop()
	}})
	req, err := n.webhook(ctx, u, method, params, token)
	if err != nil {
		return answer{}, "ct", err
	}
	if auth {
		password, _ := u.User.Password()
		req.SetBasicAuth(u.User.Username(), password)
	}
	res, err := n.client.Do(req)
	if err != nil {
		var dial *net.OpError
		if !connected || errors.As(err, &dial) && dial.Op == "dial" {
			return answer{}, "ct", err
		}
		return answer{}, "rt", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocument+1))
	if err != nil {
		return answer{}, "rt", err
	}
	return answer{res.StatusCode, res.Header, body}, "", nil
}

// webhook builds one signed request.
func (n *Network) webhook(ctx context.Context, u *url.URL, method string, params url.Values, token string) (*http.Request, error) {
	public := *u
	public.Fragment, public.RawFragment, public.User = "", "", nil
	var form string
	if method == http.MethodGet {
		query := public.Query()
		for name, values := range params {
			query[name] = values
		}
		public.RawQuery, params = query.Encode(), nil
	} else {
		method, form = http.MethodPost, params.Encode()
	}
	actual, err := n.whereFor(&public)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, actual.String(), strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Host = public.Host
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("User-Agent", "TwilioProxy/1.1")
	req.Header.Set("I-Twilio-Idempotency-Token", token)
	req.Header.Set("X-Twilio-Signature", sign(n.opt.AuthToken, &public, params))
	return req, nil
}

// whereFor finds where a public address is really served.
func (n *Network) whereFor(public *url.URL) (*url.URL, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	origin := public.Scheme + "://" + public.Host
	actual := *public
	if r := n.routes[origin]; r != nil {
		to := r.actual[r.next%len(r.actual)]
		r.next++
		actual.Scheme, actual.Host = to.Scheme, to.Host
	}
	if n.faults.down[origin] || n.faults.down[actual.Scheme+"://"+actual.Host] {
		return nil, errors.New("connection refused")
	}
	return &actual, nil
}

// sign is X-Twilio-Signature for a voice webhook (docs/twilio.md 2.1,
// twilio.com/docs/usage/security): HMAC-SHA1 of the address and, for a form, of
// each name and value in order; over https the port is dropped. It is written
// here a second time on purpose: a double that signed with the code it is to
// check would agree with any mistake in it.
func sign(token string, public *url.URL, params url.Values) string {
	u := *public
	u.User, u.Fragment = nil, ""
	if u.Scheme == "https" {
		u.Host = u.Hostname()
		if strings.Contains(u.Host, ":") {
			u.Host = "[" + u.Host + "]"
		}
	}
	var message bytes.Buffer
	message.WriteString(u.String())
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := slices.Clone(params[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			message.WriteString(name)
			message.WriteString(value)
		}
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write(message.Bytes())
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
