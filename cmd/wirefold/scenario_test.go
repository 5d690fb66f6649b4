package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected files of the scenarios")

const (
	repository = "../.."
	scenarios  = repository + "/testdata/scenarios/*.txtar"
	// patience is how long a server may take to answer or to end: far more than it needs on a busy machine.
	patience = 60 * time.Second
)

func TestMain(m *testing.M) {
	testscript.Main(withCrashDir{m}, map[string]func(){"wirefold": main})
}

// crashDir is where crashBinary builds.
var crashDir string

type withCrashDir struct{ *testing.M }

// Run runs the tests with a folder for the binary that several of them kill.
func (m withCrashDir) Run() int {
	var err error
	if crashDir, err = os.MkdirTemp("", "wirefold-crash-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(crashDir)
	return m.M.Run()
}

// Each scenario is a file of testdata/scenarios: a script of commands, and the files that it starts with. Beside the
// commands of testscript there are those of scenarioCommands; "exits 78 wirefold check" is "exec" with an exit code.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob(scenarios)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios match %s (%v)", scenarios, err)
	}
	testscript.Run(t, testscript.Params{
		Files:               files,
		Cmds:                scenarioCommands,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Values[serverKey{}] = new(*running)
			e.Values[leaseKey{}] = new(func())
			seeds, err := filepath.Abs(filepath.Join(repository, "seeds"))
			e.Setenv("SEEDS", seeds)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("TZ", "UTC")
			return err
		},
	})
}

var scenarioCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":   exits,
	"seeds":   copySeeds,
	"server":  startServer,
	"stop":    stopServer,
	"get":     get,
	"entries": entries,
	"snap":    snap,
	"lease":   takeLease,
	"unlease": giveLease,
	"newer":   makeNewer,
}

func noNegation(ts *testscript.TestScript, neg bool, usage string, ok bool) {
	if neg || !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

// exits CODE PROGRAM ARG…: runs a program that must end with this code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "exits CODE PROGRAM ARG…", len(args) >= 2)
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %v: %v", args[1:], err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%v ended with %d, want %s", args[1:], code, args[0])
	}
}

// seeds DIR [PREFIX…]: copies the seed files of the repository, or those whose names begin so.
func copySeeds(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "seeds DIR [PREFIX…]", len(args) >= 1)
	if len(args) == 1 {
		args = append(args, "")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	n := 0
	for _, prefix := range args[1:] {
		files, err := filepath.Glob(filepath.Join(ts.Getenv("SEEDS"), prefix+"*.txt"))
		ts.Check(err)
		for _, f := range files {
			raw, err := os.ReadFile(f)
			ts.Check(err)
			ts.Check(os.WriteFile(filepath.Join(dir, filepath.Base(f)), raw, 0o644))
			n++
		}
	}
	if n == 0 {
		ts.Fatalf("no seeds begin with %v", args[1:])
	}
}

var entryMarks = map[string]*regexp.Regexp{
	".atom": regexp.MustCompile(`<entry[ >]`),
	".rss":  regexp.MustCompile(`<item[ >]`),
	".json": regexp.MustCompile(`"content_html"`),
}

// entries N FILE…: every feed holds this many entries.
func entries(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "entries N FILE…", len(args) >= 2)
	for _, name := range args[1:] {
		mark := entryMarks[filepath.Ext(name)]
		if mark == nil {
			ts.Fatalf("%s is no feed", name)
		}
		if n := len(mark.FindAllString(ts.ReadFile(name), -1)); strconv.Itoa(n) != args[0] {
			ts.Fatalf("%s has %d entries, want %s", name, n, args[0])
		}
	}
}

// snap DIR FILE: writes the names, sizes, times and hashes of all files below DIR to FILE, for cmp.
func snap(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "snap DIR FILE", len(args) == 2)
	root := ts.MkAbs(args[0])
	var out strings.Builder
	ts.Check(filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		fmt.Fprintf(&out, "%s %d %s\n", filepath.ToSlash(rel), info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano))
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o644))
}
