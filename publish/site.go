package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// Written counts what WriteSite did, in documents and their compressed siblings.
type Written struct {
	Written, Unchanged, Removed int
}

// manifestName is the file that lists what WriteSite wrote, so that it removes nothing else.
const manifestName = ".wirefold-site.json"

// manifest lists the files of a site by their path below its directory.
type manifest struct {
	// Files maps a path to the SHA-256 of its bytes.
	Files map[string]string `json:"files"`
	// Tombstones are the pages of ended stories: they stay.
	Tombstones []string `json:"tombstones,omitempty"`
}

// WriteSite writes what the server serves as files below dir, at the same paths. Every file appears whole or not at
// all; a file whose bytes are the same is not touched; files that are no longer published are removed, save the pages
// of ended stories; files that WriteSite did not write are never touched.
func (p *Publisher) WriteSite(ctx context.Context, dir string) (Written, error) {
	var w Written
	if err := p.Poll(ctx); err != nil {
		return w, fmt.Errorf("read the generation: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return w, fmt.Errorf("make the site's directory: %w: %w", news.ErrUnwritable, err)
	}
	old, err := readManifest(dir)
	if err != nil {
		return w, err
	}
	s := &siteWriter{p: p, cf: p.conf.Load(), dir: dir, old: old, next: manifest{Files: map[string]string{}}}
	if err := s.all(ctx); err != nil {
		// What is written is whole; the manifest must name it, so that a later run can remove it.
		return s.w, errors.Join(err, s.keep())
	}
	return s.w, s.finish()
}

// siteWriter is one run of WriteSite.
type siteWriter struct {
	p    *Publisher
	cf   *config
	dir  string
	old  manifest
	next manifest
	w    Written
}

// all renders and writes every document.
func (s *siteWriter) all(ctx context.Context) error {
	for path, r := range s.cf.fixed {
		if err := s.put(ctx, path, r); err != nil {
			return err
		}
	}
	stories, articles := map[news.StoryID]bool{}, map[news.ArticleKey]bool{}
	for _, t := range s.cf.Topics {
		if err := s.topic(ctx, s.cf.topics[t.Slug], stories, articles); err != nil {
			return err
		}
	}
	recent, err := s.p.o.Stories.Recent(ctx, recentStories)
	if err != nil {
		return fmt.Errorf("read the newest stories: %w", err)
	}
	mark(stories, recent)
	for id := range stories {
		if err := s.story(ctx, id, articles); err != nil {
			return err
		}
	}
	for key := range articles {
		if err := s.put(ctx, articlePath(key), s.p.articleResource(s.cf, key)); err != nil && !errors.Is(err, news.ErrNotFound) {
			return err
		}
	}
	return nil
}

// topic writes the documents of a topic and notes the stories and articles that they link to.
func (s *siteWriter) topic(ctx context.Context, t *topic, stories map[news.StoryID]bool, articles map[news.ArticleKey]bool) error {
	for name, r := range t.files {
		if err := s.put(ctx, "/topics/"+t.Slug+"/"+name, r); err != nil {
			return err
		}
	}
	n, closed, err := s.p.o.Stories.Archives(ctx, t.Slug)
	if err != nil {
		return fmt.Errorf("count the archives of topic %s: %w", t.Slug, err)
	}
	if n == closed && n > 0 {
		n++
	}
	for i := 1; i <= n; i++ {
		a, err := s.p.archived(ctx, t.Slug, i)
		if err != nil {
			return fmt.Errorf("read archive %d of topic %s: %w", i, t.Slug, err)
		}
		mark(stories, a.Stories)
		for _, ext := range formats {
			name := itoa(int64(i)) + "." + ext
			if err := s.put(ctx, archiveDir(t.Slug)+name, s.p.archive(s.cf, t, name)); err != nil {
				return err
			}
		}
	}
	v, err := s.p.currentView(ctx, s.cf, t)
	if err != nil {
		return err
	}
	mark(stories, v.live)
	mark(stories, v.ended)
	known, err := s.p.known(ctx)
	if err != nil {
		return err
	}
	c, err := s.p.digestChanges(ctx, s.cf, t, known)
	if err != nil {
		return err
	}
	mark(stories, c.stories)
	l, err := s.p.listed(ctx, s.cf, t, known)
	for _, a := range l.articles {
		articles[a.Article.Key] = true
	}
	return err
}

func mark(ids map[news.StoryID]bool, stories []news.Story) {
	for _, s := range stories {
		ids[s.ID] = true
	}
}

// story writes a story's page and notes the articles that it links to.
func (s *siteWriter) story(ctx context.Context, id news.StoryID, articles map[news.ArticleKey]bool) error {
	st, err := s.p.o.Stories.Story(ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read story %s: %w", id, err)
	}
	for _, t := range st.Account.Tellings {
		articles[t.Article] = true
	}
	if err := s.put(ctx, storyPath(id), s.p.storyResource(s.cf, id)); err != nil && !errors.Is(err, news.ErrNotFound) {
		return err
	}
	return nil
}

// siteFile is the file of a path: a page's is index.html in its folder.
func siteFile(path string) string {
	path = strings.TrimPrefix(path, "/")
	if path == "" || strings.HasSuffix(path, "/") {
		path += "index.html"
	}
	return path
}

// put writes a document and its compressed siblings.
func (s *siteWriter) put(ctx context.Context, path string, r *resource) error {
	st, err := s.p.known(ctx)
	if err != nil {
		return err
	}
	snap, err := r.get(ctx, s.p, st, true)
	if err != nil {
		return fmt.Errorf("render %s: %w", path, err)
	}
	name := siteFile(path)
	for e := range snap.forms {
		if err := s.file(name+siblings[e], snap.document, encoding(e)); err != nil {
			return fmt.Errorf("write %s: %w", name+siblings[e], err)
		}
	}
	if snap.status == http.StatusGone || snap.location != "" {
		s.next.Tombstones = append(s.next.Tombstones, name)
	}
	return nil
}

// file writes one form of a document, unless the file already has it.
func (s *siteWriter) file(name string, d *document, e encoding) error {
	sum := sha256.Sum256(d.body)
	hash := hex.EncodeToString(sum[:])
	full := filepath.Join(s.dir, filepath.FromSlash(name))
	// The manifest remembers of which bytes a compressed sibling was made: it need not be made again to be compared.
	if info, err := os.Lstat(full); err == nil && info.Mode().IsRegular() && s.old.Files[name] == hash {
		if e != identity || sameFile(full, d.body) {
			s.next.Files[name] = hash
			s.w.Unchanged++
			return nil
		}
	}
	b, err := d.encode(e, s.p.metrics)
	if err != nil {
		return err
	}
	s.next.Files[name] = hash
	if sameFile(full, b.body) {
		s.w.Unchanged++
		return nil
	}
	s.w.Written++
	return s.writeWhole(full, b.body)
}

func sameFile(name string, body []byte) bool {
	got, err := os.ReadFile(name)
	return err == nil && string(got) == string(body)
}

// writeWhole puts a file in its place in one step: who reads it sees the old bytes or the new ones, after a crash too.
func (s *siteWriter) writeWhole(name string, body []byte) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, tempName)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(body); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	s.p.step("rename.before")
	if err = os.Rename(f.Name(), name); err == nil {
		s.p.step("rename.after")
	}
	return err
}

