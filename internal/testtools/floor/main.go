// Command floor is the bare minimum that wirefold's costs are counted against: the same libraries, and nothing else done.
//
//	floor -db F -urls FILE [-workers 16]   conditional GET, gofeed, hash compare, SQLite insert: no cleaning, grouping or guard
//	floor -db F -files GLOB                read the files, insert their text
//	floor -serve                           an HTTP server with one fixed answer; prints its address, ends when stdin does
//	floor                                  start and end
package main

import (
	"bytes"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/mmcdole/gofeed"
	_ "modernc.org/sqlite"
)

// maxBody is what a fetch may bring; batch how many rows a transaction takes.
const (
	maxBody = 10 << 20
	batch   = 3000
)

func main() {
	db := flag.String("db", "", "SQLite file")
	urls := flag.String("urls", "", "file with one URL a line")
	files := flag.String("files", "", "glob of text files")
	workers := flag.Int("workers", 16, "fetches at once")
	serve := flag.Bool("serve", false, "serve one fixed answer")
	flag.Parse()
	if err := run(*db, *urls, *files, *workers, *serve); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(path, urls, files string, workers int, serve bool) error {
	switch {
	case serve:
		return answer()
	case path == "":
		return nil
	}
	db, err := open(path)
	if err != nil {
		return err
	}
	if files != "" {
		err = insertFiles(db, files)
	} else {
		err = refresh(db, urls, workers)
	}
	return errors.Join(err, db.Close())
}

func answer() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("listening on http://" + l.Addr().String())
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintln(w, "ok")
	})}
	go func() {
		if _, err := io.Copy(io.Discard, os.Stdin); err == nil {
			srv.Close()
		}
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func open(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for _, q := range []string{
		`CREATE TABLE IF NOT EXISTS f(id INTEGER PRIMARY KEY, url TEXT UNIQUE, etag TEXT NOT NULL)`,
		`CREATE TABLE IF NOT EXISTS a(id INTEGER PRIMARY KEY, feed INT NOT NULL, guid TEXT NOT NULL, url TEXT, title TEXT, content TEXT,
			published INT, hash INT, UNIQUE(feed, guid))`,
	} {
		if _, err := db.Exec(q); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

func insertFiles(db *sql.DB, glob string) error {
	names, err := filepath.Glob(glob)
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := db.Exec(`INSERT INTO a(feed, guid, content) VALUES(0, ?, ?) ON CONFLICT DO NOTHING`, name, string(raw)); err != nil {
			return err
		}
	}
	return nil
}

type source struct {
	id        int64
	url, etag string
}

type result struct {
	source source
	items  []*gofeed.Item
	code   int
	err    error
}

func sources(db *sql.DB, urls string) ([]source, error) {
	raw, err := os.ReadFile(urls)
	if err != nil {
		return nil, err
	}
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	for _, u := range strings.Fields(string(raw)) {
		if _, err := tx.Exec(`INSERT INTO f(url, etag) VALUES(?, '') ON CONFLICT DO NOTHING`, u); err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	rows, err := db.Query(`SELECT id, url, etag FROM f`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []source
	for rows.Next() {
		var s source
		if err := rows.Scan(&s.id, &s.url, &s.etag); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func refresh(db *sql.DB, urls string, workers int) error {
	all, err := sources(db, urls)
	if err != nil {
		return err
	}
	in, out := make(chan source), make(chan result, 2*workers)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for s := range in {
				out <- fetch(client, s)
			}
		})
	}
	go func() {
		for _, s := range all {
			in <- s
		}
		close(in)
		group.Wait()
		close(out)
	}()
	return store(db, out)
}

func fetch(client *http.Client, s source) result {
	req, err := http.NewRequest(http.MethodGet, s.url, nil)
	if err != nil {
		return result{source: s, err: err}
	}
	if s.etag != "" {
		req.Header.Set("If-None-Match", s.etag)
	}
	res, err := client.Do(req)
	if err != nil {
		return result{source: s, err: err}
	}
	defer res.Body.Close()
	r := result{source: s, code: res.StatusCode}
	if res.StatusCode != http.StatusOK {
		return r
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return result{source: s, err: err}
	}
	r.source.etag = res.Header.Get("ETag")
	f, err := gofeed.NewParser().Parse(bytes.NewReader(raw))
	if err != nil {
		return result{source: s, err: err}
	}
	r.items = f.Items
	return r
}

func store(db *sql.DB, results <-chan result) error {
	var tx *sql.Tx
	var first error
	fresh, unchanged, bad, pending := 0, 0, 0, 0
	for r := range results {
		if first != nil {
			continue // drain, so that the workers end
		}
		if r.err != nil || r.code >= 400 {
			bad++
			continue
		}
		if r.code == http.StatusNotModified {
			unchanged++
			continue
		}
		if tx == nil {
			if tx, first = db.Begin(); first != nil {
				continue
			}
		}
		n, err := insert(tx, r)
		if first = err; err != nil {
			continue
		}
		fresh += n
		if pending += n; pending > batch {
			first = tx.Commit()
			tx, pending = nil, 0
		}
	}
	if tx != nil && first == nil {
		first = tx.Commit()
	}
	fmt.Println("new or changed", fresh, "not modified", unchanged, "failed", bad)
	return first
}

func insert(tx *sql.Tx, r result) (int, error) {
	known := map[string]int64{}
	rows, err := tx.Query(`SELECT guid, hash FROM a WHERE feed = ?`, r.source.id)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var guid string
		var hash int64
		if err := rows.Scan(&guid, &hash); err != nil {
			return 0, err
		}
		known[guid] = hash
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	n := 0
	for _, it := range r.items {
		h := fnv.New64a()
		io.WriteString(h, it.Title)
		io.WriteString(h, it.Content)
		hash := int64(h.Sum64())
		if old, ok := known[it.GUID]; ok && old == hash {
			continue
		}
		published := int64(0)
		if it.PublishedParsed != nil {
			published = it.PublishedParsed.Unix()
		}
		if _, err := tx.Exec(`INSERT INTO a(feed, guid, url, title, content, published, hash) VALUES(?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT(feed, guid) DO UPDATE SET title = excluded.title, content = excluded.content, hash = excluded.hash`,
			r.source.id, it.GUID, it.Link, it.Title, it.Content, published, hash); err != nil {
			return 0, err
		}
		n++
	}
	_, err = tx.Exec(`UPDATE f SET etag = ? WHERE id = ?`, r.source.etag, r.source.id)
	return n, err
}
