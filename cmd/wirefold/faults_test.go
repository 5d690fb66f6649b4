//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wirefold/internal/testtools/gen"
)

// These are the faults of docs/operating.md ("When something breaks"), each on the real program: the line that is
// promised, old feeds served on, nothing lost, and it goes on by itself.

// faulty is an installation with a folder of seeds and nothing else.
type faulty struct {
	*victim
	vocab *gen.Vocab
	told  int
}

// newFaulty lays out an installation whose desk has written two articles; extra is appended to its feeds.
func newFaulty(t *testing.T, extra ...string) *faulty {
	t.Helper()
	f := &faulty{victim: &victim{t: t, bin: crashBinary(t), dir: t.TempDir()}, vocab: gen.NewVocab(50_000, 1.05)}
	f.config = f.path("feeds.yaml")
	text := "site: {title: Faults, url: \"http://faults.example\", author: A, authority: \"faults.example,2026\", admin: none}\n" +
		"publish: {window: 1000d}\ntopics:\n  - {slug: all, title: All}\nfeeds:\n  - {id: desk, seeds: \"desk/*.txt\"}\n" + strings.Join(extra, "")
	if err := os.WriteFile(f.config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"desk", "data"} {
		if err := os.Mkdir(f.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	f.tell(2)
	return f
}

// tell lets the desk write that many articles, each on an event of its own.
func (f *faulty) tell(n int) {
	f.t.Helper()
	for range n {
		f.told++
		title, text := f.vocab.Telling(uint64(f.told), 0, tellingWords)
		if err := os.WriteFile(f.path(fmt.Sprintf("desk/%d.txt", f.told)), []byte(title+"\n\n"+text), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
}

// fails runs a command that must end with this code and say this.
func (f *faulty) fails(code int, says string, wrap func(*exec.Cmd), args ...string) {
	f.t.Helper()
	cmd := exec.Command(f.bin, append(args, "-c", f.config)...)
	cmd.Dir = f.dir
	if wrap != nil {
		wrap(cmd)
	}
	var out bytes.Buffer
	cmd.Stderr = &out
	if cmd.Stdout == nil {
		cmd.Stdout = &out
	}
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(out.String(), says) || says == "" && out.Len() > 0 {
		f.t.Errorf("wirefold %s: exit %d (%v), want %d and %q; it said:\n%s", strings.Join(args, " "), got, err, code, says, out.String())
	}
}

// inShell makes a command run at the end of a shell script.
func inShell(script string) func(*exec.Cmd) {
	return func(c *exec.Cmd) {
		c.Args = append([]string{"sh", "-c", script + `; exec "$@"`, "sh"}, c.Args...)
		c.Path = "/bin/sh"
	}
}

// smallDisk makes data/ a disk of its own, in a view of the file system that only the command has.
func smallDisk(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	wrap := func(c *exec.Cmd) {
		inShell("mount -t tmpfs -o size=2m none data || exit 99")(c)
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}}
	}
	try := exec.Command("true")
	try.Dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(try.Dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	wrap(try)
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody mount a tmpfs of their own (%v: %s); TestFullDiskLosesNothingAndPasses of internal/store fills the database itself", err, out)
	}
	return wrap
}

func TestAFullDiskIsSaidAndPasses(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	s := f.serve(smallDisk(t))
	s.await("publishes the first articles", func() bool { return s.articles() == 2 })
	_, before := s.get(jsonPath)
	ballast := fmt.Sprintf("/proc/%d/root%s", s.cmd.Process.Pid, f.path("data/ballast"))
	fill, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = fill.Write(chunk)
	}
	fill.Close()
	f.tell(30)
	s.reload()
	s.says("the disk is full")
	if code, body := s.get(jsonPath); code != http.StatusOK || body != before {
		t.Errorf("while the disk is full the feed answers %d, and other bytes: %v", code, body != before)
	}
	if code, _ := s.get("/readyz"); code != http.StatusOK {
		t.Errorf("while the disk is full /readyz answers %d", code)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	s.await("publishes the rest when there is room", func() bool { return s.articles() == 32 })
	s.end()
}

func TestARefreshOnAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	f.tell(30)
	wrap := smallDisk(t)
	f.fails(exitIO, "the disk is full", func(c *exec.Cmd) {
		inShell("head -c 1900000 /dev/zero >data/ballast")(c)
		wrap(c)
	}, "refresh")
	f.fails(0, "32 new articles", func(c *exec.Cmd) {
		inShell(fmt.Sprintf("head -c 1900000 /dev/zero >data/ballast; %q refresh -c %q 2>/dev/null; rm data/ballast", f.bin, f.config))(c)
		wrap(c)
	}, "refresh", "-v")
}

func TestADatabaseThatIsTakenAwayIsMissedAndFoundAgain(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	s := f.serve(nil)
	s.await("publishes the first articles", func() bool { return s.articles() == 2 })
	db := f.path("data/wirefold.db")
	for _, part := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(db+part, db+part+".away"); err != nil {
			t.Fatal(err)
		}
	}
	f.tell(1)
	s.reload()
	s.says("was moved or removed while in use")
	if n := s.articles(); n != 2 {
		t.Errorf("%d articles while the database is away, want the old 2", n)
	}
	for _, part := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(db+part+".away", db+part); err != nil {
			t.Fatal(err)
		}
	}
	s.await("publishes the next article", func() bool { return s.articles() == 3 })
	s.end()
	f.must("integrity")
}

