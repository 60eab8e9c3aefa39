package console

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"example.org/crisisline/metrics"
)

// madeFor is how long a report that was made is given again. Figures of a month
// that is over change only when calls come in late.
const madeFor = 5 * time.Minute

// mostMade bounds how many are kept.
const mostMade = 64

// made keeps reports that were made a moment ago, and makes each once for
// however many ask for it at the same time.
type made struct {
	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string]madeReport
}

type madeReport struct {
	at   time.Time
	what any
}

func (m *made) get(ctx context.Context, now time.Time, key string, work func(context.Context) (any, error)) (any, error) {
	m.mu.Lock()
	have, ok := m.kept[key]
	m.mu.Unlock()
	if ok && now.Sub(have.at) < madeFor {
		return have.what, nil
	}
	what, err, _ := m.flight.Do(key, func() (any, error) {
		// It is shared: it must outlive the request that began it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportBudget)
		defer cancel()
		return work(ctx)
	})
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= mostMade || m.kept == nil {
		m.kept = map[string]madeReport{}
	}
	m.kept[key] = madeReport{now, what}
	return what, nil
}

func (c *Console) board(ctx context.Context, m metrics.Month) (metrics.Board, error) {
	what, err := c.made.get(ctx, c.o.Now(), "board "+m.String(), func(ctx context.Context) (any, error) { return c.o.Reports.Board(ctx, m) })
	b, _ := what.(metrics.Board)
	return b, err
}

func (c *Console) returnOf(ctx context.Context, m metrics.Month) (Return, error) {
	what, err := c.made.get(ctx, c.o.Now(), "return "+m.String(), func(ctx context.Context) (any, error) { return c.o.Reports.Return(ctx, m) })
	r, _ := what.(Return)
	return r, err
}
