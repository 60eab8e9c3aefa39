// Dashboards have a module of their own, so that the service's stays small.
module example.org/crisisline/deploy/grafana

go 1.26

require github.com/grafana/grafana-foundation-sdk/go v0.0.12
