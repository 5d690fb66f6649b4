//go:build unix

package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/store/storetest"
	"wirefold/internal/testtools/gen"
)

// Stores that programs of older schemas wrote (testdata/schemas: N is the schema, with sixteen articles, a merge, a drop and
// a revision in each) are brought forward on both engines: every story has its id and its tellings, what humans ruled holds,
// the next article finds its place, and everything moves to the other engine.
func TestEveryOlderStoreIsBroughtForward(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	for _, schema := range []int{1, 2} {
		for _, engine := range []string{"sqlite", "postgres"} {
			t.Run(fmt.Sprintf("schema %d on %s", schema, engine), func(t *testing.T) {
				f := newFaulty(t)
				if err := os.RemoveAll(f.path("desk")); err != nil {
					t.Fatal(err)
				}
				db, other := f.path("data/wirefold.db"), server.NewDSN(t)
				switch engine {
				case "sqlite":
					if err := os.WriteFile(db, []byte(unzipped(t, fmt.Sprintf("%d.sqlite.gz", schema))), 0o600); err != nil {
						t.Fatal(err)
					}
				case "postgres":
					server.Exec(t, other, unzipped(t, fmt.Sprintf("%d.postgres.sql.gz", schema)))
					db, other = other, db
				}
				f.useOld(db)
				if out := f.must("integrity"); out != "ok\n" {
					t.Errorf("integrity: %s", out)
				}
				f.must("publish", "--out", f.path("site"))
				want := strings.Split(strings.TrimSpace(unread(t, "stories.txt")), "\n")
				if diff := cmp.Diff(want, f.stories("site")); diff != "" {
					t.Errorf("stories of the old store (-then +now):\n%s", diff)
				}
				f.fails(0, "1 new articles", nil, "refresh", "-v")
				f.must("publish", "--out", f.path("site"))
				now := f.stories("site")
				if len(now) != len(want)+1 || len(slices.DeleteFunc(slices.Clone(now), func(s string) bool { return slices.Contains(want, s) })) != 1 {
					t.Errorf("stories after the next article (-then +now):\n%s", cmp.Diff(want, now))
				}
				if out := f.must("correct", "export"); strings.Count(out, "- merge:") != 1 || strings.Count(out, "- drop:") != 1 {
					t.Errorf("corrections: %s", out)
				}
				f.fails(0, "", noConfig, "migrate", db, other)
				f.useOld(other)
				f.must("publish", "--out", f.path("moved"))
				if diff := cmp.Diff(filesOf(t, f.path("site")), filesOf(t, f.path("moved"))); diff != "" {
					t.Errorf("the site from %s differs (-before +after):\n%s", other, diff)
				}
				if out := f.must("integrity"); out != "ok\n" {
					t.Errorf("integrity after the move: %s", out)
				}
			})
		}
	}
}

// useOld configures the installation as that of the old stores was, on this store; one of its desks has something new.
func (f *faulty) useOld(store string) {
	f.t.Helper()
	text := fmt.Sprintf("site: {title: Old, url: \"http://old.example\", author: A, authority: \"old.example,2026\", admin: none}\nstore: %q\n", store) +
		"publish: {window: 3000d}\ntopics:\n  - {slug: all, title: All}\nfeeds:\n  - {id: desk0, seeds: \"desk0/*.txt\"}\n  - {id: desk1, seeds: \"desk1/*.txt\"}\n"
	title, news := gen.NewVocab(50_000, 1.05).Telling(100, 0, 90)
	for name, text := range map[string]string{"feeds.yaml": text, "desk0/new.txt": title + "\n\n" + news + "\n", "desk1/empty.md": ""} {
		if err := os.MkdirAll(f.path(name[:max(0, strings.IndexByte(name, '/'))]), 0o700); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(f.path(name), []byte(text), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

// stories are the entries of a site's feed as stories.txt has them: id, and the keys of the tellings. Those that only say
// that a story has ended are left out: they go a week after it.
func (f *faulty) stories(site string) []string {
	f.t.Helper()
	b, err := os.ReadFile(f.path(site + "/topics/all/feed.json"))
	if err != nil {
		f.t.Fatal(err)
	}
	var doc struct {
		Items []struct {
			ID  string `json:"id"`
			Own struct {
				Tellings []struct{ Article string } `json:"tellings"`
			} `json:"_wirefold"`
		} `json:"items"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		f.t.Fatal(err)
	}
	var out []string
	for _, it := range doc.Items {
		var keys []string
		for _, x := range it.Own.Tellings {
			keys = append(keys, x.Article)
		}
		if len(keys) == 0 {
			continue
		}
		slices.Sort(keys)
		out = append(out, it.ID[strings.LastIndexByte(it.ID, '/')+1:]+" "+strings.Join(keys, " "))
	}
	slices.Sort(out)
	return out
}

const oldStores = "../../testdata/schemas/"

func unread(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(oldStores + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func unzipped(t *testing.T, name string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(unread(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
