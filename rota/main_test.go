package rota

import (
	"flag"
	"os"
	"testing"
)

// A drawn plan takes a tenth of a second under the race detector: thirty draws
// for every run, and 'make soak' makes thousands.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("30"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
