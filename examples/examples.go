// Package examples carries the example plan inside the binary, for the demo, the
// simulation and `crisisline plan example`.
package examples

import _ "embed"

// Plan is examples/plan.yaml: Portsmouth and South East Hampshire's merged
// crisis team and its neighbours, with invented people.
//
//go:embed plan.yaml
var Plan []byte
