//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// victim is an installation that is run as a program of its own, so that it can be killed.
type victim struct {
	t      *testing.T
	bin    string
	dir    string
	config string
}

// crashBinary builds the program with the crash hook (step_crash.go), once for all tests; TestMain removes it.
func crashBinary(t *testing.T) string {
	t.Helper()
	bin, err := buildCrash()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

var buildCrash = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(crashDir, "wirefold")
	if out, err := exec.Command("go", "build", "-tags", "nomsgpack,crash", "-o", bin, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
})

// newVictim lays out an installation with that many folders of seed files. Two neighbouring folders tell the same
// event in other words. (Feeds over HTTP take the same steps, but politeness to one host would make them slow.)
func newVictim(t *testing.T, bin string, feeds int) *victim {
	t.Helper()
	v := &victim{t: t, bin: bin, dir: t.TempDir()}
	v.config = filepath.Join(v.dir, "feeds.yaml")
	var b strings.Builder
	b.WriteString("site: {title: Crash, url: \"http://127.0.0.1:1\", author: A, authority: \"crash.example,2026\", listen: \"127.0.0.1:0\", admin: \"127.0.0.1:0\"}\n")
	b.WriteString("publish: {entries: 1000}\ntopics:\n  - {slug: all, title: All}\nfeeds:\n")
	for i := range feeds {
		fmt.Fprintf(&b, "  - {id: outlet%d, seeds: \"outlet%d/*.txt\"}\n", i, i)
		dir := filepath.Join(v.dir, fmt.Sprintf("outlet%d", i))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte(seedText(i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(v.config, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return v
}

// seedText is what folder i tells.
func seedText(i int) string {
	r := rand.New(rand.NewPCG(uint64(i/2), 3))
	name := func() string {
		on, end := strings.Fields("Bar Dor Kel Mar Nav Ost Per Rin Sal Tor"), strings.Fields("adek elin imov onas urim asky etan over")
		return on[r.IntN(len(on))] + end[r.IntN(len(end))] + end[r.IntN(len(end))]
	}
	a, b, city, matter := name(), name(), name(), name()
	if i%2 == 0 {
		return fmt.Sprintf("%s and %s discuss the %s treaty\n\n%s: Minister %s met Ambassador %s in %s on 3 March 2026 to discuss the %s treaty.\n", a, b, matter, strings.ToUpper(city), a, b, city, matter)
	}
	return fmt.Sprintf("Talks on the %s treaty in %s\n\n%s: Ambassador %s held talks on the %s treaty with Minister %s in %s on 3 March 2026.\n", matter, city, strings.ToUpper(city), b, matter, a, city)
}

// run runs the program; the error is its exit. killAfter 0 lets it end by itself.
func (v *victim) run(killAfter time.Duration, env []string, args ...string) (string, error) {
	v.t.Helper()
	cmd := exec.Command(v.bin, append(args, "-c", v.config)...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	if killAfter > 0 {
		timer := time.AfterFunc(killAfter, func() {
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				v.t.Error(err)
			}
		})
		defer timer.Stop()
	}
	err := cmd.Wait()
	return out.String(), err
}

// must runs the program and wants it to end well.
func (v *victim) must(args ...string) string {
	v.t.Helper()
	out, err := v.run(0, nil, args...)
	if err != nil {
		v.t.Fatalf("wirefold %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// told is what subscribers are told of one story: its entry id, and the articles that tell it.
type told struct {
	ID       string
	Tellings []string
}

// published reads the entries of the feed that is published now, and checks the store.
func (v *victim) published() []told {
	v.t.Helper()
	w := &world{t: v.t, config: v.config, now: time.Now()}
	w.open()
	defer w.house.close()
	w.storeIsSound()
	b := w.getFrom("http://127.0.0.1:1", "/topics/all/feed.json").Body.Bytes()
	var doc struct {
		Items []struct {
			ID  string `json:"id"`
			Own struct {
				Tellings []struct {
					Article string `json:"article"`
				} `json:"tellings"`
			} `json:"_wirefold"`
		} `json:"items"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		v.t.Fatalf("%v\n%s", err, b)
	}
	var out []told
	for _, it := range doc.Items {
		s := told{ID: it.ID}
		for _, x := range it.Own.Tellings {
			s.Tellings = append(s.Tellings, x.Article)
		}
		slices.Sort(s.Tellings)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b told) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// wholeRun is a refresh that nobody disturbs: what every crashed one must come to in the end.
func wholeRun(t *testing.T, bin string, outlets int) ([]told, time.Duration) {
	t.Helper()
	v := newVictim(t, bin, outlets)
	start := time.Now()
	v.must("refresh", "--force")
	took := time.Since(start)
	want := v.published()
	if len(want) < outlets/4 {
		t.Fatalf("only %d stories: nothing to lose", len(want))
	}
	return want, took
}

func TestACrashAtAnyStepLosesNothing(t *testing.T) {
	t.Parallel()
	const outlets = 40
	bin := crashBinary(t)
	want, _ := wholeRun(t, bin, outlets)
	steps := []struct {
		name string
		at   []int
		args []string
	}{
		{"fetch.before", []int{1, 20, 40}, []string{"refresh", "--force"}},
		{"fetch.after", []int{1, 20, 40}, []string{"refresh", "--force"}},
		{"save.before", []int{1, 20}, []string{"refresh", "--force"}},
		{"save.after", []int{1, 20}, []string{"refresh", "--force"}},
		{"place.before", []int{1}, []string{"refresh", "--force"}},
		{"place.after", []int{1}, []string{"refresh", "--force"}},
	}
	for _, st := range steps {
		for _, n := range st.at {
			t.Run(st.name+" "+strconv.Itoa(n), func(t *testing.T) {
				v := newVictim(t, bin, outlets)
				out, err := v.run(0, []string{fmt.Sprintf("WIREFOLD_CRASH_AT=%s:%d", st.name, n)}, st.args...)
				if !killed(err) {
					t.Fatalf("the program was not killed at %s: %v\n%s", st.name, err, out)
				}
				v.must("refresh", "--force")
				if diff := cmp.Diff(want, v.published()); diff != "" {
					t.Errorf("entries after a crash at %s differ (-without +with):\n%s", st.name, diff)
				}
			})
		}
	}
}

// A site that was half written when the process died is made whole by the next run, byte for byte.
func TestACrashAtARenameLosesNothing(t *testing.T) {
	t.Parallel()
	const outlets = 4
	bin := crashBinary(t)
	v := newVictim(t, bin, outlets)
	v.must("refresh", "--force")
	v.must("publish", "--out", filepath.Join(v.dir, "whole"))
	want := filesOf(t, filepath.Join(v.dir, "whole"))
	for _, at := range []string{"rename.before:1", "rename.before:7", "rename.after:1", "rename.after:7"} {
		t.Run(at, func(t *testing.T) {
			site := filepath.Join(t.TempDir(), "site")
			out, err := v.run(0, []string{"WIREFOLD_CRASH_AT=" + at}, "publish", "--out", site)
			if !killed(err) {
				t.Fatalf("the program was not killed at %s: %v\n%s", at, err, out)
			}
			for name, body := range filesOf(t, site) {
				if body != want[name] {
					t.Errorf("%s is half written", name)
				}
			}
			v.must("publish", "--out", site)
			if diff := cmp.Diff(want, filesOf(t, site)); diff != "" {
				t.Errorf("the site after a crash at %s differs (-without +with):\n%s", at, diff)
			}
		})
	}
}

// filesOf reads a site: the files by their paths, without those that were being written.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".wirefold-new-") {
			return err
		}
		b, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// killed says that a program ended by SIGKILL.
func killed(err error) bool {
	var ee *exec.ExitError
	return errors.As(err, &ee) && ee.ExitCode() == -1
}

// TestARandomKillLosesNothing kills refreshes that bring 200 articles at once at random moments: the same entries with the
// same ids are there in the end. 5 times, 100 with WIREFOLD_SOAK.
func TestARandomKillLosesNothing(t *testing.T) {
	t.Parallel()
	const outlets = 200
	rounds := 5
	if os.Getenv("WIREFOLD_SOAK") != "" {
		rounds = 100
	}
	bin := crashBinary(t)
	want, took := wholeRun(t, bin, outlets)
	r := rand.New(rand.NewPCG(7, 7))
	hit := 0
	for i := range rounds {
		v := newVictim(t, bin, outlets)
		if _, err := v.run(time.Duration(r.Int64N(int64(took))), nil, "refresh", "--force"); killed(err) {
			hit++
		}
		v.must("refresh", "--force")
		if diff := cmp.Diff(want, v.published()); diff != "" {
			t.Fatalf("entries after kill %d differ (-without +with):\n%s", i, diff)
		}
	}
	t.Logf("%d rounds, %d of them killed, a whole refresh takes %v", rounds, hit, took)
	if hit < rounds/2 {
		t.Errorf("only %d of %d rounds were killed", hit, rounds)
	}
}

// TestManyRefreshesOnOneStore runs a server and 20 refreshes at once on one SQLite file.
func TestManyRefreshesOnOneStore(t *testing.T) {
	t.Parallel()
	const outlets = 60
	bin := crashBinary(t)
	want, _ := wholeRun(t, bin, outlets)
	v := newVictim(t, bin, outlets)
	server := exec.Command(bin, "serve", "-c", v.config)
	var log bytes.Buffer
	server.Stderr = &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	outs := make([]string, 20)
	errs := make([]error, 20)
	for i := range outs {
		wg.Go(func() { outs[i], errs[i] = v.run(0, nil, "refresh", "--force", "--wait", "60s") })
	}
	wg.Wait()
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server: %v\n%s", err, log.String())
	}
	for i, err := range errs {
		if err != nil || strings.Contains(outs[i], "locked") {
			t.Errorf("refresh %d: %v\n%s", i, err, outs[i])
		}
	}
	if strings.Contains(log.String(), "locked") {
		t.Errorf("the server met a lock:\n%s", log.String())
	}
	if diff := cmp.Diff(want, v.published()); diff != "" {
		t.Errorf("entries differ from those of one refresh (-one +many):\n%s", diff)
	}
}
