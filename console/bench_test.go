package console

import (
	"bytes"
	"compress/gzip"
	"testing"
	"time"
)

// BenchmarkFragments is what one update costs, whatever the number of boards:
// the board composed and rendered. Reported beside it: what each board is sent.
func BenchmarkFragments(b *testing.B) {
	for _, name := range []string{"calm", "full", "many"} {
		b.Run(name, func(b *testing.B) {
			c := serve(b, allScenes(b)[name])
			var parts []part
			for b.Loop() {
				_, parts = c.fragments(b.Context())
			}
			whole := encode(atNight, parts, nil)
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write(whole)
			_ = z.Close()
			b.ReportMetric(float64(len(whole)), "whole_B")
			b.ReportMetric(float64(packed.Len()), "gzip_B")
		})
	}
}

// BenchmarkPage is a whole page, as a board without JavaScript asks for it.
func BenchmarkPage(b *testing.B) {
	c := serve(b, allScenes(b)["full"])
	for b.Loop() {
		if r := get(b, c, "/"); r.StatusCode != 200 {
			b.Fatal(r.Status)
		}
	}
}

// BenchmarkCompose is the board without its rendering.
func BenchmarkCompose(b *testing.B) {
	s := allScenes(b)["full"]
	c := serve(b, s)
	m := c.moment(b.Context())
	m.Live = true
	for b.Loop() {
		if got := compose(m); got.At.IsZero() {
			b.Fatal(time.Time{})
		}
	}
}

// BenchmarkNew is what one console costs to make; the tests make hundreds.
func BenchmarkNew(b *testing.B) {
	p, end, err := openPast(atNight)
	if err != nil {
		b.Fatal(err)
	}
	defer end()
	s := editable(b, mendable)
	s.past = p
	o := s.options()
	for b.Loop() {
		if _, err := New(o); err != nil {
			b.Fatal(err)
		}
	}
}
