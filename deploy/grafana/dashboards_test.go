package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

var update = flag.Bool("update", false, "write the dashboards anew")

func TestMain(m *testing.M) {
	flag.Parse()
	plugins.RegisterDefaultPlugins() // without them, panels and queries are read as anything at all
	os.Exit(m.Run())
}

// committed is a dashboard as Grafana would read it, refused if it holds a field
// that the schema does not.
func committed(t *testing.T, name string) dashboard.Dashboard {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("dashboards", name))
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard.Dashboard
	if err := d.UnmarshalJSONStrict(text); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := d.Validate(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

func TestCommittedAreWhatTheCodeMakes(t *testing.T) {
	t.Parallel()
	if *update {
		if err := write("dashboards"); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for name, b := range dashboards() {
		names = append(names, name)
		want, err := render(b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("dashboards", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s is not what the code makes: go run . (%v)", name, err)
		}
	}
	files, err := filepath.Glob("dashboards/*.json")
	if err != nil || len(files) != len(names) {
		t.Errorf("%d files of %d dashboards: %v", len(files), len(names), err)
	}
}

// The strict reader is what makes the schema's test a test: it must refuse.
func TestSchemaIsStrict(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("dashboards/live.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a field of the page that is misspelt":  {`"refresh":`, `"refrehs":`},
		"a field of a panel that is misspelt":   {`"gridPos":`, `"gridPso":`},
		"a field of a query that is misspelt":   {`"legendFormat":`, `"legendFromat":`},
		"a title that is a number":              {`"title": "Waiting"`, `"title": 7`},
		"an option of a panel that is misspelt": {`"graphMode":`, `"grphMode":`},
	} {
		broken := strings.Replace(string(text), change[0], change[1], 1)
		if broken == string(text) {
			t.Errorf("%s: there is no %s", name, change[0])
		}
		var d dashboard.Dashboard
		if err := d.UnmarshalJSONStrict([]byte(broken)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// asked is every query of every panel, by page and panel.
func asked(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name := range dashboards() {
		for _, p := range committed(t, name).Panels {
			if p.Panel == nil || p.Panel.Type == "text" {
				continue
			}
			place := name + ": " + *p.Panel.Title
			if _, twice := all[place]; twice {
				place += " (" + *p.Panel.Description + ")"
			}
			for _, target := range p.Panel.Targets {
				q, ok := target.(*prometheus.Dataquery)
				if !ok {
					t.Fatalf("%s asks a %T", place, target)
				}
				all[place] = append(all[place], q.Expr)
			}
			if len(all[place]) == 0 {
				t.Errorf("%s asks nothing", place)
			}
		}
	}
	return all
}

var (
	typeLine   = regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`)
	recordLine = regexp.MustCompile(`(?m)^ *- record: (\S+)$`)
	metricName = regexp.MustCompile(`\b(crisisline[_:][a-z0-9_:]+|go_[a-z_]+|process_[a-z_]+)\b`)
)

// exported is what a scrape of the service has, by the golden exposition of its
// own tests, what the rules record, and what the Go client adds to every program.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	for path, line := range map[string]*regexp.Regexp{
		"../../metrics/testdata/metrics.txt": typeLine, "../prometheus/recording.yaml": recordLine,
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		before := len(have)
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			have[m[1]] = true
			if len(m) > 2 && m[2] == "histogram" {
				delete(have, m[1])
				have[m[1]+"_bucket"], have[m[1]+"_sum"], have[m[1]+"_count"] = true, true, true
			}
		}
		if len(have) == before {
			t.Fatalf("%s names nothing", path)
		}
	}
	for _, m := range typeLine.FindAllStringSubmatch(string(recording(t, "late")), -1) {
		if strings.HasPrefix(m[1], "go_") || strings.HasPrefix(m[1], "process_") {
			have[m[1]] = true
		}
	}
	return have
}

func TestQueriesNameMetricsThatExist(t *testing.T) {
	t.Parallel()
	have := exported(t)
	for place, queries := range asked(t) {
		for _, q := range queries {
			names := metricName.FindAllString(q, -1)
			if len(names) == 0 && !strings.Contains(q, "up{") {
				t.Errorf("%s asks %s, which names no metric", place, q)
			}
			for _, name := range names {
				if !have[name] {
					t.Errorf("%s asks for %s, which nothing exports or records", place, name)
				}
			}
		}
	}
}

// Every panel says where its answers come from, has its own place, and is not
// explained by colour alone.
func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	uids := map[string]bool{}
	provisioned, err := os.ReadFile("provisioning/datasources/crisisline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name := range dashboards() {
		d := committed(t, name)
		if uids[*d.Uid] || !slices.Contains(d.Tags, "crisisline") || *d.Timezone != "Europe/London" {
			t.Errorf("%s: uid %s, tags %v, zone %s", name, *d.Uid, d.Tags, *d.Timezone)
		}
		uids[*d.Uid] = true
		ids, cells := map[uint32]bool{}, map[[2]uint32]string{}
		for _, p := range d.Panels {
			if p.Panel == nil || p.Panel.Type == "text" {
				continue
			}
			if ids[*p.Panel.Id] {
				t.Errorf("%s: %s has the id of another", name, *p.Panel.Title)
			}
			ids[*p.Panel.Id] = true
			g := p.Panel.GridPos
			if g.X+g.W > 24 {
				t.Errorf("%s: %s does not fit: %+v", name, *p.Panel.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if under := cells[[2]uint32{x, y}]; under != "" {
						t.Fatalf("%s: %s lies on %s", name, *p.Panel.Title, under)
					}
					cells[[2]uint32{x, y}] = *p.Panel.Title
				}
			}
			if !strings.Contains(string(provisioned), "uid: "+*p.Panel.Datasource.Uid) {
				t.Errorf("%s: %s asks %s, which is not provisioned", name, *p.Panel.Title, *p.Panel.Datasource.Uid)
			}
		}
	}
	var fields map[string]json.RawMessage
	if text, err := os.ReadFile("dashboards/live.json"); err != nil || json.Unmarshal(text, &fields) != nil || fields["id"] != nil {
		t.Errorf("a provisioned page must not carry an id of its own: %s %v", fields["id"], err)
	}
}