func TestADatabaseThatIsCutShortIsSaidAndRestored(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	f.tell(40)
	f.must("refresh")
	f.must("backup", f.path("backup.db"))
	s := f.serve(nil)
	s.await("publishes all", func() bool { return s.articles() == 42 })
	_, before := s.get(jsonPath)
	db := f.path("data/wirefold.db")
	info, err := os.Stat(db)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(db, info.Size()/8); err != nil {
		t.Fatal(err)
	}
	f.tell(1)
	s.reload()
	s.says("the database is damaged: restore a backup")
	if code, body := s.get(jsonPath); code != http.StatusOK || body != before {
		t.Errorf("with a damaged database the feed answers %d, and other bytes: %v", code, body != before)
	}
	f.fails(exitLocked, "stop the programs that use it first", nil, "restore", f.path("backup.db"))
	s.end()
	f.must("restore", f.path("backup.db"))
	f.must("integrity")
	s = f.serve(nil)
	s.await("publishes all and the next", func() bool { return s.articles() == 43 })
	s.end()
}

// asNobody runs a command as a user who may not write: permissions mean nothing to root.
func asNobody(c *exec.Cmd) {
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}

func TestADataDirectoryThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	f.must("refresh")
	for dir := f.dir; dir != filepath.Dir(dir) && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { // nobody must reach it
			t.Fatal(err)
		}
	}
	if err := os.Chmod(crashDir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(f.path("data"), 0o555); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"refresh", "serve"} {
		f.fails(exitUnwritable, "cannot write the data directory", asNobody, command)
	}
	if err := os.Chmod(f.path("data"), 0o755); err != nil {
		t.Fatal(err)
	}
	f.tell(1)
	f.fails(0, "1 new articles", nil, "refresh", "-v")
}

func TestALockedDatabaseIsWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	f.must("refresh")
	db, err := sql.Open("sqlite", "file:"+f.path("data/wirefold.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(2*time.Second, func() {
		if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		conn.Close()
	})
	defer timer.Stop()
	f.tell(1)
	f.fails(0, "1 new articles", nil, "refresh", "-v")
}

// webFeed is one feed of a server as feeds.yaml has it; the server may be allowed by the environment only.
func webFeed(s *httptest.Server, path string) string {
	return fmt.Sprintf("  - {url: %q, backfill: true}\nfetch: {allow: [%q]}\n", s.URL+path, strings.TrimPrefix(s.URL, "http://"))
}

func TestSIGTERMEndsARefreshThatWaitsForAHost(t *testing.T) {
	t.Parallel()
	asked := make(chan bool, 1)
	hang := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- true
		<-r.Context().Done()
	}))
	defer hang.Close()
	f := newFaulty(t, webFeed(hang, "/feed"))
	cmd := exec.Command(f.bin, "refresh", "-c", f.config)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Wait(); err != nil || out.Len() > 0 {
		t.Errorf("the refresh ended with %v and said %q, want a silent 0", err, out.String())
	}
	if took := time.Since(start); took > publishDrain {
		t.Errorf("it took %s to end", took)
	}
	f.must("refresh", "--feed", "desk")
	s := f.serve(nil)
	if n := s.articles(); n != 2 {
		t.Errorf("%d articles after the next refresh, want 2", n)
	}
	s.end()
}

// publishDrain is far more than a process needs to stop, and less than the timeout of a fetch.
const publishDrain = 20 * time.Second

func TestFewFilesAndLittleMemoryAreEnough(t *testing.T) {
	t.Parallel()
	web := newTellers(t, 100)
	for e := range 100 {
		web.tell(e, 0)
	}
	var feeds strings.Builder
	for i, s := range web.servers {
		fmt.Fprintf(&feeds, "  - {id: web%d, url: %q, backfill: true}\n", i, s.URL+"/feed.rss")
	}
	fmt.Fprintf(&feeds, "fetch: {allow: [%s]}\n", strings.Join(web.hosts(), ", "))
	for name, limit := range map[string]string{"64 files": "ulimit -n 64", "256 MiB": "ulimit -d 262144"} {
		t.Run(name, func(t *testing.T) {
			f := newFaulty(t, feeds.String())
			f.fails(0, "102 new articles", inShell(limit), "refresh", "-v")
		})
	}
}

