package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Postgres is a throw-away PostgreSQL server of a test.
type Postgres struct {
	dir   string
	pid   int // of the server's first process
	count atomic.Int64
}

// StartPostgres starts a server from the installed binaries, reachable by a socket file alone, and stops it at the
// end of the test. Where no binaries are, the test is skipped and says so; with CI=true it fails.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	initdb, postgres := binary("initdb"), binary("postgres")
	if initdb == "" || postgres == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no PostgreSQL binaries (initdb, postgres) on PATH or in /usr/lib/postgresql: CI needs them")
		}
		t.Skip("no PostgreSQL binaries (initdb, postgres) on PATH or in /usr/lib/postgresql: this engine is not tested here")
	}
	// Not t.TempDir: the path of a socket may have only about a hundred characters.
	dir, err := os.MkdirTemp("", "wirefold-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := ownByServer(dir); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	make := exec.Command(initdb, "-D", data, "-U", "wirefold", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	make.Dir = dir
	asServer(make)
	if out, err := make.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	run := exec.Command(postgres, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=64MB", "-c", "max_connections=200")
	run.Dir = dir
	asServer(run)
	var log bytes.Buffer
	run.Stdout, run.Stderr = &log, &log
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Postgres{dir: dir, pid: run.Process.Pid}
	t.Cleanup(func() {
		stop(run)
		if t.Failed() {
			t.Logf("the server said:\n%s", log.Bytes()[max(0, log.Len()-4096):])
		}
	})
	p.await(t)
	return p
}

// stop ends the server and waits for it. Its exit status says nothing: it was told to go.
func stop(run *exec.Cmd) {
	if err := run.Process.Signal(os.Interrupt); err != nil {
		return
	}
	timer := time.AfterFunc(20*time.Second, func() { run.Process.Kill() })
	defer timer.Stop()
	run.Wait()
}

func (p *Postgres) dsn(name string) string {
	return fmt.Sprintf("postgres://wirefold@/%s?host=%s", name, p.dir)
}

func (p *Postgres) await(t testing.TB) {
	t.Helper()
	db, err := sql.Open("pgx", p.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("PostgreSQL does not answer: %v", err)
		case <-tick.C:
		}
	}
}

// NewDSN makes a fresh database and names it.
func (p *Postgres) NewDSN(t testing.TB) string {
	t.Helper()
	db, err := sql.Open("pgx", p.dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := fmt.Sprintf("w%d", p.count.Add(1))
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return p.dsn(name)
}

// Exec runs statements in a database that NewDSN made, as its administrator would.
func (p *Postgres) Exec(t testing.TB, dsn, statements string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

// binary finds a program of PostgreSQL, the newest that is installed. Debian's stand in a directory of their own.
func binary(name string) string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is well-formed
	slices.SortFunc(found, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}
