package publish

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// site lists the files below dir with their times.
func site(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = info.ModTime()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, p *Publisher, dir string) Written {
	t.Helper()
	w, err := p.WriteSite(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestASiteIsWhatTheServerServes(t *testing.T) {
	dir := t.TempDir()
	f := lively()
	f.archives["sea"] = []news.Archive{{N: 1, Stories: []news.Story{f.stories["fairfairfairfair"]}}}
	p := newPublisher(t, options(f))
	w := write(t, p, dir)
	h := newPublisher(t, options(f)).Handler()
	files := site(t, dir)
	if w.Written != len(files)-1 || w.Unchanged != 0 || w.Removed != 0 {
		t.Errorf("%+v for %d files", w, len(files))
	}
	for _, path := range append(append(documents(), pages()...), "/favicon.ico", "/topics/sea/archive/1.json", "/stories/mergedmergedmerg/", "/stories/dropdropdropdrop/") {
		for e, coding := range names {
			r := ask(h, "GET", path, "Accept-Encoding", coding)
			name := siteFile(path) + siblings[e]
			got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil || !bytes.Equal(got, read(t, r)) {
				t.Errorf("%s is not what the server answers as %q: %v", name, coding, err)
			}
		}
	}
	if tomb, err := os.ReadFile(filepath.Join(dir, "stories/mergedmergedmerg/index.html")); err != nil || !strings.Contains(string(tomb), "/stories/ferryferryferry2/") {
		t.Errorf("the page of a merged story does not lead on: %v", err)
	}
}

func TestWritingASiteAgain(t *testing.T) {
	dir := t.TempDir()
	f := lively()
	first := write(t, newPublisher(t, options(f)), dir)
	old := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for name := range site(t, dir) {
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	foreign := map[string]string{"robots.txt": "mine", "topics/sea/note.txt": "mine", "stories/fairfairfairfair/photo.jpg": "mine"}
	for name, text := range foreign {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	p := newPublisher(t, options(f))
	if w := write(t, p, dir); w != (Written{Unchanged: first.Written}) {
		t.Errorf("nothing changed, yet %+v", w)
	}
	if n := value(p.metrics.compressions.WithLabelValues("gzip")); n != 0 {
		t.Errorf("%d files were compressed to see that they are the same", n)
	}
	for name, at := range site(t, dir) {
		if foreign[name] == "" && !at.Equal(old) {
			t.Errorf("%s was touched", name)
		}
	}

	// A file that somebody broke is mended; one that is published no more goes, the tombstones stay.
	if err := os.WriteFile(filepath.Join(dir, "opml.xml"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	delete(f.stories, "fairfairfairfair")
	delete(f.stories, "dropdropdropdrop")
	delete(f.articles, otherKey)
	f.touch("sea", t0.Add(time.Hour))
	w := write(t, newPublisher(t, options(f)), dir)
	files := site(t, dir)
	for name, want := range map[string]bool{
		"stories/fairfairfairfair/index.html": false, "stories/fairfairfairfair/index.html.br": false, "stories/fairfairfairfair/photo.jpg": true,
		"stories/dropdropdropdrop/index.html": true, "stories/dropdropdropdrop/index.html.gz": true, "stories/mergedmergedmerg/index.html": true,
		"articles/" + string(otherKey) + "/index.html": false, "robots.txt": true, "topics/sea/note.txt": true, "opml.xml": true,
	} {
		if _, ok := files[name]; ok != want {
			t.Errorf("%s is there: %v, want %v", name, ok, want)
		}
	}
	if w.Removed != 8 {
		t.Errorf("%+v, want 8 removed", w)
	}
	if _, err := os.Stat(filepath.Join(dir, "articles", string(otherKey))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder stays: %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "opml.xml")); err != nil || string(b) == "broken" {
		t.Errorf("a broken file was not mended: %v", err)
	}
	// And once more: the tombstones of stories that the store has forgotten are still ours.
	if w := write(t, newPublisher(t, options(f)), dir); w.Written != 0 || w.Removed != 0 {
		t.Errorf("a third time: %+v", w)
	}
}

func TestASiteThatCannotBeReadChangesNothing(t *testing.T) {
	dir := t.TempDir()
	f := lively()
	write(t, newPublisher(t, options(f)), dir)
	before := site(t, dir)
	f.touch("sea", t0.Add(time.Hour))
	p := newPublisher(t, options(f))
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.err = errors.New("gone")
	if _, err := p.WriteSite(t.Context(), dir); err == nil {
		t.Fatal("no error")
	}
	after := site(t, dir)
	for name, at := range before {
		if !after[name].Equal(at) {
			t.Errorf("%s was touched", name)
		}
	}
}

func TestADirectoryThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newPublisher(t, options(lively())).WriteSite(t.Context(), filepath.Join(file, "site")); !errors.Is(err, news.ErrUnwritable) {
		t.Errorf("error %v, want %v", err, news.ErrUnwritable)
	}
}

func TestNoTemporaryFileStays(t *testing.T) {
	dir := t.TempDir()
	// A folder where a file should be: the rename fails.
	if err := os.MkdirAll(filepath.Join(dir, "opml.xml", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := newPublisher(t, options(lively())).WriteSite(t.Context(), dir); err == nil {
		t.Fatal("no error")
	}
	for name := range site(t, dir) {
		if strings.HasPrefix(filepath.Base(name), ".wirefold-") && name != manifestName {
			t.Errorf("%s stays", name)
		}
	}
}

func TestWhatAKilledRunLeftBehindIsSweptOnceItIsOld(t *testing.T) {
	dir := t.TempDir()
	p := newPublisher(t, options(lively()))
	if _, err := p.WriteSite(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	now := p.o.Now()
	for name, age := range map[string]time.Duration{".wirefold-new-old": tempAge, ".wirefold-new-young": tempAge / 2, "foreign": 10 * tempAge} {
		full := filepath.Join(dir, name)
		if err := os.WriteFile(full, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(full, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.WriteSite(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{".wirefold-new-old": false, ".wirefold-new-young": true, "foreign": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func TestTheManifestCannotReachOutOfTheSite(t *testing.T) {
	parent := t.TempDir()
	victim := filepath.Join(parent, "victim")
	if err := os.WriteFile(victim, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "site")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), []byte(`{"files":{"../victim":"0"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, newPublisher(t, options(lively())), dir)
	if _, err := os.Stat(victim); err != nil {
		t.Errorf("a file outside of the site is gone: %v", err)
	}
}
