// Package audit keeps who did what on the pages, when, and why: entries that
// are only ever added, each bound to the one before it.
//
//	entry 1 ── mac ─► entry 2 ── mac ─► entry 3 …      mac = keyed hash (number, time, sealed entry, mac before)
//
// # What holds
//
//   - Two instances that add at the same moment add one after the other: the
//     store refuses a number that is taken, and the later one takes the next.
//   - An entry changed, moved, removed from the middle or made by anybody who
//     has the store but not the key is found by Verify. Whoever cuts off the end
//     is found by the log: each entry's number and mac are written there.
//   - Entries are sealed at rest: they name staff and calls. The log's own secret
//     is kept under the service's key, so that rotating that changes no entry.
//   - An entry never holds a caller's number, name or words.
package audit
