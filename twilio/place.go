package twilio

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// StrayEnvironment lists the names of environment variables that Twilio's own
// tools read and this program does not, TWILIO_EDGE and TWILIO_REGION above
// all: with them set, a look with Twilio's command line goes to another place
// than this program.
func StrayEnvironment() []string {
	var names []string
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "TWILIO_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Overrides adds to url what Twilio should do when it cannot fetch it: connect
// within 2 s, first byte within 4 s, 12 s in all, retries (0 to 5) after any
// failure, from edges in turn when some are named. The fragment is not part of
// what is signed and is not sent. Handlers must be safe to repeat. An empty url
// stays empty; a fragment there is replaced.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides, read 2026-11-21.
func Overrides(url string, retries int, edges ...string) string {
	if url == "" {
		return ""
	}
	url, _, _ = strings.Cut(url, "#")
	url += "#ct=2000&rt=4000&tt=12000&rc=" + strconv.Itoa(min(max(retries, 0), 5)) + "&rp=all"
	if len(edges) > 0 {
		url += "&e=" + strings.Join(edges, ",")
	}
	return url
}
