#!/usr/bin/env bash
# Prometheus and Alertmanager on a demo of our own, with the rules that are
# shipped. Everything is on loopback and in a folder that is removed at the end.
#
#	deploy/monitoring.sh [arguments of "crisisline demo"]
#
# PROMETHEUS and ALERTMANAGER are the addresses to listen on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prometheus=${PROMETHEUS:-127.0.0.1:9090}
alertmanager=${ALERTMANAGER:-127.0.0.1:9093}
folder=$(mktemp -d)
running=()

finish() {
  trap - EXIT INT TERM
  for pid in "${running[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${running[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
trap 'finish; exit 0' INT TERM

# until_true SECONDS WHAT COMMAND... waits, and says what it waited for in vain.
until_true() {
  local left=$(($1 * 5)) what=$2
  shift 2
  until "$@"; do
    left=$((left - 1))
    for pid in "${running[@]}"; do kill -0 "$pid" 2>/dev/null || left=0; done
    if [ "$left" -le 0 ]; then
      echo "$what did not start:" >&2
      tail -n 5 "$folder"/*.log >&2
      exit 1
    fi
    sleep 0.2
  done
}

said_where() { grep -q 'Open  http' "$folder/demo.log"; }
scraped() { curl -fsS "http://$prometheus/api/v1/query?query=up" 2>/dev/null | grep -q '"1"\]'; }
alerting() { curl -fsS "http://$alertmanager/-/ready" >/dev/null 2>&1; }

# Signals from the terminal come to this script alone; it ends the others in order.
set -m
"$here/../bin/crisisline" demo "$@" >"$folder/demo.log" 2>&1 &
running+=($!)
until_true 60 "the demo" said_where
demo=$(sed -n 's|.*Open  http://\([^/]*\)/.*|\1|p' "$folder/demo.log")

cp "$here"/prometheus/{alerts.yaml,recording.yaml,alertmanager.yml} "$folder/"
sed -e "s/127\.0\.0\.1:8080/$demo/; s/127\.0\.0\.1:9093/$alertmanager/" "$here/prometheus/prometheus.yml" >"$folder/prometheus.yml"
program=$(command -v prometheus-alertmanager || command -v alertmanager)
"$program" --config.file="$folder/alertmanager.yml" --storage.path="$folder/alertmanager" \
  --web.listen-address="$alertmanager" --cluster.listen-address= >"$folder/alertmanager.log" 2>&1 &
running+=($!)
prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus" \
  --web.listen-address="$prometheus" >"$folder/prometheus.log" 2>&1 &
running+=($!)
until_true 60 Alertmanager alerting
until_true 60 Prometheus scraped

cat <<END

  The demo       http://$demo/
  Prometheus     http://$prometheus/          rules at /rules, alerts at /alerts
  Alertmanager   http://$alertmanager/

  Alerts go to the receivers of deploy/prometheus/alertmanager.yml, which nobody
  listens to here. Grafana is in no package source of Debian: with one of your
  own, deploy/grafana/README.md says which files go where.
  Stop with Ctrl-C.

END
wait -n || true
echo "one of them ended by itself:" >&2
tail -n 3 "$folder"/*.log >&2
exit 1
