// Package arch holds the tests of the house itself: who may import whom, which library lives where, and which versions
// must agree (docs/design.md sections 2 and 8). It has no code of its own.
package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	root   = "../../.."
	module = "wirefold"
	news   = module + "/internal/news"
	tools  = module + "/internal/testtools/"
)

// exceptions are the arrows between houses that are allowed beside "everything imports news".
var exceptions = map[string][]string{
	module + "/normalize/train":          {module + "/normalize"},      // the trainer makes the matcher's model file
	module + "/internal/store/storetest": {module + "/internal/store"}, // the conformance suite of the store
}

// homes says where a library may be imported from. The longest prefix counts.
var homes = map[string][]string{
	"github.com/mmcdole/gofeed":                  {"fetch"},
	"golang.org/x/net/html":                      {"fetch", "normalize", "publish"},
	"golang.org/x/net/html/atom":                 anywhere, // a table of names
	"golang.org/x/net/html/charset":              {"fetch"},
	"github.com/temoto/robotstxt":                {"fetch"},
	"github.com/fsnotify/fsnotify":               {"fetch", "cmd/wirefold"},
	"github.com/PuerkitoBio/goquery":             {"normalize", "normalize/train"},
	"github.com/abadojack/whatlanggo":            {"normalize"},
	"codeberg.org/readeck/go-readability/v2":     {"fetch", "normalize"},
	"github.com/gin-gonic/gin":                   {"publish", "internal/testtools/bench"},
	"github.com/gorilla/feeds":                   {"publish"},
	"github.com/prometheus/client_golang":        {"publish", "cmd/wirefold"},
	"modernc.org/sqlite":                         {"internal/store"},
	"github.com/jackc/pgx/v5":                    {"internal/store"},
	"database/sql":                               {"internal/store", "internal/store/storetest"},
	"github.com/goccy/go-yaml":                   {"internal/config"},
	"github.com/spf13/cobra":                     {"cmd/wirefold"},
	"github.com/google/go-cmp/cmp":               {"internal/store/storetest"},
	"pgregory.net/rapid":                         {"internal/store/storetest"},
	"github.com/andybalholm/brotli":              anywhere,
	"github.com/klauspost/compress":              anywhere,
	"github.com/clipperhouse/uax29/v2":           anywhere,
	"github.com/nlnwa/whatwg-url":                {"normalize", "fetch"},
	"golang.org/x/net/http/httpguts":             {"fetch", "publish"},
	"golang.org/x/net/idna":                      anywhere,
	"golang.org/x/net/publicsuffix":              anywhere,
	"golang.org/x/net/netutil":                   {"publish"},
	"golang.org/x/sync":                          anywhere,
	"golang.org/x/sys":                           anywhere,
	"golang.org/x/text":                          anywhere,
	"golang.org/x/time/rate":                     {"fetch", "publish"},
	"github.com/rogpeppe/go-internal/lockedfile": {"internal/store"},
}

var anywhere = []string{"*"}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func goList(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	return out
}

