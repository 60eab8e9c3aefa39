package router

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"example.org/crisisline/call"
)

// BenchmarkJournal is one call's life in the journal, beginning, end and forgotten,
// beside as many others as an outage may have: it stands in a caller's webhook.
func BenchmarkJournal(b *testing.B) {
	for _, others := range []int{0, 100, 1000} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			j := newJournal(filepath.Join(b.TempDir(), "calls"))
			for i := range others {
				j.begun(call.ID(fmt.Sprintf("CA%d", i)), "public", "portsmouth", "", noon)
			}
			b.ResetTimer()
			for i := range b.N {
				id := call.ID(fmt.Sprintf("CB%d", i))
				j.begun(id, "public", "portsmouth", "", noon)
				j.heard(id, howJoined, noon.Add(time.Minute))
				j.forget(id)
			}
			if err := j.failure(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
