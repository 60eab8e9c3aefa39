package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-redis/redis_rate/v10"
)

// Defaults of a session.
const (
	DefaultIdle    = 30 * time.Minute
	DefaultLongest = 12 * time.Hour
)

// Errors of a Gate.
var (
	ErrNoProvider  = errors.New("no provider is configured")
	ErrNoGroup     = errors.New("none of this person's groups has a role here")
	ErrNotLoopback = errors.New("development sign-in answers this machine only")
)

// Options is what a Gate is made of. Store and Now are needed.
type Options struct {
	Store    *Store
	Now      func() time.Time // the service's clock
	Wall     func() time.Time // the machine's, by which sessions end; nil: time.Now
	Secure   bool             // pages are reached over https: cookies say so
	Idle     time.Duration    // a session unused for so long ends; 0: DefaultIdle
	Longest  time.Duration    // every session ends after so long; 0: DefaultLongest
	Provider *Provider        // nil: none
	Rules    []Rule           // what groups at the provider are here

	// Development lets whoever opens the pages on this machine choose a role.
	Development bool
	// As signs them in at once as this one; "" asks first.
	As        Role
	Responder string // who they are in the plan, in development
	Log       *slog.Logger
}

// Gate tells who asks. It is safe for concurrent use.
type Gate struct {
	o        Options
	sessions *scs.SessionManager
}

// NewGate checks the options.
func NewGate(o Options) (*Gate, error) {
	if o.Store == nil || o.Now == nil {
		return nil, errors.New("access: Store and Now are needed")
	}
	if o.Wall == nil {
		o.Wall = time.Now //nolint:forbidigo // a default, for whoever hands in none
	}
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.Longest <= 0 {
		o.Longest = DefaultLongest
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	// Not scs.New, which starts a goroutine for a store in memory that is not used.
	m := &scs.SessionManager{
		Store: newSessions(o.Store, o.Wall), Codec: scs.GobCodec{},
		IdleTimeout: o.Idle, Lifetime: o.Longest, HashTokenInStore: true,
		Cookie: scs.SessionCookie{Name: "crisisline", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: o.Secure},
	}
	if o.Secure {
		m.Cookie.Name = "__Host-crisisline"
	}
	return &Gate{o: o, sessions: m}, nil
}

// Around reads the session of each request and keeps it; it is for one handler,
// before the first request. away answers when the store cannot say who asks.
func (g *Gate) Around(next http.Handler, away http.HandlerFunc) http.Handler {
	g.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		g.o.Log.Warn("session cannot be read", "err", err)
		away(w, r)
	}
	return g.sessions.LoadAndSave(next)
}

const (
	keyPerson = "person"
	keyFlow   = "flow"
)

// kept is what a session holds: who it is, how often their sessions had been
// ended when it began, and until when it counts however much it is used.
type kept struct {
	Person
	Ended int64     `json:"ended"`
	Until time.Time `json:"until"`
}

// Who is whoever asks; nobody when they are not signed in, or no more.
func (g *Gate) Who(r *http.Request) (Person, error) {
	k, ok := g.held(r.Context())
	if !ok {
		if g.SignsIn() && onThisMachine(r) {
			return g.development(g.o.As), nil
		}
		return Person{}, nil
	}
	return g.still(r.Context(), r, k)
}

// still is whom a session holds, if it still counts.
func (g *Gate) still(ctx context.Context, r *http.Request, k kept) (Person, error) {
	if k.How == ByDevelopment && (!g.o.Development || !onThisMachine(r)) {
		return Person{}, nil
	}
	ended, err := g.o.Store.endings(ctx, k.Person)
	if err != nil { // the store is away: who was signed in may go on looking
		g.o.Log.Warn("cannot tell whether sessions were ended", "err", err)
		return k.Person, nil
	}
	if ended != k.Ended {
		return Person{}, nil
	}
	return k.Person, nil
}

// Again is who asks, asked anew in the middle of a long answer: nobody once they
// signed out, or their session ended. Whoever has a page open that follows the
// calls is using it, so the session is prolonged, up to its longest time.
func (g *Gate) Again(r *http.Request) (Person, error) {
	token := g.sessions.Token(r.Context())
	if token == "" {
		return g.Who(r)
	}
	ctx, err := g.sessions.Load(anew{r.Context()}, token)
	if err != nil {
		return Person{}, fmt.Errorf("ask again who it is: %w", err)
	}
	k, ok := g.held(ctx) //nolint:contextcheck // anew is the request's, less what was read before
	if !ok {
		return Person{}, nil
	}
	if _, _, err := g.sessions.Commit(ctx); err != nil { //nolint:contextcheck // as above
		return Person{}, fmt.Errorf("ask again who it is: %w", err)
	}
	return g.still(ctx, r, k) //nolint:contextcheck // as above
}

// anew is a request's context without what the session manager read at its
// beginning.
type anew struct{ context.Context } //nolint:containedctx // it is one, with less in it

