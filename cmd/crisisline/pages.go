package main

import (
	"context"
	"net/http"
	"time"

	"example.org/crisisline/call"
	"example.org/crisisline/console"
	"example.org/crisisline/queue"
)

// pages is the duty manager's pages, for as long as ctx lives. Their buttons do
// what the telephones do: the same functions of the router.
func (s *service) pages(ctx context.Context, links []console.Link) (http.Handler, error) {
	notice := ""
	if !s.store.Lasts() {
		notice = "The store is in memory: nothing survives a restart."
	}
	gate, err := s.openGate()
	if err != nil {
		return nil, err
	}
	logo, err := openLogo(s.cfg.Console.LogoFile)
	if err != nil {
		return nil, err
	}
	pages, err := console.New(console.Options{
		Logo: logo,
		Gate: gate, Audit: s.audit, Peer: newPeers(s.cfg.HTTP.TrustedProxies).of,
		ServiceName: s.cfg.Service.Name, Notice: notice, Now: s.now, Zone: s.location(),
		Rota: s.book.Current, Snapshot: s.snapshot, Events: s.queue.Follow, Story: s.story,
		Figures: s.days.today, Facts: s.facts,
		Health: func() (string, []string) {
			h := s.router.Health(s.now())
			return h.Mode, h.Reasons
		},
		Timing: timing(s.cfg).Ladder, WrapUp: s.cfg.Routing.WrapUp,
		Actions: console.Actions{
			RingAgain: s.router.RingAgain, RingPerson: s.router.RingPerson, Widen: s.router.Widen, HandOver: s.router.HandOver,
			Pause: s.router.Pause, Back: s.router.Back, EndWrapUp: s.router.EndWrapUp,
		},
		Changes: &console.Changes{
			History: s.book.History, Drafts: s.book.Drafts, Draft: s.book.Draft, SaveDraft: s.book.SaveDraft, DropDraft: s.book.DropDraft,
			RehearseDraft: s.book.RehearseDraft, PublishDraft: s.book.PublishDraft, PublishGated: s.book.PublishGated, Undo: s.book.Undo,
		},
		Feeds:   &console.Feeds{Add: s.book.AddFeed, List: s.book.Feeds, Revoke: s.book.RevokeFeed, Home: s.cfg.Console.PublicURL},
		Reports: &console.Reports{Board: s.boardReport, Return: s.returnReport, Staffing: s.staffingReport}, SetUp: s.setUp,
		Calls: &console.Calls{Search: s.queue.Calls, WrapUp: s.queue.WrapUp, Record: s.queue.WrapUpRecord,
			Number: s.queue.CallerNumber, NumberFor: s.cfg.Privacy.NumberFor, OverdueNumberFor: s.cfg.Privacy.OverdueNumberFor, Promises: agreed(s.cfg)},
		Use: console.Use{Rung: s.linesRung(ctx), Helped: s.days.helped},
		After: &console.After{
			FollowUps: s.queue.FollowUps, FollowUp: s.queue.FollowUpOf, Reviews: s.queue.FollowUpReviews,
			Done: s.queue.FollowUpDone, Reviewed: s.queue.FollowUpReviewed,
			Callbacks: s.queue.Callbacks, Callback: s.queue.Callback, Owe: s.queue.OweCallback, Claim: s.queue.ClaimCallback,
			Release: s.queue.ReleaseCallback, Attempt: s.queue.AttemptCallback, Close: s.queue.CloseCallback,
		},
		Links: links, Log: s.log,
	})
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, pages.Close)
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("/feeds/", s.book.FeedHandler()) // no sign-in: the address itself is the secret
	return mux, nil
}

// boardMost bounds what a board reads of the present.
const boardMost = 500

func (s *service) snapshot(ctx context.Context) (queue.Snapshot, error) {
	return s.queue.Snapshot(ctx, s.now(), boardMost)
}

// story is the ledger of one call, in order.
func (s *service) story(ctx context.Context, id call.ID, received time.Time) ([]call.Event, error) {
	return s.queue.Story(ctx, s.now(), id, received)
}
