package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// ProviderOptions say where people sign in.
type ProviderOptions struct {
	Issuer       string   // as its discovery document names itself
	ClientID     string   //
	ClientSecret string   // "" for a public client: PKCE is used in any case
	ReturnURL    string   // https://host/sign-in/return, as the provider was told
	Scopes       []string // besides openid

	GroupsClaim    string // names the groups; default "groups"
	PersonClaim    string // names the person in the audit; default preferred_username, then email, then sub
	ResponderClaim string // names their id in the plan; "" for none

	HTTP *http.Client     // nil: one with a budget of 5 s
	Wall func() time.Time // the machine's clock, by which tokens expire; nil: time.Now
}

// Provider is where people sign in, by OpenID Connect with PKCE and a nonce. It
// is asked who it is when first needed, so that a provider that is down keeps
// nothing from starting.
type Provider struct {
	o      ProviderOptions
	asking singleflight.Group

	mu    sync.Mutex
	found *oidc.Provider
	at    time.Time
}

// believed is for how long a provider's addresses are used before it is asked
// for them again.
const believed = time.Hour

// NewProvider only keeps the options.
func NewProvider(o ProviderOptions) *Provider {
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 5 * time.Second}
	}
	if o.Wall == nil {
		o.Wall = time.Now //nolint:forbidigo // a default, for whoever hands in none
	}
	return &Provider{o: o}
}

// discover is the provider's addresses and keys. Those who ask at the same time
// share one question, so that a provider that hangs holds each of them up once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	found, fresh := p.known()
	if !fresh {
		answer := p.asking.DoChan("", func() (any, error) { return p.ask(ctx) })
		select {
		case a := <-answer:
			if now, ok := a.Val.(*oidc.Provider); ok && a.Err == nil {
				found = now
			} else if found == nil { // else what it said last may still hold
				return nil, nil, fmt.Errorf("ask provider: %w", a.Err)
			}
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("ask provider: %w", ctx.Err())
		}
	}
	return found, &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: found.Endpoint(),
		RedirectURL: p.o.ReturnURL, Scopes: append([]string{oidc.ScopeOpenID}, p.o.Scopes...),
	}, nil
}

func (p *Provider) known() (found *oidc.Provider, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found, p.found != nil && p.o.Wall().Sub(p.at) < believed
}

// ask reads the discovery document. What comes of it outlives the request: the
// keys are fetched again over this context for as long as we run.
func (p *Provider) ask(ctx context.Context) (*oidc.Provider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.o.HTTP), p.o.Issuer)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(found.Endpoint().AuthURL); err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("its authorization_endpoint is no web address")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found, p.at = found, p.o.Wall()
	return found, nil
}

// Reach reports whether the provider answers, for the checklist and doctor.
func (p *Provider) Reach(ctx context.Context) error {
	_, _, err := p.discover(ctx)
	return err
}

// leaveBudget is how long a page that only offers the provider's way out waits
// for its address.
const leaveBudget = 2 * time.Second

// leaving is where somebody signs out of the provider itself, "" when it has no
// such page or does not answer (OpenID Connect RP-Initiated Logout 1.0). It is
// told which client asks, and neither who it is nor where to send them: that
// would have to be registered there.
func (p *Provider) leaving(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, leaveBudget)
	defer cancel()
	found, _, err := p.discover(ctx)
	if err != nil {
		return ""
	}
	var says struct {
		End string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&says); err != nil {
		return ""
	}
	to, err := url.Parse(says.End)
	if err != nil || to.Host == "" || to.Scheme != "https" && to.Scheme != "http" {
		return ""
	}
	q := to.Query()
	q.Set("client_id", p.o.ClientID)
	to.RawQuery = q.Encode()
	return to.String()
}

// flow is what must come back unchanged from the provider.
type flow struct{ State, Nonce, Verifier, Back string }

// Begin is the provider's address to send a browser to. back is where it goes
// once signed in.
func (g *Gate) Begin(ctx context.Context, back string) (string, error) {
	if g.o.Provider == nil {
		return "", ErrNoProvider
	}
	_, conf, err := g.o.Provider.discover(ctx)
	if err != nil {
		return "", err
	}
	f := flow{rand.Text(), rand.Text(), oauth2.GenerateVerifier(), back}
	text, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("begin sign-in: %w", err)
	}
	g.sessions.Put(ctx, keyFlow, text)
	return conf.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

