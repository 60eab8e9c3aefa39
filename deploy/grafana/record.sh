#!/usr/bin/env bash
# Records what the tests' Prometheus scrapes: two scrapes of a demo, so that
# counters move between them. Takes three minutes.
set -euo pipefail
cd "$(dirname "$0")"
address=127.0.0.1:18480
../../bin/crisisline demo --listen "$address" --calls-per-hour 600 --talk 25s >/dev/null &
demo=$!
trap 'kill "$demo"; wait "$demo" || true' EXIT
scrape() {
  {
    curl -fsS "http://$address/metrics"
    echo '# TYPE crisisline_certificate_seconds_left gauge'
    echo 'crisisline_certificate_seconds_left 5.184e+06'
  } | gzip -9n >"testdata/$1.prom.gz"
}
sleep 10
scrape early
sleep 170
scrape late
