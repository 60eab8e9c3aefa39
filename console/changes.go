package console

import (
	"context"
	"time"

	"example.org/crisisline/rota"
)

// Changes is how the rota is changed and how what was changed is read back.
// They are the operations of rota.Book under its own names, so that a change
// made here, on the command line or by another instance is the same change.
type Changes struct {
	History       func(ctx context.Context, n int) ([]rota.Entry, error)
	Drafts        func(context.Context) ([]rota.Draft, error)
	Draft         func(ctx context.Context, name string) (rota.Draft, error)
	SaveDraft     func(ctx context.Context, now time.Time, d rota.Draft) (int64, error)
	DropDraft     func(ctx context.Context, name string, revision int64) error
	RehearseDraft func(ctx context.Context, now time.Time, name string, how rota.How) (rota.Draft, rota.Decision, error)
	PublishDraft  func(ctx context.Context, now time.Time, name string, revision int64, who, why string, how rota.How) (int64, rota.Decision, error)
	PublishGated  func(ctx context.Context, now time.Time, c rota.Change, how rota.How) (int64, rota.Decision, error)
	Undo          func(ctx context.Context, now time.Time, last int64, who, why string) (int64, error)
}

// complete reports whether every operation is there.
func (c *Changes) complete() bool {
	return c.History != nil && c.Drafts != nil && c.Draft != nil && c.SaveDraft != nil && c.DropDraft != nil &&
		c.RehearseDraft != nil && c.PublishDraft != nil && c.PublishGated != nil && c.Undo != nil
}
