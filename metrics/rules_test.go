package metrics_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var (
	prometheusDir = filepath.Join("..", "deploy", "prometheus")
	runbookDir    = filepath.Join("..", "docs", "runbooks")
)

type rule struct {
	Alert, Record, Expr string
	Labels              map[string]string
	Annotations         map[string]string
}

func rulesOf(t *testing.T, file string) (all []rule) {
	t.Helper()
	var doc struct{ Groups []struct{ Rules []rule } }
	decode(t, filepath.Join(prometheusDir, file), &doc)
	for _, g := range doc.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no rule", file)
	}
	return all
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func TestEachAlertHasItsRunbookAndEachRunbookItsAlert(t *testing.T) {
	t.Parallel()
	alerts := map[string]bool{}
	for _, r := range rulesOf(t, "alerts.yaml") {
		alerts[r.Alert] = true
		if !strings.HasSuffix(r.Annotations["runbook_url"], "/docs/runbooks/"+r.Alert+".md") {
			t.Errorf("%s: runbook_url is %q", r.Alert, r.Annotations["runbook_url"])
		}
		if sev := r.Labels["severity"]; sev != "page" && sev != "ticket" && (sev != "heartbeat" || r.Alert != "DeadMansSwitch") {
			t.Errorf("%s: severity is %q", r.Alert, sev)
		}
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
			t.Errorf("%s says too little", r.Alert)
		}
	}
	pages, err := filepath.Glob(filepath.Join(runbookDir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		name := strings.TrimSuffix(filepath.Base(path), ".md")
		if !alerts[name] {
			t.Errorf("%s is the page of no alert", path)
		}
		delete(alerts, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"# " + name, "## What it means for a caller", "## Do now", "## How to know it is mended"} {
			if !strings.Contains(string(text), part+"\n") {
				t.Errorf("%s has no %q", path, part)
			}
		}
		for _, link := range regexp.MustCompile(`\]\((\w+\.md)\)`).FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(runbookDir, link[1])); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	for name := range alerts {
		t.Errorf("%s has no page in %s", name, runbookDir)
	}
}

var metricName = regexp.MustCompile(`crisisline[_:][a-z0-9_:]+`)

// exported is every series name a scrape of a whole service has.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	families, err := told(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, f := range families {
		out[f.GetName()] = true
		if len(f.GetMetric()) > 0 && f.GetMetric()[0].GetHistogram() != nil {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				out[f.GetName()+suffix] = true
			}
			delete(out, f.GetName())
		}
	}
	return out
}

