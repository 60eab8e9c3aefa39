package config

import (
	"reflect"
	"regexp"
	"strings"
	"time"
)

// prefix begins every variable of the environment that is ours.
const prefix = "CRISISLINE_"

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[time.Duration]()
)

// examplesOfLists are one entry of each such list, in JSON, for whoever sets it
// by a variable.
var examplesOfLists = map[reflect.Type]string{
	reflect.TypeFor[[]Standard](): `{"name":"answer.reached_60s","target":0.9}`,
	reflect.TypeFor[[]FollowUp](): `{"name":"crisis.urgent","limit":"24h","target":0.95}`,
	reflect.TypeFor[[]RoleRule](): `{"group":"crisis-leads","role":"shift_lead","teams":["portsmouth"]}`,
}

// key is one setting: a field of Config that is not a section.
type key struct {
	name string // "routing.ring_for"
	env  string // "CRISISLINE_ROUTING_RING_FOR"
	kind reflect.Type
}

// keys lists every setting in the order of Config, and sections the names of
// the structs that hold them.
var keys, sections = walk(reflect.TypeFor[Config](), "")

// isList reports whether a setting is a list of things with keys of their own.
func isList(kind reflect.Type) bool {
	return kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct
}

// Keys lists the name of every setting, in the order of Config.
func Keys() []string { return names(keys) }

// Variable is the variable of the environment that sets a key.
func Variable(name string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}

func walk(t reflect.Type, path string) (leaves []key, inner []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name := path + f.Tag.Get("mapstructure")
		if f.Type.Kind() == reflect.Struct && f.Type != secretType {
			l, in := walk(f.Type, name+".")
			leaves, inner = append(leaves, l...), append(append(inner, name), in...)
			continue
		}
		leaves = append(leaves, key{name: name, env: Variable(name), kind: f.Type})
	}
	return leaves, inner
}

func names(ks []key) []string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = k.name
	}
	return out
}

func variables(ks []key) []string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = k.env
	}
	return out
}

// notOurs are variables that begin like ours and are not: the one cmd reads for
// --config, and those Kubernetes adds to every container for each Service whose
// name begins with crisisline.
var notOurs = regexp.MustCompile(`^CRISISLINE_(CONFIG|(.+_)?SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|(.+_)?PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)