// Value hides it. Nothing else of ours travels in a context.
func (anew) Value(any) any { return nil }

func (g *Gate) held(ctx context.Context) (k kept, ok bool) {
	text := g.sessions.GetBytes(ctx, keyPerson)
	if len(text) == 0 || json.Unmarshal(text, &k) != nil || k.Nobody() || !g.o.Wall().Before(k.Until) {
		return kept{}, false
	}
	return k, true
}

// enter signs somebody in, under a new token: whatever a browser held before is
// worth nothing.
func (g *Gate) enter(ctx context.Context, p Person) error {
	ended, err := g.o.Store.endings(ctx, p)
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	text, err := json.Marshal(kept{p, ended, g.o.Wall().Add(g.o.Longest)})
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := g.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	g.sessions.Put(ctx, keyPerson, text)
	return nil
}

// Leave signs out.
func (g *Gate) Leave(ctx context.Context) error {
	if err := g.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// EndSessions ends every session of a person, or of everybody for "*", everywhere.
func (g *Gate) EndSessions(ctx context.Context, person string) error {
	return g.o.Store.EndSessions(ctx, person)
}

// Ways says how one may sign in here.
func (g *Gate) Ways() (provider, development bool) { return g.o.Provider != nil, g.o.Development }

// SignsIn reports whether one is signed in without asking, in development.
func (g *Gate) SignsIn() bool { return g.o.Development && g.o.As != "" }

// tries is how often somebody may try to sign in: a code cannot be guessed at any
// rate, and a colleague's mistyping does not lock anybody out for long.
var tries = redis_rate.Limit{Rate: 10, Burst: 10, Period: 5 * time.Minute}

// everybody bounds all tries of one way in together, from however many
// addresses: each costs the store a little, and the store carries calls. It is
// far above what a service's own people need, so that a stranger who wants to
// keep them out must try from hundreds of networks; and those who use a code are
// not kept out by tries at the provider.
var everybody = redis_rate.Limit{Rate: 3000, Burst: 3000, Period: 5 * time.Minute}

// Try counts one try to sign in from an address. A TooOften says when the next
// may be made. peer is the address a trusted proxy gives, or the connection's.
func (g *Gate) Try(ctx context.Context, way How, peer string) error {
	if err := g.o.Store.allow(ctx, string(way)+":"+hashed(network(peer))[:16], tries); err != nil {
		return err
	}
	return g.o.Store.allow(ctx, string(way), everybody)
}

// network is whose address it is. Of IPv6 one customer has 2^80 of them, so their
// network counts as one.
func network(peer string) string {
	addr, err := netip.ParseAddr(peer)
	if err != nil || addr.Unmap().Is4() {
		return peer
	}
	prefix, err := addr.WithZone("").Prefix(48)
	if err != nil {
		return peer
	}
	return prefix.String()
}

// WithCode signs in whoever holds a one-time code.
func (g *Gate) WithCode(ctx context.Context, typed string) (Person, error) {
	c, err := g.o.Store.takeCode(ctx, typed, g.o.Now())
	if err != nil {
		return Person{}, err
	}
	p := Person{ID: "code:" + c.For, Name: c.For, Grants: c.Grants, How: ByCode, Since: g.o.Now()}
	return p, g.enter(ctx, p)
}

// Develop signs in as a role, on this machine only.
func (g *Gate) Develop(r *http.Request, role Role) (Person, error) {
	if !g.o.Development || !onThisMachine(r) {
		return Person{}, ErrNotLoopback
	}
	p := g.development(role)
	if p.Nobody() {
		return Person{}, fmt.Errorf("sign in: there is no role %q", role)
	}
	return p, g.enter(r.Context(), p)
}

func (g *Gate) development(role Role) Person {
	if role.Words() == "" {
		return Person{}
	}
	return Person{
		ID: "development:" + string(role), Name: "the " + role.Words(), Responder: g.o.Responder,
		Grants: []Grant{{Role: role}}, How: ByDevelopment, Since: g.o.Now(),
	}
}

// WithToken is whom the Authorization header of a program makes.
func (g *Gate) WithToken(ctx context.Context, header string) (Person, error) {
	secret, ok := strings.CutPrefix(header, "Bearer ")
	if !ok || !strings.HasPrefix(secret, tokenPrefix) {
		return Person{}, ErrNoToken
	}
	return g.o.Store.token(ctx, secret, g.o.Now())
}

// forwarded are the headers by which a proxy says that it asks for somebody else.
var forwarded = []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"}

// onThisMachine holds for a request that came over loopback, for a name of
// loopback, and for nobody else: a page elsewhere can make a browser ask
// 127.0.0.1 under another name, and a proxy here can ask for a stranger.
func onThisMachine(r *http.Request) bool {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, name := range forwarded {
		if len(r.Header.Values(name)) > 0 {
			return false
		}
	}
	ip := net.ParseIP(peer)
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	named := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback() && (host == "localhost" || named != nil && named.IsLoopback())
}