// Rules, their tests and the runbooks speak only of metrics that exist.
func TestRulesNameMetricsThatExist(t *testing.T) {
	t.Parallel()
	have := exported(t)
	for _, r := range rulesOf(t, "recording.yaml") {
		have[r.Record] = true
	}
	files, err := filepath.Glob(filepath.Join(prometheusDir, "tests", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of the rules: %v", err)
	}
	files = append(files, filepath.Join(prometheusDir, "alerts.yaml"), filepath.Join(prometheusDir, "recording.yaml"))
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range metricName.FindAllString(string(text), -1) {
			if !have[name] {
				t.Errorf("%s names %s, which nothing exports", path, name)
			}
		}
	}
	pages, err := filepath.Glob(filepath.Join(runbookDir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range metricName.FindAllString(string(text), -1) {
			if !have[name] && !have[name+"_count"] {
				t.Errorf("%s names %s, which nothing exports", path, name)
			}
		}
	}
}

// A paging alert whose metric is gone can never fire; MetricsMissing must.
func TestPagesAreGuardedAgainstSilence(t *testing.T) {
	t.Parallel()
	recorded := map[string]string{}
	for _, r := range rulesOf(t, "recording.yaml") {
		recorded[r.Record] = r.Expr
	}
	alerts := rulesOf(t, "alerts.yaml")
	guard := ""
	for _, r := range alerts {
		if r.Alert == "MetricsMissing" {
			guard = r.Expr
		}
	}
	unguarded := []string{ // only where the service may ask the carrier, and where it sees its own door
		"crisisline_number_configured", "crisisline_certificate_seconds_left",
	}
	for _, r := range alerts {
		if r.Labels["severity"] != "page" || r.Alert == "MetricsMissing" {
			continue
		}
		for _, name := range sources(r.Expr, recorded) {
			if !strings.Contains(guard, "absent("+name+")") && !slices.Contains(unguarded, name) {
				t.Errorf("%s reads %s; MetricsMissing does not look for it", r.Alert, name)
			}
		}
	}
}

// sources is every exported metric an expression stands on, through the recorded.
func sources(expr string, recorded map[string]string) (out []string) {
	for _, name := range metricName.FindAllString(expr, -1) {
		if behind, ok := recorded[name]; ok {
			out = append(out, sources(behind, recorded)...)
		} else {
			out = append(out, name)
		}
	}
	return out
}

// Each alert is seen firing, and seen silent, by promtool.
func TestEachAlertIsTestedBothWays(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(prometheusDir, "tests", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	fires, silent := map[string]bool{}, map[string]bool{"DeadMansSwitch": true}
	for _, path := range files {
		var doc struct {
			Tests []struct {
				Alerts []struct {
					Name string `yaml:"alertname"`
					Want []any  `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
			}
		}
		decode(t, path, &doc)
		for _, test := range doc.Tests {
			for _, a := range test.Alerts {
				fires[a.Name] = fires[a.Name] || len(a.Want) > 0
				silent[a.Name] = silent[a.Name] || len(a.Want) == 0
			}
		}
	}
	for _, r := range rulesOf(t, "alerts.yaml") {
		if !fires[r.Alert] || !silent[r.Alert] {
			t.Errorf("%s: tested to fire %v, to stay silent %v", r.Alert, fires[r.Alert], silent[r.Alert])
		}
	}
}

// Promtool, which nobody here wrote, has the last word on rules and examples.
func TestPromtool(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool is needed: apt-get install prometheus, or make tools")
	}
	files, err := filepath.Glob(filepath.Join(prometheusDir, "tests", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string][]string{
		"check rules":  {"check", "rules", "--lint=all", "--lint-fatal", "alerts.yaml", "recording.yaml"},
		"check config": {"check", "config", "prometheus.yml"},
	}
	for _, path := range files {
		runs[filepath.Base(path)] = []string{"test", "rules", filepath.Join("tests", filepath.Base(path))}
	}
	for name, args := range runs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), promtool, args...)
			cmd.Dir = prometheusDir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
			}
		})
	}
}

// Amtool, which nobody here wrote either, reads the example and says where each
// alert of the rules goes.
func TestAlertmanagerRoutesEverySeverity(t *testing.T) {
	t.Parallel()
	amtool, err := exec.LookPath("amtool")
	if err != nil {
		t.Fatal("amtool is needed: apt-get install prometheus-alertmanager, or make tools")
	}
	ask := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), amtool, args...)
		cmd.Dir = prometheusDir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("amtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	ask("check-config", "alertmanager.yml")
	asked := map[string]bool{}
	for _, r := range rulesOf(t, "alerts.yaml") {
		severity := r.Labels["severity"]
		if asked[severity] {
			continue
		}
		asked[severity] = true
		to := strings.TrimSpace(ask("config", "routes", "test", "--config.file=alertmanager.yml", "severity="+severity, "alertname="+r.Alert))
		if want := map[string]string{"page": "pager", "ticket": "tickets", "heartbeat": "watchdog"}[severity]; !strings.HasSuffix(to, want) {
			t.Errorf("severity %q goes to %q, want %q", severity, to, want)
		}
	}
	if len(asked) != 3 {
		t.Errorf("severities %v", asked)
	}
	// What silences another must exist.
	for _, named := range inhibited(t) {
		for _, name := range strings.Split(named, "|") {
			if !slices.ContainsFunc(rulesOf(t, "alerts.yaml"), func(r rule) bool { return r.Alert == name }) {
				t.Errorf("alertmanager.yml inhibits by or with %s, which there is not", name)
			}
		}
	}
}

// inhibited is the alerts the inhibition rules name.
func inhibited(t *testing.T) (names []string) {
	t.Helper()
	var doc struct {
		Rules []struct {
			Source []string `yaml:"source_matchers"`
			Target []string `yaml:"target_matchers"`
		} `yaml:"inhibit_rules"`
	}
	decode(t, filepath.Join(prometheusDir, "alertmanager.yml"), &doc)
	named := regexp.MustCompile(`^alertname=~?"(.*)"$`)
	for _, r := range doc.Rules {
		for _, m := range append(r.Source, r.Target...) {
			if found := named.FindStringSubmatch(m); found != nil {
				names = append(names, found[1])
			}
		}
	}
	return names
}
