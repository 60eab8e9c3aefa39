package call

import "fmt"

// ParseFields reads an entry back from the pairs of the stream as they lie
// there, name and value by turns: what ParseEvent does, without a map between,
// for those who read millions. It keeps the strings, and not the slice.
func ParseFields(id string, pairs []string) (Event, error) {
	e := Event{ID: id}
	if len(pairs)%2 != 0 {
		return Event{}, fmt.Errorf("ledger entry %s: %d names and values, which come in pairs", id, len(pairs))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := e.set(pairs[i], pairs[i+1]); err != nil {
			return Event{}, fmt.Errorf("ledger entry %s: field %q: %w", id, pairs[i], err)
		}
	}
	if e.At.IsZero() || e.Kind == "" {
		return Event{}, fmt.Errorf("ledger entry %s: no time or kind", id)
	}
	return e, nil
}
