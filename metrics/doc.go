// Package metrics is the ledger read back: the standards and their clocks, the
// Prometheus metrics, and the figures of the NHS return. It decides nothing
// about a call; it only says, afterwards or at once, whether the promise is kept.
//
// # Two readers of one ledger
//
//   - Recorder applies each entry once to counters and histograms. Several
//     instances share the entries through a consumer group, so their counters
//     are added up; gauges say the same thing on every instance and are never
//     added up (use max).
//   - Figures folds a range of the ledger into the items of the return, exact to
//     the call and the millisecond. Nothing published is read from a histogram.
//
// # Invariants
//
//   - Two clocks, never mixed. The caller's runs from the first webhook, the
//     return's from the end of the greeting. Every figure says which it is.
//   - Received = answered + abandoned + named rest + live, at every entry.
//   - Only a connected entry is an answer. A picked-up phone is not.
//   - A call is judged by exactly one entry: its first connected, or its finished
//     when it was never connected.
//   - Thresholds are inclusive; durations are whole milliseconds until printed.
//   - Labels come from closed sets. A value outside them is written "other", so
//     that no caller, number, name or place can ever become a label.
package metrics
