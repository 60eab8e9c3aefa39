package queue

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// preludes hold what more than one script does: functions that use only what
// stands before them.
var preludes = []string{"_common.lua", "_promises.lua"}

// loadScripts gives every script by its file's name without ".lua". They are
// composed once in a process and are not to be changed: every Store has them.
var loadScripts = sync.OnceValues(func() (map[string]*redis.Script, error) {
	common, err := readPreludes()
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(luaFiles, "lua/*.lua")
	if err != nil {
		return nil, fmt.Errorf("list scripts: %w", err)
	}
	scripts := make(map[string]*redis.Script, len(files))
	for _, file := range files {
		if slices.Contains(preludes, path.Base(file)) {
			continue
		}
		body, err := luaFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read script: %w", err)
		}
		scripts[strings.TrimSuffix(path.Base(file), ".lua")] = redis.NewScript(compose(common, string(body)))
	}
	return scripts, nil
})

// word is a name in a script, or a keyword, or a word of a comment: one too
// many costs a function that is not used, and no more.
var word = regexp.MustCompile(`\w+`)

func readPreludes() (common string, err error) {
	for _, name := range preludes {
		text, err := luaFiles.ReadFile("lua/" + name)
		if err != nil {
			return "", fmt.Errorf("read prelude: %w", err)
		}
		common += string(text)
	}
	return common, nil
}

// compose puts before a script those functions of the prelude that it uses, and
// the names of a record's fields, from the same lists that read records back.
// Redis makes every function anew at each run, so the forty that a script does
// not use would cost more than most scripts.
func compose(common, body string) string {
	const begin = "\nlocal function "
	parts := strings.Split(common, begin)
	head, functions := parts[0], parts[1:]
	used := map[string]bool{}
	note := func(text string) {
		for _, w := range word.FindAllString(text, -1) {
			used[w] = true
		}
	}
	note(body)
	for _, function := range slices.Backward(functions) { // they use only what stands before them
		name, _, _ := strings.Cut(function, "(")
		if used[name] {
			body = begin + function + body
			note(function)
		}
	}
	return head + luaNames("CALL_FIELDS", callFields) + luaNames("OFFER_FIELDS", offerFields) + body
}

func luaNames[T any](name string, fields []field[T]) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		quoted[i] = "'" + f.name + "'"
	}
	return "\nlocal function " + name + "() return {" + strings.Join(quoted, ",") + "} end"
}
