// Package examples carries the example plan inside the binary, for the demo, the
// simulation and `crisisline plan example`, and published returns for the demo's
// staffing advice.
package examples

import _ "embed"

// Plan is examples/plan.yaml: Portsmouth and South East Hampshire's merged
// crisis team and its neighbours, with invented people.
//
//go:embed plan.yaml
var Plan []byte

// Published is examples/published.csv: four months of Hampshire's returns, as NHS
// England published them (NHS111-MH, 2025). Contains public sector information
// licensed under the Open Government Licence v3.0.
//
//go:embed published.csv
var Published []byte
