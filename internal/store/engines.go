package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"wirefold/internal/news"
)

// sqlitePath makes the path of a SQLite store absolute and its directory exist.
func sqlitePath(dsn string) (string, error) {
	path, err := filepath.Abs(strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("%w: %w", news.ErrUnwritable, err)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%w: %s is not a regular file", news.ErrUnwritable, path)
	}
	return path, nil
}

// openSQLite opens one pool that reads and one that writes. There is one writer a process, so that its transactions
// queue in order instead of polling for the file's lock. Settings stand in the DSN: sent later, they would reach one
// connection only.
func openSQLite(path string) (r, w *sql.DB, err error) {
	base := url.Values{}
	base.Set("_busy_timeout", fmt.Sprint(busyWait.Milliseconds()))
	base.Set("_journal_mode", "WAL")
	base.Set("_synchronous", "FULL")
	base.Add("_pragma", "page_size(8192)") // of new files
	base.Add("_pragma", "temp_store(memory)")
	base.Add("_pragma", "journal_size_limit(67108864)") // a WAL that once grew is cut back to 64 MiB
	base.Add("_pragma", "wal_autocheckpoint(4000)")     // 16 MiB: fewer, larger checkpoints
	reading, writing := url.Values{}, url.Values{}
	for k, v := range base {
		reading[k] = v
		writing[k] = append([]string(nil), v...)
	}
	reading.Set("_query_only", "1")
	writing.Set("_txlock", "immediate")
	// The engine's allocator gives a page of 8 KiB and its header a slot of 16 KiB, of which 12 are touched, so a cache takes half
	// as much again as it holds: 3 MiB for the writer, since 6 MiB saved no time in refreshes of 1,000 feeds, and what a
	// reader needs for one look-up. The system caches the file besides. Sizes are in pages: the engine turns bytes into pages before
	// it has read how large those are, and would take twice as many.
	writing.Add("_pragma", "cache_size(256)")
	reading.Add("_pragma", "cache_size(32)")
	name := func(v url.Values) string {
		return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: v.Encode()}).String()
	}
	if w, err = sql.Open("sqlite", name(writing)); err != nil {
		return nil, nil, err
	}
	if r, err = sql.Open("sqlite", name(reading)); err != nil {
		w.Close()
		return nil, nil, err
	}
	w.SetMaxOpenConns(1)
	w.SetMaxIdleConns(1)
	r.SetMaxOpenConns(fileReaders)
	r.SetMaxIdleConns(fileReaders) // to open one costs as much as many look-ups
	r.SetConnMaxIdleTime(idle)
	w.SetConnMaxIdleTime(idle)
	return r, w, nil
}

// idle is after how long an unused connection gives its page cache back.
const idle = 30 * time.Second

func openPostgres(dsn string) (*sql.DB, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers + 1) // the pulse has one of its own
	db.SetMaxIdleConns(readers)
	return db, nil
}
