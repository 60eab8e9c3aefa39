package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// between separates the parts of a key inside viper. A dot, viper's own choice,
// would let a key with a dot in it pass for two.
const between = "::"

// Load reads the file at path (YAML, or JSON by its ending; none when path is
// "") and the CRISISLINE_ variables of environ, over Default.
//
// Its error is Problems when something in them is wrong; the Config then still
// holds every value that could be read, so that Validate can tell what else is.
// Any other error means that the file could not be read at all, and no Config.
func Load(path string, environ []string) (*Config, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(between))
	if err := readFile(v, path); err != nil {
		return nil, err
	}
	// Variables are set one by one, from environ and under their known names:
	// viper's own reading of the environment leaves out keys that neither the
	// file nor a default mentions, which loses secrets without a word.
	fromEnv, problems := setVariables(v, environ)
	problems = append(unknownKeys(v, path), problems...)

	cfg := Default()
	var seen mapstructure.Metadata
	err := v.Unmarshal(cfg, func(c *mapstructure.DecoderConfig) {
		c.WeaklyTypedInput = false // a token of digits must not arrive as a rounded number
		c.ZeroFields = true        // a shorter list replaces the default list, it does not overwrite its beginning
		c.DecodeHook = mapstructure.DecodeHookFuncValue(decode)
		c.Metadata = &seen
	})
	problems = append(problems, unknownInLists(seen.Unused, path)...)
	problems = append(problems, decodeProblems(err, path, fromEnv)...)
	problems = append(problems, readSecrets(reflect.ValueOf(cfg).Elem(), "")...)
	if len(problems) == 0 {
		return cfg, nil
	}
	has := func(list string) bool {
		return slices.ContainsFunc(problems, func(p Problem) bool { return strings.HasPrefix(p.Key, list) })
	}
	if has("standards") { // half a list would only bring more problems
		cfg.Standards = nil
	}
	if has("follow_ups") {
		cfg.FollowUps = nil
	}
	return cfg, problems
}

func readFile(v *viper.Viper, path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path) //nolint:gosec // the file the person named
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	v.SetConfigType("yaml")
	if strings.EqualFold(filepath.Ext(path), ".json") {
		v.SetConfigType("json")
	}
	if err := v.ReadConfig(f); err != nil {
		return fmt.Errorf("read configuration %s: %w", path, err)
	}
	return nil
}

// setVariables lays the environment over what v holds, and says which keys it
// set by which variable. An empty variable counts as not set.
func setVariables(v *viper.Viper, environ []string) (fromEnv map[string]string, problems Problems) {
	fromEnv = map[string]string{}
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, prefix) || text == "" {
			continue
		}
		i := slices.IndexFunc(keys, func(k key) bool { return k.env == name })
		if i < 0 {
			if !notOurs.MatchString(name) {
				problems = append(problems, Problem{Key: name, Text: "no such setting" + meant(name, variables(keys))})
			}
			continue
		}
		value, err := parse(keys[i].kind, text)
		if err != nil {
			problems = append(problems, Problem{Key: name, Text: err.Error()})
			continue
		}
		fromEnv[keys[i].name] = name
		v.Set(strings.ReplaceAll(keys[i].name, ".", between), value)
	}
	return fromEnv, problems
}

// parse turns a variable's text into what the file would have held.
func parse(kind reflect.Type, text string) (any, error) {
	switch kind {
	case durationType, secretType:
		return text, nil
	}
	if isList(kind) {
		var list []any
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return nil, fmt.Errorf("write a list in JSON, such as [%s]", examplesOfLists[kind])
		}
		return list, nil
	}
	switch kind.Kind() {
	case reflect.Bool:
		if b, err := strconv.ParseBool(text); err == nil {
			return b, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", text)
	case reflect.Int:
		if n, err := strconv.Atoi(text); err == nil {
			return n, nil
		}
		return nil, fmt.Errorf("%q is not a whole number", text)
	case reflect.Float64:
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f, nil
		}
		return nil, fmt.Errorf("%q is not a number", text)
	case reflect.Slice:
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		return list, nil
	}
	return text, nil
}

// unknownKeys finds what the file names and Config does not, even with no value
// behind it.
func unknownKeys(v *viper.Viper, path string) (problems Problems) {
	known := Keys()
	for _, raw := range slices.Sorted(slices.Values(v.AllKeys())) {
		name := strings.ReplaceAll(raw, between, ".")
		switch {
		case raw != name && slices.Contains(known, name):
		case raw == name && slices.Contains(known, name) && !strings.Contains(name, "."): // "standards"
		case slices.Contains(known, name):
			problems = append(problems, Problem{Source: path, Key: name, Text: "write the section on a line of its own and the key indented under it"})
		case slices.Contains(sections, name): // empty, or refused by decode
		default:
			problems = append(problems, Problem{Source: path, Key: name, Text: "no such key" + meant(name, known)})
		}
	}
	return problems
}

// unknownInLists finds the same inside the entries of a list, which are not keys
// to viper.
func unknownInLists(unused []string, path string) (problems Problems) {
	for _, name := range slices.Sorted(slices.Values(unused)) {
		list, _, _ := strings.Cut(name, "[")
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == list && isList(k.kind) })
		if _, field, ok := strings.Cut(name, "]."); ok && i >= 0 {
			fields, _ := walk(keys[i].kind.Elem(), "")
			problems = append(problems, Problem{Source: path, Key: name, Text: "no such key" + meant(field, names(fields))})
		}
	}
	return problems
}

func meant(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return "; did you mean " + n + "?"
	}
	return "; config.example.yaml explains every key"
}

// decodeProblems takes mapstructure's error apart: one problem a value.
func decodeProblems(err error, path string, fromEnv map[string]string) (problems Problems) {
	var several interface{ Unwrap() []error }
	var one *mapstructure.DecodeError
	switch {
	case err == nil:
	case errors.As(err, &several):
		for _, e := range several.Unwrap() {
			problems = append(problems, decodeProblems(e, path, fromEnv)...)
		}
	case errors.As(err, &one):
		p := Problem{Source: path, Key: one.Name(), Text: one.Unwrap().Error()}
		if name, ok := fromEnv[p.Key]; ok {
			p.Source, p.Key = "", name
		}
		problems = append(problems, p)
	default:
		problems = append(problems, Problem{Source: path, Key: "?", Text: err.Error()})
	}
	return problems
}
