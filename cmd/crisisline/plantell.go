package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// table prints rows under each other; the first is the header.
func (sh *shell) table(rows [][]string) error {
	w := tabwriter.NewWriter(sh.stdout, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

// json prints one value for a program.
func (sh *shell) json(v any) error {
	enc := json.NewEncoder(sh.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// patience is how long work may take before a person is told what it is.
const patience = time.Second

// busy says on standard error what is going on, once it takes longer than
// patience, and again for as long as it does. The caller calls what it returns
// when the work is done.
func (sh *shell) busy(what string) (done func()) {
	var mu sync.Mutex
	began, over := time.Now(), false // how long a person has waited, whatever the plan's time is
	var timer *time.Timer
	tell := func() {
		mu.Lock()
		defer mu.Unlock()
		if over {
			return
		}
		fmt.Fprintf(sh.stderr, "%s … %s\n", what, time.Since(began).Round(time.Second))
		timer.Reset(5 * patience)
	}
	mu.Lock()
	timer = time.AfterFunc(patience, tell)
	mu.Unlock()
	return func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
		timer.Stop()
	}
}

// readFile reads a file, or standard input for "-".
func (sh *shell) readFile(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(sh.stdin)
	}
	return os.ReadFile(file) //nolint:gosec // the person at the terminal named it
}

// sentence is words with a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
