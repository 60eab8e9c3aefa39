package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// The benchmarks of the whole service. The server is a process of its own, as
// is the store; load comes from here over real connections. What is compared is
// measured in the same run, turn by turn, because a machine's speed is not the
// same from one minute to the next.
//
// "make bench" runs the other packages' benchmarks first and hands their output
// on in BENCH_FIGURES, so that one table at the end shows every goal.

// goal is one row of the table at the end.
type goal struct {
	what    string
	want    float64
	least   bool // at least want, not at most
	unit    string
	reached float64
	missing bool // not measured in this run
	with    string
}

func (g goal) met() string {
	switch {
	case g.missing:
		return "not measured"
	case g.want < 0:
		return "—"
	case g.least && g.reached >= g.want, !g.least && g.reached <= g.want:
		return "met"
	}
	return "MISSED"
}

func (g goal) row() string {
	want, reached := "≤ "+figure(g.want)+g.unit, figure(g.reached)+g.unit
	if g.least {
		want = "≥ " + figure(g.want) + g.unit
	}
	if g.want < 0 {
		want = "no goal"
	}
	if g.missing {
		reached = "—"
	}
	return strings.Join([]string{g.what, want, reached, g.met(), g.with}, "\t")
}

func figure(f float64) string {
	if f >= 100 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}

// table gathers the goals in the order they are to be read.
type table struct{ goals []goal }

func (t *table) add(g goal) { t.goals = append(t.goals, g) }

// BenchmarkGoals measures the whole service and prints every goal.
func BenchmarkGoals(b *testing.B) {
	var t table
	b.Run("webhook", t.webhooks)
	b.Run("reaction", t.reactions)
	b.Run("world", t.world)
	b.Run("boards", t.boards)
	b.Run("start", t.starts)
	t.others(os.Getenv("BENCH_FIGURES"))
	fmt.Fprintf(os.Stdout, "\n%s, %d cores, %s, load average at the end %s\n\n", runtime.Version(), runtime.NumCPU(), pinning(), load())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tgoal\treached\t\twith")
	for _, g := range t.goals {
		fmt.Fprintln(w, g.row())
	}
	_ = w.Flush()
	fmt.Fprintln(os.Stdout)
}

// others adds the goals that other packages' benchmarks have measured, from
// what go test printed.
func (t *table) others(file string) {
	read := printed(file)
	add := func(benchmark, unit string, g goal) {
		g.reached = read[benchmark][unit]
		_, there := read[benchmark][unit]
		g.missing = !there
		t.add(g)
	}
	add("BenchmarkSignature", "x", goal{what: "signature check, twilio-go's time / ours", want: 20, least: true, unit: "×"})
	add("BenchmarkSignature", "allocs/ours", goal{what: "signature check, allocations", want: 0})
	add("twilio/BenchmarkWebhook", "allocs/ours", goal{what: "parse + signature + TwiML, allocations", want: 4})
	add("queue/BenchmarkMatch", "ratio", goal{what: "match, 10 000 waiting / 16 waiting", want: 1.1, unit: "×"})
	add("BenchmarkNoMatch", "times-cheaper", goal{what: "no match at 10 000 waiting, a scan's time / ours", want: 300, least: true, unit: "×"})
	add("BenchmarkOnShift/now/200x50", "ns/op", goal{what: "who is on shift", want: 80, unit: " ns"})
	add("BenchmarkOnShift/now/200x50", "allocs/op", goal{what: "who is on shift, allocations", want: 0})
	add("BenchmarkOnShift/now/200x50", "x-naive", goal{what: "who is on shift, rule walk's time / ours", want: 500, least: true, unit: "×"})
}

// printed reads benchmark lines: name, runs, then value and unit in pairs. A
// name is kept with its package's last element before it, and without.
func printed(file string) map[string]map[string]float64 {
	found := map[string]map[string]float64{}
	f, err := os.Open(file)
	if err != nil {
		return found
	}
	defer func() { _ = f.Close() }()
	pkg := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 2 && words[0] == "pkg:" {
			pkg = words[1][strings.LastIndex(words[1], "/")+1:]
		}
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := words[0]
		if i := strings.LastIndex(name, "-"); i > 0 {
			name = name[:i]
		}
		units := map[string]float64{}
		for i := 2; i+1 < len(words); i += 2 {
			if v, err := strconv.ParseFloat(words[i], 64); err == nil {
				units[words[i+1]] = v
			}
		}
		found[name], found[pkg+"/"+name] = units, units
	}
	return found
}

// latencies are the times of requests; percentiles are read off when sorted.
type latencies []time.Duration

func (l latencies) at(percent float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	if !slices.IsSorted(l) {
		slices.Sort(l)
	}
	return l[min(len(l)-1, int(float64(len(l))*percent/100))]
}

func (l latencies) String() string {
	return fmt.Sprintf("p50 %.3f, p99 %.3f, p99.9 %.3f ms, n %d", millis(l.at(50)), millis(l.at(99)), millis(l.at(99.9)), len(l))
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// load is the machine's load over the last minute: what else was going on.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
