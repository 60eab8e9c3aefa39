package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/text"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// Units as Grafana names them.
const (
	count    = "none"
	share    = "percentunit"
	seconds  = "s"
	duration = "dtdhms"
	perMin   = "cpm"
	memory   = "bytes"
)

// query is one question to Prometheus and the words for its answers.
type query struct{ expr, legend string }

// panel is one picture. Width is of 24; a row of panels fills it.
type panel struct {
	title, why    string
	unit          string
	width, height uint32
	alarm         float64 // from here on the figure is shown in red; 0 for none
	below         bool    // alarm is for figures below it
	most          float64 // of the axis; 0 for whatever there is
	ask           []query
}

// source is the data source that provisioning/datasources sets up.
func source() common.DataSourceRef {
	return common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("crisisline-prometheus")}
}

func (p panel) targets(instant bool) []cog.Builder[variants.Dataquery] {
	out := make([]cog.Builder[variants.Dataquery], 0, len(p.ask))
	for i, q := range p.ask {
		b := prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).RefId(string(rune('A' + i))).Datasource(source())
		if instant {
			b = b.Instant()
		} else {
			b = b.Range()
		}
		out = append(out, b)
	}
	return out
}

// thresholds are two colours, never the only way to tell: the figure stands there.
func (p panel) thresholds() cog.Builder[dashboard.ThresholdsConfig] {
	steps := []dashboard.Threshold{{Color: "blue"}}
	if p.alarm != 0 {
		first, then := "blue", "red"
		if p.below {
			first, then = "red", "blue"
		}
		steps = []dashboard.Threshold{{Color: first}, {Color: then, Value: cog.ToPtr(p.alarm)}}
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(steps)
}

func (p panel) size(tall uint32) (w, h uint32) {
	w, h = p.width, p.height
	if w == 0 {
		w = 12
	}
	if h == 0 {
		h = tall
	}
	return w, h
}

// figure is one number, or one for each answer, as it is now.
func (p panel) figure() cog.Builder[dashboard.Panel] {
	w, h := p.size(4)
	return stat.NewPanelBuilder().Title(p.title).Description(p.why).Datasource(source()).Unit(p.unit).Span(w).Height(h).
		Thresholds(p.thresholds()).ColorMode(common.BigValueColorModeValue).GraphMode(common.BigValueGraphModeArea).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"})).Targets(p.targets(false))
}

// lines are figures over time.
func (p panel) lines() cog.Builder[dashboard.Panel] {
	w, h := p.size(8)
	b := timeseries.NewPanelBuilder().Title(p.title).Description(p.why).Datasource(source()).Unit(p.unit).Span(w).Height(h).
		Min(0).LineWidth(2).FillOpacity(8).ShowPoints(common.VisibilityModeNever).
		Legend(common.NewVizLegendOptionsBuilder().DisplayMode(common.LegendDisplayModeTable).Placement(common.LegendPlacementBottom).
			ShowLegend(true).Calcs([]string{"lastNotNull", "max"})).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending)).
		Targets(p.targets(false))
	if p.alarm != 0 {
		b = b.Thresholds(p.thresholds()).
			ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeDashed))
	}
	if p.most > 0 {
		b = b.Max(p.most)
	}
	return b
}

// bars are figures beside each other, of the whole range.
func (p panel) bars() cog.Builder[dashboard.Panel] {
	w, h := p.size(9)
	b := bargauge.NewPanelBuilder().Title(p.title).Description(p.why).Datasource(source()).Unit(p.unit).Span(w).Height(h).
		Min(0).Thresholds(p.thresholds()).DisplayMode(common.BarGaugeDisplayModeBasic).Orientation(common.VizOrientationHorizontal).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"})).Targets(p.targets(true))
	if p.most > 0 {
		b = b.Max(p.most)
	}
	return b
}

// heat is how many waits fell into each bucket, over time.
func (p panel) heat() cog.Builder[dashboard.Panel] {
	w, h := p.size(9)
	targets := make([]cog.Builder[variants.Dataquery], 0, len(p.ask))
	for _, q := range p.ask {
		targets = append(targets, prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).RefId("A").
			Range().Format(prometheus.PromQueryFormatHeatmap).Datasource(source()))
	}
	return heatmap.NewPanelBuilder().Title(p.title).Description(p.why).Datasource(source()).Span(w).Height(h).
		Calculate(false).YAxis(heatmap.NewYAxisConfigBuilder().Unit(p.unit)).Targets(targets)
}

// words say what the figures beside them do not.
func words(content string, height uint32) cog.Builder[dashboard.Panel] {
	return text.NewPanelBuilder().Title("").Span(24).Height(height).Mode(text.TextModeMarkdown).Content(content)
}

// page is an empty dashboard. Time is the plan's, not whoever's browser looks.
func page(uid, title, about, from, refresh string) *dashboard.DashboardBuilder {
	return dashboard.NewDashboardBuilder("Crisisline: "+title).Uid("crisisline-"+uid).Description(about).
		Tags([]string{"crisisline"}).Timezone("Europe/London").Time("now-"+from, "now").Refresh(refresh).Readonly().
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Link(dashboard.NewDashboardLinkBuilder("Crisisline").Type(dashboard.DashboardLinkTypeDashboards).
			Tags([]string{"crisisline"}).KeepTime(true).IncludeVars(true))
}

// teamVariable lets a page show some of the teams.
func teamVariable() cog.Builder[dashboard.VariableModel] {
	return dashboard.NewQueryVariableBuilder("team").Label("Team").Datasource(source()).
		Query(dashboard.StringOrMap{String: cog.ToPtr("label_values(crisisline_waiting_calls, team)")}).
		Multi(true).IncludeAll(true).AllValue(".*").Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Current(dashboard.VariableOption{
			Text: dashboard.StringOrArrayOfString{String: cog.ToPtr("All")}, Value: dashboard.StringOrArrayOfString{String: cog.ToPtr("$__all")},
		})
}