const (
	// tempName is the pattern of a file that is being written.
	tempName = ".wirefold-new-*"
	// tempAge is how old such a file must be to count as left behind by a run that was killed: no run takes so long.
	tempAge = time.Hour
)

// sweep removes what a killed run left beside the files that it was writing.
func (s *siteWriter) sweep() error {
	dirs := map[string]bool{s.dir: true}
	for name := range s.next.Files {
		dirs[filepath.Dir(filepath.Join(s.dir, filepath.FromSlash(name)))] = true
	}
	for dir := range dirs {
		names, err := filepath.Glob(filepath.Join(globQuote(dir), tempName))
		if err != nil {
			return fmt.Errorf("look for files left behind: %w", err)
		}
		for _, name := range names {
			info, err := os.Lstat(name)
			if err != nil || s.p.o.Now().Sub(info.ModTime()) < tempAge {
				continue // gone meanwhile, or another run's
			}
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove a file left behind: %w", err)
			}
		}
	}
	return nil
}

// globQuote makes a path stand for itself in a glob.
func globQuote(path string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(path)
}

// finish removes what is no longer published and writes the manifest.
func (s *siteWriter) finish() error {
	stay := map[string]bool{}
	for _, name := range s.old.Tombstones {
		for _, ext := range siblings {
			stay[name+ext] = true
		}
	}
	for name, hash := range s.old.Files {
		if _, ok := s.next.Files[name]; ok {
			continue
		}
		if stay[name] {
			s.next.Files[name] = hash
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			continue // not ours: no path that we write leaves the directory
		}
		switch err := os.Remove(filepath.Join(s.dir, filepath.FromSlash(name))); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return errors.Join(fmt.Errorf("remove %s: %w", name, err), s.keep())
		default:
			s.w.Removed++
			s.prune(name)
		}
	}
	for _, name := range s.old.Tombstones {
		if _, ok := s.next.Files[name]; ok {
			s.next.Tombstones = append(s.next.Tombstones, name)
		}
	}
	slices.Sort(s.next.Tombstones)
	s.next.Tombstones = slices.Compact(s.next.Tombstones)
	return errors.Join(s.sweep(), s.save(s.next))
}

// prune removes the folders that a removed file leaves empty. A folder with anything in it stays.
func (s *siteWriter) prune(name string) {
	for dir := filepath.Dir(filepath.FromSlash(name)); dir != "."; dir = filepath.Dir(dir) {
		if os.Remove(filepath.Join(s.dir, dir)) != nil {
			return
		}
	}
}

// keep saves a manifest of the old and the new files after a run that failed half way.
func (s *siteWriter) keep() error {
	both := manifest{Files: map[string]string{}, Tombstones: slices.Concat(s.old.Tombstones, s.next.Tombstones)}
	for name, hash := range s.old.Files {
		both.Files[name] = hash
	}
	for name, hash := range s.next.Files {
		both.Files[name] = hash
	}
	slices.Sort(both.Tombstones)
	both.Tombstones = slices.Compact(both.Tombstones)
	return s.save(both)
}

func (s *siteWriter) save(m manifest) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	full := filepath.Join(s.dir, manifestName)
	if sameFile(full, append(b, '\n')) {
		return nil
	}
	if err := s.writeWhole(full, append(b, '\n')); err != nil {
		return fmt.Errorf("write the list of written files: %w", err)
	}
	return nil
}

// readManifest reads what earlier runs wrote; an empty one when there was none.
func readManifest(dir string) (manifest, error) {
	m := manifest{Files: map[string]string{}}
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("read the list of written files: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read the list of written files: %w", err)
	}
	if m.Files == nil {
		m.Files = map[string]string{}
	}
	return m, nil
}
