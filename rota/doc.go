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
//   - Layering, strongest first: override, swap, dated, rotation, weekly; an
//     absence takes a person off all but an override that names them. See
//     below.
//   - A ladder always ends in a last human, who is outside the rota and always
//     on shift. Nothing in a plan can leave a caller with nobody to ask.
//   - A compiled rota that has outlived its horizon is still right, only
//     slower: it then walks the rules.
//
// # Layers
//
// Who is on for one team and tier at one instant is made up in this order
// (resolve):
//
//  1. Crews of the shifts that are on, in the plan's order, weekly, rotation
//     and dated alike. They add up: putting a shift in a plan never takes
//     anybody off. A stronger kind may say which weaker shifts it replaces, and
//     then those are off while it is on; a shift that is replaced itself
//     replaces nothing. A person in two of them counts once, for the stronger.
//  2. Swaps that are agreed have changed the crew of the occurrence they are
//     about, in every team of the shift.
//  3. Absences take their people off all of that.
//  4. Overrides, in the plan's order: remove, add, or replace. A replacement
//     also finds somebody who is absent, and whoever an override adds by name
//     is on, absent or not: somebody decided so knowingly.
//
// Which crew of a rotation has an occurrence depends on the day it starts on
// alone (Shift.crewOn). Nothing is carried from one hand-over to the next.
//
// # Changes
//
// A plan is changed by an Op through Edit, which is pure and all or nothing,
// and put in force by Book.Publish. The text changes only where the plan does
// (splice), so that its history can be read.
package rota
