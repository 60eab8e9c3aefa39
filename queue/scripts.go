package queue

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// prelude is put before every script: what more than one of them does.
const prelude = "_common.lua"

// loadScripts gives every script by its file's name without ".lua". The names
// of a record's fields come first, from the same lists that read records back.
func loadScripts() (map[string]*redis.Script, error) {
	common, err := luaFiles.ReadFile("lua/" + prelude)
	if err != nil {
		return nil, fmt.Errorf("read prelude: %w", err)
	}
	files, err := fs.Glob(luaFiles, "lua/*.lua")
	if err != nil {
		return nil, fmt.Errorf("list scripts: %w", err)
	}
	head := luaNames("CALL_FIELDS", callFields) + luaNames("OFFER_FIELDS", offerFields) + string(common)
	scripts := make(map[string]*redis.Script, len(files))
	for _, file := range files {
		if path.Base(file) == prelude {
			continue
		}
		body, err := luaFiles.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read script: %w", err)
		}
		scripts[strings.TrimSuffix(path.Base(file), ".lua")] = redis.NewScript(head + string(body))
	}
	return scripts, nil
}

func luaNames[T any](name string, fields []field[T]) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		quoted[i] = "'" + f.name + "'"
	}
	return "local function " + name + "() return {" + strings.Join(quoted, ",") + "} end\n"
}
