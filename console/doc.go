// Package console is what a duty manager looks at: the board of this moment,
// today's rota, and the story of one call. It shows and asks; it decides
// nothing. What a button does is a function handed in by whoever wires the
// service, so that pages and telephones can never disagree on a rule.
//
//	ledger ──Events──► hub ──one snapshot, one rendering──► every open board (/events)
//	                    ▲
//	Rota, Snapshot, Figures, Health ──compose──► board ──templates──► GET / and the same fragments
//
// # What holds
//
//   - compose is pure: the same moment gives the same board, on a page and live.
//   - A page works without JavaScript and without the design system's files; a
//     board never pretends to be live when it is not.
//   - However many boards are open there is one reader of the ledger, at most one
//     snapshot each 100 ms, and one rendering. Nothing runs when none is open.
//   - No number of a caller is ever read by a template: nothing of Record.From
//     enters the board.
//   - Nothing is inline: the content security policy is default-src 'self'.
package console
