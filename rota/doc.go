// Package rota is the plan: which teams exist and since when, who answers for
// them at every minute, and in which order people are asked for a call. It is
// the only place that says who is on shift; ringing, screens and checks all
// ask it. Except for Book, which keeps the plan in the store, everything here
// is pure: the same plan and the same instant give the same answer.
//
//	plan.yaml ──Parse──► Plan ──Compile──► Rota ──► OnShift, Match, Serves, Check …
//	                      ▲                  ▲
//	                      └─── Book ─────────┘   one versioned document, changed by compare-and-set
//
// # What holds
//
//   - Instants are UTC and spans half-open, [start, end): whoever ends at
//     20:00 and whoever begins at 20:00 meet, with nobody doubled or missing.
//   - Shifts are written in local wall time of the plan's zone. Each written
//     edge names exactly one instant (see instantOf), so that a 20:00–08:00
//     night lasts 13 hours when the clocks go back and 11 when they go forward.
//   - Layering, strongest first: override, then shifts. Shifts of one team and
//     tier add up; the same person twice counts once.
//   - A ladder always ends in a last human, who is outside the rota and always
//     on shift. Nothing in a plan can leave a caller with nobody to ask.
//   - A compiled rota that has outlived its horizon is still right, only
//     slower: it then walks the rules.
package rota
