// Command grafana writes the dashboards of crisisline, as Grafana's own JSON,
// checked against its schema by the builders of grafana-foundation-sdk.
//
//	go run .            write dashboards/*.json anew
//	go run . -out DIR   write them elsewhere
//
// What a panel asks is tested against a real Prometheus that has scraped a
// recorded exposition: see the tests.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// dashboards are all of them, by the name of their file.
func dashboards() map[string]*dashboard.DashboardBuilder {
	return map[string]*dashboard.DashboardBuilder{
		"live.json": live(), "standards.json": standards(), "teams.json": teams(), "rota.json": rota(), "service.json": service(),
	}
}

// render is a dashboard as it is committed.
func render(b *dashboard.DashboardBuilder) ([]byte, error) {
	d, err := b.Build()
	if err != nil {
		return nil, fmt.Errorf("build dashboard: %w", err)
	}
	for i, p := range d.Panels { // a page's panels are told apart by these
		if p.RowPanel != nil {
			p.RowPanel.Id = uint32(i + 1)
		} else {
			p.Panel.Id = cog.ToPtr(uint32(i + 1))
		}
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write dashboard: %w", err)
	}
	return append(text, '\n'), nil
}

func write(folder string) error {
	for name, b := range dashboards() {
		text, err := render(b)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil { //nolint:gosec // to be read by Grafana
			return err
		}
	}
	return nil
}

func main() {
	out := flag.String("out", "dashboards", "where to write")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
