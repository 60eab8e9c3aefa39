package audit

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Formats are how entries may be written out.
var Formats = []string{"jsonl", "csv"}

// Writer writes entries out, in order. Close it.
type Writer struct {
	lines *json.Encoder
	table *csv.Writer
}

// NewWriter writes one of Formats.
func NewWriter(w io.Writer, format string) (*Writer, error) {
	switch format {
	case "jsonl":
		return &Writer{lines: json.NewEncoder(w)}, nil
	case "csv":
		t := &Writer{table: csv.NewWriter(w)}
		return t, t.table.Write([]string{"number", "at", "who", "role", "what", "about", "why", "before", "after", "mac", "teams"})
	}
	return nil, fmt.Errorf("write audit: %q is none of %s", format, strings.Join(Formats, ", "))
}

// Written is an entry as it stands outside the store.
type Written struct {
	Number int64  `json:"number" doc:"From 1, without a gap"`
	At     string `json:"at" format:"date-time" doc:"UTC"`
	Entry
	MAC string `json:"mac" doc:"Binds the entry to all before it; hexadecimal"`
}

// Write adds one entry.
func (w *Writer) Write(e Entry) error {
	at := e.At.UTC().Format(time.RFC3339Nano)
	if w.lines != nil {
		return w.lines.Encode(Written{e.Number, at, e, e.MAC})
	}
	row := []string{strconv.FormatInt(e.Number, 10), at, e.Who, e.Role, e.What, e.About, e.Why, e.Before, e.After, e.MAC, strings.Join(e.Teams, " ")}
	for i, cell := range row {
		// A spreadsheet would take it for a formula.
		if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
			row[i] = "'" + cell
		}
	}
	return w.table.Write(row)
}

// Close writes what is held back.
func (w *Writer) Close() error {
	if w.table == nil {
		return nil
	}
	w.table.Flush()
	return w.table.Error()
}

// Digest is a text as an entry holds it: enough to tell whether it was changed.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
