package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// started is what a command left behind.
type started struct {
	exit           int
	stdout, stderr string
}

// command runs one command line with an environment of its own, on a Saturday
// night.
func command(t *testing.T, environ []string, stdin string, args ...string) started {
	t.Helper()
	return commandAt(t, func() time.Time { return time.Date(2026, 11, 21, 3, 30, 0, 0, time.UTC) }, environ, stdin, args...)
}

func commandAt(t *testing.T, now func() time.Time, environ []string, stdin string, args ...string) started {
	t.Helper()
	var out, errs bytes.Buffer
	exit := run(t.Context(), args, shell{environ: environ, stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, now: now})
	return started{exit: exit, stdout: out.String(), stderr: errs.String()}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args    []string
		environ []string
		exit    int
		stdout  string
		stderr  string
	}{
		"nothing asked":   {args: nil, exit: exitDone, stdout: "Exit codes: 0 done"},
		"version":         {args: []string{"version"}, exit: exitDone, stdout: "crisisline "},
		"no such command": {args: []string{"serv"}, exit: exitUsage, stderr: `"crisisline --help" tells more`},
		"no such flag":    {args: []string{"version", "--jsn"}, exit: exitUsage, stderr: `"crisisline version --help" tells more`},
		"too many words":  {args: []string{"version", "please"}, exit: exitUsage, stderr: "please"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := command(t, test.environ, "", test.args...)
			if got.exit != test.exit || !strings.Contains(got.stdout, test.stdout) || !strings.Contains(got.stderr, test.stderr) {
				t.Errorf("got exit %d\nstdout: %s\nstderr: %s", got.exit, got.stdout, got.stderr)
			}
		})
	}
}

func TestVersionAsJSON(t *testing.T) {
	t.Parallel()
	var b build
	if err := json.Unmarshal([]byte(command(t, nil, "", "version", "--json").stdout), &b); err != nil {
		t.Fatal(err)
	}
	if b.Version == "" || b.Go == "" || b.Platform == "" {
		t.Errorf("got %+v", b)
	}
}