// The program as a whole, too, gets by with little memory beside a seed of 1 GiB, and says why it is not read.
func TestASeedOfAGigabyteIsSaidAndLeftAlone(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	huge := f.path("desk/huge.txt")
	if err := os.WriteFile(huge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, 1<<30); err != nil { // a hole: it takes no room on the disk
		t.Fatal(err)
	}
	f.fails(exitAllFailed, "huge.txt: too large: 1073741824 bytes", inShell("ulimit -d 262144"), "refresh")
	s := f.serve(inShell("ulimit -d 262144"))
	if n := s.articles(); n != 2 {
		t.Errorf("%d articles beside the huge file, want 2", n)
	}
	s.end()
}

func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	full := func(c *exec.Cmd) {
		to, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { to.Close() })
		c.Stdout = to
	}
	f.fails(exitIO, "no space left on device", full, "refresh", "--json")
	f.fails(exitIO, "no space left on device", full, "correct", "export")
	f.fails(0, "", func(c *exec.Cmd) { inShell("exec >&-")(c) }, "refresh")
	f.must("integrity")
}

// The outside world fails: names do not resolve, hosts answer nothing. What was there is published on.
func TestOldEntriesOutliveTheNetwork(t *testing.T) {
	f := newFaulty(t, "  - {id: web, url: \"http://outlet.example/feed\", backfill: true}\n  - {id: slow, url: \"http://slow.example/feed\"}\n"+
		"fetch: {timeout: 2s, allow: [\"outlet.example:80\", \"slow.example:80\"]}\n")
	var stderr bytes.Buffer
	a := &app{Stdin: strings.NewReader(""), Stdout: &stderr, Stderr: &stderr, Getenv: func(string) string { return "" }, Now: time.Now}
	a.Dial = func(ctx context.Context, _, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "slow.") {
			<-ctx.Done() // a resolver that answers too late
			return nil, ctx.Err()
		}
		return nil, &net.DNSError{Err: "no such host", Name: "outlet.example", IsNotFound: true}
	}
	for _, tt := range []struct {
		want int
		says []string
		args []string
	}{
		{exitSomeFailed, []string{"web: ", "no such host", "slow: no whole answer within 2s"}, []string{"refresh"}},
		{exitAllFailed, []string{"no such host"}, []string{"refresh", "--force", "--feed", "web"}},
		{0, nil, []string{"publish", "--out", f.path("site")}},
	} {
		stderr.Reset()
		if got := run(t.Context(), a, append(tt.args, "-c", f.config)); got != tt.want {
			t.Errorf("wirefold %v: exit %d, want %d\n%s", tt.args, got, tt.want, stderr.String())
		}
		for _, s := range tt.says {
			if !strings.Contains(stderr.String(), s) {
				t.Errorf("wirefold %v said %q, want %q", tt.args, stderr.String(), s)
			}
		}
	}
	b, err := os.ReadFile(f.path("site/topics/all/feed.json"))
	if err != nil || bytes.Count(b, []byte(`"content_html"`)) != 2 {
		t.Errorf("the site has not the two articles of the desk: %v\n%s", err, b)
	}
}

// A clock that was a year ahead, or is a day back, takes nothing away and stops nothing for good.
func TestTheClockMayBeWrong(t *testing.T) {
	outlet := newTellers(t, 1)
	outlet.tell(1000, 0)
	f := newFaulty(t, webFeed(outlet.servers[0], "/feed.rss"))
	true0 := time.Now().Truncate(time.Second)
	now := true0
	var out bytes.Buffer
	a := &app{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Now: func() time.Time { return now }}
	do := func(args ...string) {
		t.Helper()
		out.Reset()
		if got := run(t.Context(), a, append(args, "-c", f.config)); got != 0 {
			t.Fatalf("wirefold %v at %s: exit %d\n%s", args, now, got, out.String())
		}
	}
	ids := func() map[string]bool {
		t.Helper()
		do("publish", "--out", f.path("site"))
		b, err := os.ReadFile(f.path("site/topics/all/feed.json"))
		if err != nil {
			t.Fatal(err)
		}
		return entryIDs(t, b)
	}
	do("refresh")
	first := ids()
	for _, wrong := range []time.Duration{365 * 24 * time.Hour, -24 * time.Hour} {
		now = true0.Add(wrong)
		f.tell(1)
		outlet.tell(1001+int(wrong/time.Hour), 0)
		do("refresh", "--force")
	}
	// Right again: two days on, every feed has been asked by the schedule alone.
	now = true0.Add(48 * time.Hour)
	outlet.tell(2000, 0)
	do("refresh")
	last := ids()
	for id := range first {
		if !last[id] {
			t.Errorf("entry %s is gone", id)
		}
	}
	if want := len(first) + 2 + 3; len(last) != want {
		t.Errorf("%d entries, want %d", len(last), want)
	}
	do("integrity")
}

func entryIDs(t *testing.T, feed []byte) map[string]bool {
	t.Helper()
	var doc struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal(feed, &doc); err != nil {
		t.Fatalf("%v\n%s", err, feed)
	}
	ids := map[string]bool{}
	for _, it := range doc.Items {
		ids[it.ID] = true
	}
	return ids
}