// Leaving is the provider's own page to sign out at: whoever signed out here is
// still signed in there, and on a shared computer the next one would be them. ""
// when there is none.
func (g *Gate) Leaving(ctx context.Context) string {
	if g.o.Provider == nil {
		return ""
	}
	return g.o.Provider.leaving(ctx)
}

// Return signs in whoever comes back from the provider, and says where they
// wanted to go. ErrNoGroup when the provider knows them and we do not.
func (g *Gate) Return(ctx context.Context, q url.Values) (p Person, back string, err error) {
	var f flow
	text := g.sessions.PopBytes(ctx, keyFlow)
	if g.o.Provider == nil {
		return p, "", ErrNoProvider
	}
	if len(text) == 0 || json.Unmarshal(text, &f) != nil || subtle.ConstantTimeCompare([]byte(f.State), []byte(q.Get("state"))) != 1 {
		return p, "", errors.New("sign in: this did not begin here, or too long ago")
	}
	if iss := q.Get("iss"); iss != "" && iss != g.o.Provider.o.Issuer { // RFC 9207
		return p, f.Back, errors.New("sign in: another provider answered")
	}
	if refused := q.Get("error"); refused != "" {
		return p, f.Back, fmt.Errorf("sign in: the provider refused: %.60q", refused)
	}
	c, err := g.o.Provider.exchange(ctx, q.Get("code"), f)
	if err != nil {
		return p, f.Back, err
	}
	p = c.person(g.o.Provider.o)
	if p.Grants, p.Since = grants(g.o.Rules, c.list(g.o.Provider.o.GroupsClaim)), g.o.Now(); len(p.Grants) == 0 {
		return p, f.Back, ErrNoGroup
	}
	return p, f.Back, g.enter(ctx, p)
}

// exchange turns the code into what the provider says of the person, checked:
// signature, issuer, audience, expiry and nonce.
func (p *Provider) exchange(ctx context.Context, code string, f flow) (claims, error) {
	found, conf, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.o.HTTP)
	token, err := conf.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", told(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("sign in: the provider gave no id_token")
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: p.o.Wall}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return nil, errors.New("sign in: the answer belongs to another sign-in")
	}
	c := claims{}
	if err := id.Claims(&c); err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	return c, nil
}

// told is an error of the exchange without the provider's answer in it, which
// may hold what nobody should read in a log.
func told(err error) error {
	var r *oauth2.RetrieveError
	if errors.As(err, &r) {
		return fmt.Errorf("the provider refused the exchange: %.60q", r.ErrorCode)
	}
	return err
}

// claims are what the provider says of a person.
type claims map[string]any

// text is a claim that is one line, no longer than a name is.
func (c claims) text(name string) string {
	s, _ := c[name].(string)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > longestClaim || !utf8.ValidString(s) {
		return ""
	}
	return s
}

// longestClaim is of what we keep of a claim, bytes.
const longestClaim = 255

// list is a claim that is a list, or one name alone.
func (c claims) list(name string) (all []string) {
	switch v := c[name].(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// ours are the beginnings of ids that a provider's people must not have.
var ours = []How{ByCode, ByToken, ByDevelopment, "cli"}

func (c claims) person(o ProviderOptions) Person {
	p := Person{Name: c.text("name"), Subject: c.text("sub"), How: ByProvider}
	for _, name := range []string{o.PersonClaim, "preferred_username", "email", "sub"} {
		// An address that the provider did not check is whatever somebody typed.
		if p.ID == "" && name != "" && (name != "email" || fmt.Sprint(c["email_verified"]) != "false") {
			p.ID = c.text(name)
		}
	}
	if way, _, ok := strings.Cut(p.ID, ":"); ok && slices.Contains(ours, How(way)) {
		p.ID = string(ByProvider) + ":" + p.ID
	}
	if o.ResponderClaim != "" {
		p.Responder = c.text(o.ResponderClaim)
	}
	if p.Name == "" {
		p.Name = p.ID
	}
	return p
}
