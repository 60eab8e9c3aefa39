package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/crisisline/console/audit"
	"example.org/crisisline/rota"
)

// Feeds are calendar addresses: rota.Book's operations under their own names. An
// address is a secret that is kept nowhere.
type Feeds struct {
	Add    func(ctx context.Context, now time.Time, of rota.FeedOf, who string) (token string, err error)
	List   func(context.Context) ([]rota.GivenFeed, error)
	Revoke func(ctx context.Context, id string) error
	Home   string // where the pages are reached: "https://rota.example.nhs.uk"; "" = where the request came
}

// complete reports whether every operation is there.
func (f *Feeds) complete() bool { return f.Add != nil && f.List != nil && f.Revoke != nil }

// myFeed is an address one was given, without the address.
type myFeed struct{ ID, At string }

// myFeeds are the addresses that work; none when they cannot be read just now.
func (c *Console) myFeeds(ctx context.Context, n names, id string) []myFeed {
	ctx, cancel := context.WithTimeout(ctx, pagePatience)
	defer cancel()
	feeds, err := c.feedsOf(ctx, id)
	if err != nil {
		c.o.Log.Warn("calendar addresses not read", "err", err)
	}
	var all []myFeed
	for _, f := range feeds {
		all = append(all, myFeed{f.ID, onWall(f.At, n.zone, "2 January 2006, 15:04")})
	}
	return all
}

// feedsOf are somebody's addresses that work; none where none are given out.
func (c *Console) feedsOf(ctx context.Context, id string) ([]rota.GivenFeed, error) {
	if c.o.Feeds == nil {
		return nil, nil
	}
	feeds, err := c.o.Feeds.List(ctx)
	return slices.DeleteFunc(feeds, func(f rota.GivenFeed) bool { return f.Of.Person != id }), err
}

// feedPage is an address, this once.
type feedPage struct{ Address string }

// mostFeeds bounds the addresses one person may have: a telephone, a desk, a
// family's calendar.
const mostFeeds = 5

// Why a calendar address was not made or ended.
var (
	errManyFeeds = errors.New("they have as many calendar addresses as anybody may")
	errNotKept   = errors.New("the audit cannot be written just now")
	errNoFeed    = errors.New("that address is not one of theirs, or was revoked before")
)

// addMyFeed makes an address and shows it, on the answer to the form alone.
func (c *Console) addMyFeed(w http.ResponseWriter, r *asked) {
	address, err := c.makeFeed(r)
	switch {
	case err == nil:
		c.render(w, http.StatusOK, "feed", c.page(r, "Your calendar address", feedPage{address}))
	case errors.Is(err, errNobodyHere):
		c.showMy(w, r, http.StatusNotFound, "", "")
	case errors.Is(err, errManyFeeds):
		c.showMy(w, r, http.StatusConflict, "", "You have five calendar addresses. Revoke one first.")
	case errors.Is(err, errNotKept):
		c.showMy(w, r, http.StatusBadGateway, "", "The audit cannot be written just now, so no address was made. Try again in a minute.")
	default:
		c.o.Log.Error("calendar address not made", "err", err)
		c.showMy(w, r, http.StatusBadGateway, "", "The store gave no answer, so no address is shown. Look below: if there is a new one, revoke it.")
	}
}

// makeFeed is the operation: a calendar address for whoever asks, told this once.
func (c *Console) makeFeed(r *asked) (address string, err error) {
	who, ok := c.me(r)
	if !ok {
		return "", errNobodyHere
	}
	if len(c.myFeeds(r.Context(), names{c.o.Rota(), c.o.Zone}, who.ID)) >= mostFeeds {
		return "", errManyFeeds
	}
	if err := c.noted(r, audit.Entry{What: audit.Access, About: who.ID, After: "own calendar address made"}); err != nil {
		c.o.Log.Error("audit", "what", audit.Access, "err", err)
		return "", errNotKept
	}
	token, err := c.o.Feeds.Add(r.Context(), c.o.Now(), rota.FeedOf{Person: who.ID}, r.Who.Signature())
	if err != nil {
		return "", err
	}
	return c.home(r) + "/feeds/" + token + ".ics", nil
}

// home is where the pages are reached.
func (c *Console) home(r *asked) string {
	if c.o.Feeds.Home != "" {
		return strings.TrimSuffix(c.o.Feeds.Home, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// revokeMyFeed makes one of one's own addresses nobody's.
func (c *Console) revokeMyFeed(w http.ResponseWriter, r *asked) {
	switch err := c.endFeed(r, r.PathValue("id")); {
	case err == nil:
		http.Redirect(w, r.Request, "/my?done=feed.revoked", http.StatusSeeOther)
	case errors.Is(err, errNobodyHere):
		c.showMy(w, r, http.StatusNotFound, "", "")
	case errors.Is(err, errNoFeed):
		c.showMy(w, r, http.StatusNotFound, "", "That address is not one of yours, or was revoked before.")
	default:
		c.o.Log.Error("calendar address not revoked", "err", err)
		c.showMy(w, r, http.StatusBadGateway, "", "The store gave no clear answer. Look below, and try again if the address is still there.")
	}
}

// endFeed is the operation: nothing can be read any more at one of the addresses
// of whoever asks.
func (c *Console) endFeed(r *asked, id string) error {
	who, ok := c.me(r)
	if !ok {
		return errNobodyHere
	}
	own := false
	for _, f := range c.myFeeds(r.Context(), names{c.o.Rota(), c.o.Zone}, who.ID) {
		own = own || f.ID == id
	}
	if !own {
		return errNoFeed
	}
	if err := c.o.Feeds.Revoke(r.Context(), id); err != nil {
		return err
	}
	c.note(r, audit.Entry{What: audit.Access, About: who.ID, After: "own calendar address revoked"})
	return nil
}
