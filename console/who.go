package console

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// longestName is of what may be typed as a name, in characters.
const longestName = 60

// tidyName is a name as it is kept: one line, no longer than a name is.
func tidyName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > longestName {
		return ""
	}
	return name
}

// backTo is an address of ours to go back to, the board for any other.
func backTo(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) {
		return "/"
	}
	if u.RawQuery != "" {
		return u.EscapedPath() + "?" + u.Query().Encode()
	}
	return u.EscapedPath()
}

func sortedKeys(v url.Values) []string { return slices.Sorted(maps.Keys(v)) }
