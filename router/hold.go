package router

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/http"
	"sync"
	"time"
)

// Hold sound. Silence makes a waiting caller feel forgotten, and short loops
// annoy; so the sound is calm, slow and half a minute long. It is made here
// rather than borrowed: three soft chords that swell and fade. A service that
// has music of its own puts a play part into its waiting prompts.

const (
	holdRate    = 8000 // Hz; what the telephone carries
	holdSeconds = 28
)

// chords, in Hz, change every holdSeconds/len.
var chords = [][]float64{
	{196.00, 246.94, 293.66}, // G
	{174.61, 220.00, 261.63}, // F
	{164.81, 196.00, 246.94}, // E minor
	{146.83, 220.00, 293.66}, // D
}

var holdWAV = sync.OnceValue(func() []byte {
	samples := make([]int16, holdRate*holdSeconds)
	span := len(samples) / len(chords)
	for i := range samples {
		at := float64(i%span) / float64(span)
		swell := math.Sin(math.Pi * at)
		var v float64
		for n, hz := range chords[min(i/span, len(chords)-1)] {
			v += math.Sin(2*math.Pi*hz*float64(i)/holdRate) / float64(n+2)
		}
		samples[i] = int16(v * swell * swell * 0.18 * math.MaxInt16)
	}
	return wav(samples)
})

// wav is 16-bit mono PCM, the form the carrier transcodes best.
func wav(samples []int16) []byte {
	var b bytes.Buffer
	size := uint32(len(samples) * 2) //nolint:gosec // half a megabyte
	b.WriteString("RIFF")
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a bytes.Buffer takes everything
	put(36 + size)
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put([]uint16{1, 1})
	put([]uint32{holdRate, holdRate * 2})
	put([]uint16{2, 16})
	b.WriteString("data")
	put(size)
	put(samples)
	return b.Bytes()
}

// holdSound is public: it is fetched like any recording and says nothing.
func (r *Router) holdSound(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "audio/wav")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, req, "hold.wav", time.Time{}, bytes.NewReader(holdWAV()))
}