func packages(t *testing.T) []pkg {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(goList(t, "-tags", "nomsgpack", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")))
	var out []pkg
	for {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if len(out) < 5 {
		t.Fatalf("go list found %d packages", len(out))
	}
	return out
}

// arrow says why from may not import to, "" when it may.
func arrow(from, to string) string {
	switch {
	case to != module && !strings.HasPrefix(to, module+"/"):
		return ""
	case strings.HasPrefix(to, tools):
		if strings.HasPrefix(from, tools) {
			return ""
		}
		return "test tools are for tests"
	case strings.HasPrefix(from, module+"/cmd/"), strings.HasPrefix(from, tools):
		return ""
	case from == news:
		return "news imports the standard library alone"
	case to == news, slices.Contains(exceptions[from], to):
		return ""
	}
	return "a house imports internal/news and no other of ours"
}

func TestEveryArrowOfTheStarPointsToNews(t *testing.T) {
	for _, p := range packages(t) {
		for _, to := range p.Imports {
			if why := arrow(p.ImportPath, to); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, to, why)
			}
		}
		// Tests may use the test tools; the arrows between the houses hold for them too.
		for _, to := range slices.Concat(p.TestImports, p.XTestImports) {
			if to == p.ImportPath || strings.HasPrefix(to, tools) || strings.HasPrefix(to, p.ImportPath+"/") {
				continue
			}
			if why := arrow(p.ImportPath, to); why != "" && to != news {
				t.Errorf("a test of %s imports %s: %s", p.ImportPath, to, why)
			}
		}
	}
}

// home says why a package may not import a library, "" when it may.
func home(from, lib string) string {
	if strings.HasPrefix(from, tools) {
		return ""
	}
	best := ""
	for prefix := range homes {
		if (lib == prefix || strings.HasPrefix(lib, prefix+"/")) && len(prefix) > len(best) {
			best = prefix
		}
	}
	first, _, _ := strings.Cut(lib, "/")
	switch {
	case best == "" && !strings.Contains(first, "."):
		return "" // the standard library
	case best == "":
		return "the library has no home in internal/testtools/arch"
	case homes[best][0] == "*", slices.Contains(homes[best], strings.TrimPrefix(from, module+"/")):
		return ""
	}
	return "its home is " + strings.Join(homes[best], ", ")
}

func TestEveryLibraryStaysInItsHome(t *testing.T) {
	for _, p := range packages(t) {
		for _, lib := range p.Imports {
			if strings.HasPrefix(lib, module+"/") {
				continue
			}
			if why := home(p.ImportPath, lib); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, lib, why)
			}
		}
	}
}

func TestTheRulesSayNoToo(t *testing.T) {
	for _, a := range [][2]string{
		{module + "/fetch", module + "/normalize"}, {news, module + "/fetch"}, {module + "/publish", tools + "readers"},
		{module + "/internal/store", module + "/internal/config"}, {module + "/normalize", module + "/cmd/wirefold"},
	} {
		if arrow(a[0], a[1]) == "" {
			t.Errorf("%s may import %s", a[0], a[1])
		}
	}
	for _, l := range [][2]string{
		{module + "/publish", "github.com/mmcdole/gofeed"}, {module + "/fetch", "github.com/PuerkitoBio/goquery"},
		{module + "/internal/refresh", "database/sql"}, {module + "/normalize", "example.org/unheard/of"},
		{module + "/normalize", "golang.org/x/net/html/charset"},
	} {
		if home(l[0], l[1]) == "" {
			t.Errorf("%s may import %s", l[0], l[1])
		}
	}
}

// Another libc than the one that modernc.org/sqlite was made with has crashed programs.
func TestSQLiteRunsOnTheLibcThatItPins(t *testing.T) {
	var sqlite struct{ GoMod string }
	if err := json.Unmarshal(goList(t, "-m", "-json", "modernc.org/sqlite"), &sqlite); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(sqlite.GoMod)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(raw)
	got := strings.TrimSpace(string(goList(t, "-m", "-f", "{{.Version}}", "modernc.org/libc")))
	if want == nil || got != string(want[1]) {
		t.Errorf("go.mod has modernc.org/libc %s, modernc.org/sqlite pins %s", got, want)
	}
}

// One flag set: another one compiles everything a second time, and tests what is not shipped.
func TestMakefileAndCIBuildWithTheSameTags(t *testing.T) {
	command := regexp.MustCompile(`\bgo (?:build|run|test|vet) .*`)
	for _, name := range []string{"Makefile", ".ci/run"} {
		raw, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range command.FindAllString(string(raw), -1) {
			if !strings.Contains(line, "-tags nomsgpack") && !strings.Contains(line, "$(FLAGS)") {
				t.Errorf("%s: %q does not use the common flags", name, line)
			}
		}
	}
}
