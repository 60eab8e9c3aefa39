#!/usr/bin/env bash
# What the tests need from the system: a real redis-server, a real browser with
# a font in it, promtool and amtool.
#
#	deploy/tools.sh install     install what is missing, or say what to install
#	deploy/tools.sh monitoring  the same for "make monitoring"
#	deploy/tools.sh chromium    print the path of the browser
set -euo pipefail

browser() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name"; then return; fi
  done
  return 1
}

missing() {
  command -v redis-server >/dev/null || echo redis-server
  browser >/dev/null || echo chromium
  command -v promtool >/dev/null || echo prometheus
  command -v amtool >/dev/null || echo prometheus-alertmanager
  # A browser without any font shows, and measures, empty boxes.
  [ -n "$(fc-list 2>/dev/null || true)" ] || [ -n "$(ls /usr/share/fonts/truetype 2>/dev/null || true)" ] || echo fonts-liberation
}

# What "make monitoring" needs: the servers.
missing_monitoring() {
  command -v prometheus >/dev/null || echo prometheus
  command -v prometheus-alertmanager >/dev/null || command -v alertmanager >/dev/null || echo prometheus-alertmanager
}

# install LIST installs what the function of that name prints.
install() {
  local packages apt missing=$1
  mapfile -t packages < <("$missing")
  if [ "${#packages[@]}" -eq 0 ]; then return; fi
  apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get) # RUNLEVEL=1: install the programs, start no services
  if [ "$(id -u)" -ne 0 ]; then apt=(sudo -n "${apt[@]}"); fi
  if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
    cat >&2 <<END
This needs what this machine lacks, and this is not a machine where make may
install it. These are the names on Debian and Ubuntu; promtool comes
with prometheus, amtool with prometheus-alertmanager:

    sudo apt-get install --no-install-recommends ${packages[*]}
    brew install redis chromium prometheus alertmanager      (macOS)

"make run" needs none of them.
END
    return 1
  fi
  echo "installing ${packages[*]}"
  "${apt[@]}" -q update || echo "apt-get update failed; trying what is known already" >&2
  "${apt[@]}" -q install -y --no-install-recommends "${packages[@]}"
  if [ -n "$("$missing")" ]; then
    echo "still missing after installing: $("$missing" | tr '\n' ' ')" >&2
    return 1
  fi
}

case "${1:-}" in
  install) install missing ;;
  monitoring) install missing_monitoring ;;
  chromium) browser ;;
  *) sed -n '2,7p' "$0"; exit 2 ;;
esac
