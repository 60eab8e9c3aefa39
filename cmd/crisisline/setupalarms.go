package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/crisisline/config"
)

// deadMansSwitch is the alert that always fires: where it has got to is where
// any alert would.
const deadMansSwitch = "DeadMansSwitch"

// examineAlarms follows the alert that always fires: from our rules in
// Prometheus to Alertmanager, and to whom that would tell.
func examineAlarms(ctx context.Context, e *examination, cfg *config.Config) {
	const check = "alarms"
	base := strings.TrimRight(cfg.Monitoring.AlertmanagerURL, "/")
	if base == "" {
		e.warn(check, "run Prometheus and Alertmanager with deploy/prometheus, then set monitoring.alertmanager_url", "nothing is known of alarms: nobody would be woken when something is wrong")
		return
	}
	receivers, err := whoIsTold(ctx, base)
	switch {
	case err != nil:
		e.fail(check, "see that Alertmanager runs and that monitoring.alertmanager_url leads to it", "Alertmanager cannot be asked: %s", err)
	case len(receivers) == 0:
		e.fail(check, "load deploy/prometheus/alerts.yaml into Prometheus, and give it Alertmanager's address", "Alertmanager answers, but the alert that always fires has not reached it: no other would")
	default:
		e.ok(check, "the alert that always fires reaches Alertmanager, which tells: %s", strings.Join(receivers, ", "))
	}
}

// whoIsTold are the receivers of the alert that always fires; none when it is
// not there.
func whoIsTold(ctx context.Context, base string) (names []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	address := base + "/api/v2/alerts?active=true&filter=" + url.QueryEscape(`alertname="`+deadMansSwitch+`"`)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask Alertmanager: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask Alertmanager: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %d", res.StatusCode)
	}
	var alerts []struct {
		Receivers []struct{ Name string }
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&alerts); err != nil {
		return nil, fmt.Errorf("read its answer: %w", err)
	}
	for _, a := range alerts {
		for _, r := range a.Receivers {
			names = append(names, r.Name)
		}
	}
	return names, nil
}
