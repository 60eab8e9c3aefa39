package console

import (
	"context"
	"errors"
	"net/http"

	"example.org/crisisline/console/access"
	"example.org/crisisline/console/audit"
)

// offerSetUp is the checklist.
func offerSetUp(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/set-up", ID: "set-up", Tag: "set-up", Needs: access.ReadSetUp,
		Summary: "The checklist, tested now", More: "Store, numbers, fallback document, cover, alarms, first call."}, (*Console).apiSetUp)
}

type checkJSON struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict" enum:"ok,warn,fail"`
	Found   string `json:"found"`
	Do      string `json:"do,omitempty" doc:"What to do about it"`
}

func (c *Console) apiSetUp(r *asked, _ *nothing) ([]checkJSON, error) {
	all := []checkJSON{}
	for _, check := range c.o.SetUp(r.Context()) {
		all = append(all, checkJSON(check))
	}
	return all, nil
}

// offerVerify looks whether the audit holds.
func offerVerify(a *api) {
	offer(a, operation{Method: http.MethodGet, Path: "/audit/verify", ID: "verify-audit", Tag: "audit", Needs: access.ReadAudit,
		Summary: "Whether every entry of the audit holds together, read anew",
		More:    "Keep the last number and hash elsewhere: the audit can be held to them."}, (*Console).apiVerify)
}

type verifiedJSON struct {
	Whole  bool   `json:"whole" doc:"All was read; false: there was no time for more, and crisisline access audit verify has it"`
	Holds  bool   `json:"holds" doc:"What was read"`
	Count  int64  `json:"count" doc:"Entries that hold"`
	MAC    string `json:"mac,omitempty" doc:"Of the last of them"`
	Broken string `json:"broken,omitempty" doc:"Where it does not hold"`
}

func (c *Console) apiVerify(r *asked, _ *nothing) (verifiedJSON, error) {
	ctx, done := context.WithTimeout(r.Context(), apiBudget*4/5)
	defer done()
	out := verifiedJSON{}
	count, err := c.o.Audit.Verify(ctx, func(e audit.Entry) error {
		out.MAC = e.MAC
		return nil
	})
	out.Count = count
	switch {
	case err == nil:
		out.Whole, out.Holds = true, true
	case errors.Is(err, audit.ErrBroken), errors.Is(err, audit.ErrKey):
		out.Whole, out.Broken = true, err.Error()
	case ctx.Err() != nil && r.Context().Err() == nil:
		out.Holds = true
	default:
		return out, err
	}
	return out, nil
}
