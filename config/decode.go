package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
)

// decode turns one value of the file into what its field holds, and refuses
// what the file's reader would have to guess at. It leaves sections and lists
// to mapstructure.
func decode(from, to reflect.Value) (any, error) {
	value := from.Interface()
	text, isText := value.(string)
	switch {
	case to.Type() == secretType:
		if !isText {
			return nil, errors.New("must be text: put it in quotes, or it is read as a number")
		}
		return Secret{text: text}, nil
	case to.Type() == durationType:
		if !isText {
			return nil, fmt.Errorf(`%v has no unit: write a duration such as "20s", "2m" or "24h"`, value)
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			return nil, fmt.Errorf(`%q is not a duration: write one such as "20s", "2m" or "24h"`, text)
		}
		return d, nil
	}
	return value, fits(value, isText, to)
}

func fits(value any, isText bool, to reflect.Value) error {
	switch to.Kind() {
	case reflect.String:
		if !isText {
			return fmt.Errorf("%v is not text: put it in quotes", value)
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return fmt.Errorf("%v is neither true nor false", value)
		}
	case reflect.Int:
		if f, ok := value.(float64); ok && f == float64(int(f)) { // JSON knows no whole numbers
			return nil
		}
		if _, ok := value.(int); !ok {
			return fmt.Errorf("%v is not a whole number", value)
		}
	case reflect.Float64:
		switch value.(type) {
		case int, float64:
		default:
			return fmt.Errorf("%v is not a number", value)
		}
	case reflect.Slice:
		if _, ok := value.([]any); !ok {
			return errors.New("must be a list, each entry on a line of its own behind a hyphen")
		}
	case reflect.Struct:
		if _, ok := value.(map[string]any); !ok {
			return errors.New("needs its keys under it, each on a line of its own and indented")
		}
	}
	return nil
}

// readSecrets fills every secret whose _file is named.
func readSecrets(section reflect.Value, path string) (problems Problems) {
	t := section.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name := path + f.Tag.Get("mapstructure")
		if f.Type.Kind() == reflect.Struct && f.Type != secretType {
			problems = append(problems, readSecrets(section.Field(i), name+".")...)
		}
		if f.Type != secretType {
			continue
		}
		file := section.FieldByName(f.Name + "File").String()
		if file == "" {
			continue
		}
		if section.Field(i).Interface().(Secret).IsSet() {
			problems = append(problems, Problem{Key: name, Text: "both it and " + name + "_file are set: keep one"})
			continue
		}
		secret, err := readSecret(file)
		if err != nil {
			problems = append(problems, Problem{Key: name + "_file", Text: err.Error()})
			continue
		}
		section.Field(i).Set(reflect.ValueOf(secret))
	}
	return problems
}

// readSecret is the text of a file without the line's end behind it.
func readSecret(file string) (Secret, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the file the settings name
	if err != nil {
		return Secret{}, fmt.Errorf("%w: the process must be able to read it", err)
	}
	s := Secret{text: strings.TrimRight(string(text), "\r\n")}
	if !s.IsSet() {
		return Secret{}, fmt.Errorf("%s is empty: put the secret in it", file)
	}
	if strings.ContainsAny(s.text, "\r\n") {
		return Secret{}, fmt.Errorf("%s has more than one line: it must hold the secret and nothing else", file)
	}
	return s, nil
}
