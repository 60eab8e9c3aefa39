package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/crisisline/config"
	"example.org/crisisline/rota"
)

// skewMost is how far two clocks may be apart: beyond it a ring would end, and
// a shift begin, noticeably early or late.
const skewMost = 2 * time.Second

// examineStore looks at the store and gives the plan in it, nil when there is
// none or it cannot be had.
func (sh *shell) examineStore(ctx context.Context, e *examination, cfg *config.Config) *rota.Rota {
	const check = "store"
	log := sh.logger(config.Log{Format: "text", Level: "error"})
	st, err := openStore(ctx, cfg, log)
	if err != nil {
		e.fail(check, "mend what it says", "%s", err)
		return nil
	}
	defer func() { _ = st.Close() }()
	if !st.Lasts() {
		e.fail(check, "install redis-server 7.0 or later, or set redis.url", "in memory: a restart forgets every caller, and the plan")
		return nil
	}
	began := sh.now()
	if err := st.Ping(ctx).Err(); err != nil {
		e.fail(check, "see that it runs and that redis.* leads to it; until then callers are rung by the last published plan", "does not answer: %s", err)
		return nil
	}
	e.ok(check, "%s, answers in %s", st.Kind, sh.now().Sub(began).Round(10*time.Microsecond))
	if theirs, err := st.Time(ctx).Result(); err == nil {
		examineSkew(e, "clock", "the store's", theirs.Sub(sh.now()))
	}
	for _, facts := range storeFacts(ctx, e, st.UniversalClient) {
		examineFacts(e, facts, st.Kind)
	}
	return sh.examinePlan(ctx, e, cfg, st)
}

func examineSkew(e *examination, check, whose string, skew time.Duration) {
	if skew.Abs() > skewMost {
		e.fail(check, "set this machine's clock by NTP (chrony, systemd-timesyncd)", "%s clock and this machine's are %s apart", whose, skew.Abs().Round(time.Second))
		return
	}
	e.ok(check, "agrees with %s within %s", whose, skewMost)
}

// storeFacts is INFO of every server that takes writes.
func storeFacts(ctx context.Context, e *examination, rdb redis.UniversalClient) (all []map[string]string) {
	ask := func(ctx context.Context, c redis.Cmdable) error {
		text, err := c.Info(ctx).Result()
		if err == nil {
			all = append(all, parseFacts(text))
		}
		return err
	}
	var err error
	if cluster, ok := rdb.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return ask(ctx, c) })
	} else {
		err = ask(ctx, rdb)
	}
	if err != nil {
		e.warn("store", "allow the user +info, or look at the server yourself: version 7.0, appendonly yes, maxmemory-policy noeviction",
			"may not be looked at: %s", err)
		return nil
	}
	return all
}

func parseFacts(info string) map[string]string {
	facts := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			facts[name] = value
		}
	}
	return facts
}

// examineFacts asks for what the scripts and the promises need: Redis 7.0, an
// append-only file that is being written, and nothing thrown away for room.
func examineFacts(e *examination, facts map[string]string, kind storeKind) {
	const check = "store"
	version := facts["redis_version"]
	if major, err := strconv.Atoi(strings.Split(version, ".")[0]); err != nil || major < 7 {
		e.fail(check, "upgrade to Redis 7.0 or later, or Valkey", "version %q; the scripts need 7.0", version)
	} else {
		e.ok(check, "version %s", version)
	}
	switch {
	case facts["aof_enabled"] != "1":
		e.fail(check, "set appendonly yes and appendfsync everysec", "no append-only file: a restart of the store forgets waiting callers")
	case facts["aof_last_write_status"] != "ok":
		e.fail(check, "look at its disk: full, or failing", "the append-only file cannot be written")
	default:
		e.ok(check, "append-only file is written")
	}
	if policy := facts["maxmemory_policy"]; policy != "noeviction" {
		e.fail(check, "set maxmemory-policy noeviction", "maxmemory-policy is %q: it would forget callers for room", policy)
	} else {
		e.ok(check, "nothing is evicted")
	}
	if kind == storeSentinel && facts["connected_slaves"] == "0" {
		e.warn(check, "start a replica", "the primary has no replica: nothing to fail over to")
	}
}

// examinePlan reads the plan in force.
func (sh *shell) examinePlan(ctx context.Context, e *examination, cfg *config.Config, st *store) *rota.Rota {
	const check = "plan"
	log := sh.logger(config.Log{Format: "text", Level: "error"})
	sealer, err := openSealer(cfg, log)
	if err != nil {
		e.fail("privacy", "see privacy.key in config.example.yaml", "%s", err)
		return nil
	}
	b := openBook(cfg, st, sealer, log, sh.now, nil)
	switch err := b.Load(ctx); {
	case errors.Is(err, rota.ErrNoPlan):
		e.fail(check, "crisisline plan example > plan.yaml, edit it, crisisline plan apply plan.yaml", "there is none: callers hear where else to turn")
		return nil
	case errors.Is(err, rota.ErrCorrupt):
		e.fail(check, "set privacy.previous_key to the key it was written with, or apply the plan again", "cannot be read back: was privacy.key changed?")
		return nil
	case err != nil:
		e.fail(check, "see the store", "%s", err)
		return nil
	}
	r := b.Current()
	e.ok(check, "version %d is in force", r.Version())
	examineTries(ctx, e, cfg, st.UniversalClient)
	examineAudit(ctx, e, cfg, openAudit(cfg, st, sealer, log), b)
	return r
}

// examineCover sums up what "plan check" tells at length.
func examineCover(e *examination, r *rota.Rota, now time.Time) {
	const check, do = "cover", "crisisline plan check"
	findings := r.Check(now, 0)
	counts := map[rota.Level]int{}
	for _, f := range findings {
		counts[f.Level]++
	}
	first := func(level rota.Level) string {
		for _, f := range findings {
			if f.Level == level {
				return f.Text
			}
		}
		return ""
	}
	switch {
	case counts[rota.LevelRefuse] > 0:
		e.fail(check, do, "%d finding(s) must be mended; the first: %s", counts[rota.LevelRefuse], first(rota.LevelRefuse))
	case counts[rota.LevelWarn] > 0:
		e.warn(check, do, "%d warning(s); the first: %s", counts[rota.LevelWarn], first(rota.LevelWarn))
	default:
		e.ok(check, "somebody is on shift at every hour of the next %d days", int(rota.DefaultHorizon/(24*time.Hour)))
	}
}
