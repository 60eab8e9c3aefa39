package main

import (
	"context"
	"strings"

	"example.org/crisisline/console"
	"example.org/crisisline/metrics"
	"example.org/crisisline/rota"
)

// Reports for the pages: the command line's, made by a running service.

func (s *service) reportLedger() *ledger {
	return newLedger(s.cfg, s.store.UniversalClient, s.queue, s.book.Current(), s.now()).with(s.book)
}

func (s *service) boardReport(ctx context.Context, m metrics.Month) (metrics.Board, error) {
	return s.reportLedger().board(ctx, m, rota.AsWere)
}

func (s *service) staffingReport(ctx context.Context, ask console.StaffingAsk) (metrics.Advice, error) {
	f := defaultStaffing()
	f.calls, f.handling = ask.Calls, ask.Handling
	return s.reportLedger().advice(ctx, f)
}

func (s *service) returnReport(ctx context.Context, m metrics.Month) (console.Return, error) {
	r, err := s.reportLedger().mhReturn(ctx, m)
	if err != nil {
		return console.Return{}, err
	}
	out := console.Return{
		Return: r.Return, Items: r.Items, Clock: strings.TrimPrefix(clockWords[r.Items.Clock], "the "), Open: r.Open, Unclosed: r.Unclosed,
		Unnamed: r.Return.OrgCode == "" || r.Return.ContractCode == "",
	}
	if r.Wrong != nil {
		out.Wrong = strings.Split(r.Wrong.Error(), "\n")
	}
	return out, nil
}
