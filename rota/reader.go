package rota

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.org/crisisline/call"
)

// reader reads YAML nodes strictly. It never stops at the first problem: it
// notes each with its line and goes on, so that a person mends a plan once.
type reader struct {
	file     string
	problems Problems
	lines    map[string]int // path of a value → its line, for the checks that come after
}

// value reads the node at path.
type value func(path string, n *yaml.Node)

// field is one key a mapping may have.
type field struct {
	name string
	must bool
	read value
}

func (rd *reader) problem(line int, text, mend string) {
	rd.problems = append(rd.problems, Problem{File: rd.file, Line: line, Text: text, Mend: mend})
}

// usable notes the node's line and refuses what the plan never needs.
func (rd *reader) usable(path string, n *yaml.Node, want yaml.Kind, what string) bool {
	rd.lines[path] = n.Line
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		rd.problem(n.Line, orPlan(path)+" uses an anchor or alias", "write the value out")
	case n.Kind != want:
		rd.problem(n.Line, fmt.Sprintf("%s is not %s", orPlan(path), what), "see the example plan")
	default:
		return true
	}
	return false
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// mapping reads "key: value" pairs; unknown, repeated and missing keys are
// problems.
func (rd *reader) mapping(path string, n *yaml.Node, fields ...field) {
	if !rd.usable(path, n, yaml.MappingNode, "a set of keys and values") {
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		f, ok := find(fields, key.Value)
		switch {
		case !ok:
			rd.problem(key.Line, "unknown key "+shown(key.Value), didYouMean(key.Value, fieldNames(fields)))
		case seen[key.Value]:
			rd.problem(key.Line, "key "+shown(key.Value)+" is there twice", "keep one of them")
		case isNull(val) && !f.must:
			seen[key.Value] = true // "overrides:" with nothing under it
		default:
			seen[key.Value] = !isNull(val)
			if seen[key.Value] {
				f.read(join(path, key.Value), val)
			}
		}
	}
	for _, f := range fields {
		if f.must && !seen[f.name] {
			rd.problem(n.Line, fmt.Sprintf("%s has no %q", orPlan(path), f.name), "add it")
		}
	}
}

func find(fields []field, name string) (field, bool) {
	for _, f := range fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func fieldNames(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func orPlan(path string) string {
	if path == "" {
		return "the plan"
	}
	return path
}

// list reads each item of a sequence.
func (rd *reader) list(each value) value {
	return func(path string, n *yaml.Node) {
		if !rd.usable(path, n, yaml.SequenceNode, "a list") {
			return
		}
		for i, item := range n.Content {
			each(path+"["+strconv.Itoa(i)+"]", item)
		}
	}
}

// oneOrMore reads a list, or a single value in place of a list of one.
func (rd *reader) oneOrMore(each value) value {
	return func(path string, n *yaml.Node) {
		if n.Kind == yaml.SequenceNode {
			rd.list(each)(path, n)
			return
		}
		rd.lines[path] = n.Line
		each(path+"[0]", n)
	}
}

// parsed reads a scalar through parse, whose error says what to do.
func parsed[T any](rd *reader, parse func(string) (T, error), take func(T)) value {
	return func(path string, n *yaml.Node) {
		if !rd.usable(path, n, yaml.ScalarNode, "a single value") {
			return
		}
		v, err := parse(strings.TrimSpace(n.Value))
		if err != nil {
			what, mend := halves(err)
			rd.problem(n.Line, path+": "+what, mend)
			return
		}
		take(v)
	}
}

// halves parts "what: what to do".
func halves(err error) (what, mend string) {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[:i], text[i+2:]
	}
	return text, "see the example plan"
}

func into[T any](rd *reader, parse func(string) (T, error), dst *T) value {
	return parsed(rd, parse, func(v T) { *dst = v })
}

func appendTo[T any](rd *reader, parse func(string) (T, error), dst *[]T) value {
	return parsed(rd, parse, func(v T) { *dst = append(*dst, v) })
}

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// parseID keeps ids fit for keys of the store, labels and pool names.
func parseID(s string) (string, error) {
	if !idPattern.MatchString(s) {
		return "", fmt.Errorf("%s is not an id: use up to 40 small letters, digits, - and _", shown(s))
	}
	return s, nil
}

// What one-time codes and tokens are called is free: "code:Night lead".
var signedPattern = regexp.MustCompile(`^[\pL\pN][\pL\pN _:.@|'’()/-]{0,99}$`)

// parseSigned reads who did something as the history has it: a person's id, or
// what they signed in as, for one who is not in the plan.
func parseSigned(s string) (string, error) {
	if !signedPattern.MatchString(s) {
		return "", fmt.Errorf("%s is not who did it: use an id, or what they signed in as", shown(s))
	}
	return s, nil
}

var skillPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_:-]{0,39}$`)

func parseSkill(s string) (string, error) {
	if !skillPattern.MatchString(s) {
		return "", fmt.Errorf("%s is not a skill: use small letters, digits, - and _, as in young_people or language:pl", shown(s))
	}
	return s, nil
}

func parseText(s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("nothing is written here: write something or leave the key out")
	}
	return s, nil
}

var outwardPattern = regexp.MustCompile(`^[A-Z]{1,2}[0-9][0-9A-Z]?$`)

// parseOutward reads the first half of a postcode: "PO1", "SO31".
func parseOutward(s string) (string, error) {
	s = strings.ToUpper(s)
	if !outwardPattern.MatchString(s) {
		return "", fmt.Errorf("%s is not an outward code: write the first half of a postcode, as in PO1", shown(s))
	}
	return s, nil
}

var diallingPattern = regexp.MustCompile(`^0[1-9][0-9]{1,3}$`)

// parseDialling reads a landline prefix in national form, spaces allowed.
func parseDialling(s string) (string, error) {
	s = strings.ReplaceAll(s, " ", "")
	if !diallingPattern.MatchString(s) {
		return "", fmt.Errorf(`%s is not a dialling code: write it with its 0 and up to five digits, as in "023 92" or "01983"`, shown(s))
	}
	return s, nil
}

var languagePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func parseLanguage(s string) (string, error) {
	if !languagePattern.MatchString(s) {
		return "", fmt.Errorf("%s is not a language: write it as en-GB or pl", shown(s))
	}
	return s, nil
}

func parseTier(s string) (call.Tier, error) {
	for _, t := range call.Tiers[:3] {
		if s == string(t) {
			return t, nil
		}
	}
	return "", fmt.Errorf("%s is not a tier: use responding, backup or duty_manager (a last human has its own list)", shown(s))
}

func parseCaller(s string) (call.Caller, error) {
	for _, c := range call.Callers {
		if s == string(c) || s == "public" && c == call.CallerUnknown {
			return c, nil
		}
	}
	return "", fmt.Errorf("%s is not a kind of caller: use public or professional", shown(s))
}

func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1000 {
		return 0, fmt.Errorf("%s is not a count: write a whole number from 0 to 1000", shown(s))
	}
	return n, nil
}

func parseYesNo(s string) (bool, error) {
	switch s {
	case "true", "yes":
		return true, nil
	case "false", "no":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither yes nor no: write yes or no", shown(s))
}

func parseSpan(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s is not a length of time: write it as 15m or 72h", shown(s))
	}
	return d, nil
}

// parseZone accepts what time.LoadLocation loads, but not "Local", which
// differs from machine to machine.
func parseZone(s string) (string, error) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" || s == "" {
		return "", fmt.Errorf("%s is not a time zone: use an IANA name, as in Europe/London", shown(s))
	}
	return s, nil
}
