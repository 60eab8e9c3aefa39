package call

import "fmt"

// ParseFields reads an entry back from the pairs of the stream as they lie
// there, name and value by turns: what ParseEvent does, without a map between,
// for those who read millions. It keeps none of the bytes: numbers are read
// where they lie, and texts are those of words.
func ParseFields(id string, pairs [][]byte, words *Words) (Event, error) {
	e := Event{ID: id}
	if len(pairs)%2 != 0 {
		return Event{}, fmt.Errorf("ledger entry %s: %d names and values, which come in pairs", id, len(pairs))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		number, err := e.setNumber(string(name), string(value))
		if err != nil {
			return Event{}, fmt.Errorf("ledger entry %s: field %q: %w", id, name, err)
		}
		if !number {
			e.setText(string(name), words.text(value))
		}
	}
	if e.At.IsZero() || e.Kind == "" {
		return Event{}, fmt.Errorf("ledger entry %s: no time or kind", id)
	}
	return e, nil
}

// Words are texts that were read before. Entries say the same few again and
// again, and share them. The zero value is ready, for one goroutine; nil shares nothing.
type Words struct {
	kept [4096]string
}

// text is the bytes as a string, the one made before when it is still at hand.
func (w *Words) text(b []byte) string {
	if w == nil || len(b) == 0 {
		return string(b)
	}
	place := uint32(b[0]) + 31*uint32(len(b)) //nolint:gosec // any number will do
	for _, c := range b[max(0, len(b)-5):] {
		place = place*31 + uint32(c)
	}
	kept := &w.kept[place%uint32(len(w.kept))]
	if *kept != string(b) {
		*kept = string(b)
	}
	return *kept
}
