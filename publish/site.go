package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"

	"wirefold/internal/news"
)

// Written counts what WriteSite did, in documents and their compressed siblings.
type Written struct {
	Written, Unchanged, Removed int
}

// WriteSite writes what the server serves as files below dir, at the same paths. Every file appears whole or not at
// all; a file whose bytes are the same is not touched; files that are no longer published are removed, save the pages
// of ended stories; files that WriteSite did not write are never touched. What stands there from a state that a document
// still has is not rendered again: by the rule that the server keeps documents by, and only for the same configuration and
// program.
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
	s := &siteWriter{p: p, cf: p.conf.Load(), dir: dir, old: old, next: manifest{Files: map[string]string{}, States: map[string]string{}}}
	if s.known, err = p.known(ctx); err != nil {
		return w, err
	}
	if s.next.By, err = s.cf.by(p.o.Program); err != nil {
		return w, err
	}
	if s.next.By == "" || s.next.By != old.By {
		s.old.States = nil
	}
	if err := s.all(ctx); err != nil {
		// What is written is whole; the manifest must name it, so that a later run can remove it.
		return s.w, errors.Join(err, s.keep())
	}
	return s.w, s.finish()
}

// siteWriter is one run of WriteSite.
type siteWriter struct {
	p     *Publisher
	cf    *config
	known *stamps
	dir   string
	old   manifest
	next  manifest
	w     Written

	compressor compressor
}

// all renders and writes every document.
func (s *siteWriter) all(ctx context.Context) error {
	for path, r := range s.cf.fixed {
		if err := s.put(ctx, path, r, s.state(r)); err != nil {
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
		r := s.p.articleResource(s.cf, key)
		if err := s.put(ctx, articlePath(key), r, s.state(r)); err != nil && !errors.Is(err, news.ErrNotFound) {
			return err
		}
	}
	return nil
}

// topic writes the documents of a topic and notes the stories and articles that they link to.
func (s *siteWriter) topic(ctx context.Context, t *topic, stories map[news.StoryID]bool, articles map[news.ArticleKey]bool) error {
	for name, r := range t.files {
		if err := s.put(ctx, "/topics/"+t.Slug+"/"+name, r, s.state(r)); err != nil {
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
			r := s.p.archive(s.cf, t, name)
			state := s.state(r)
			if a.Closed {
				state = "closed " + exactText(a.At)
			}
			if err := s.put(ctx, archiveDir(t.Slug)+name, r, state); err != nil {
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
	c, err := s.p.digestChanges(ctx, s.cf, t, s.known)
	if err != nil {
		return err
	}
	mark(stories, c.stories)
	l, err := s.p.listed(ctx, s.cf, t, s.known)
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
	r := s.p.storyResource(s.cf, id)
	state := s.state(r)
	// What ties several articles together depends on those around them. Any other page says what its story says.
	if alone := len(st.Account.Tellings) < 2 || st.Life.State != news.Live; alone && st.Version != [16]byte{} {
		state = "story " + hex.EncodeToString(st.Version[:])
	}
	if err := s.put(ctx, storyPath(id), r, state); err != nil && !errors.Is(err, news.ErrNotFound) {
		return err
	}
	return nil
}

// state names the state that a resource would be rendered from; "" = it shows what changes without a generation.
func (s *siteWriter) state(r *resource) string {
	if r.restless {
		return ""
	}
	return fmt.Sprint(r.stamp(s.known))
}

// put writes a document and its compressed siblings, unless they stand there from the same state.
func (s *siteWriter) put(ctx context.Context, path string, r *resource, state string) error {
	name := siteFile(path)
	if s.stands(name, state) {
		return nil
	}
	snap, err := r.get(ctx, s.p, s.known, true)
	if err != nil {
		return fmt.Errorf("render %s: %w", path, err)
	}
	sum := sha256.Sum256(snap.body)
	hash := hex.EncodeToString(sum[:])
	for e := range snap.forms {
		if err := s.file(name+siblings[e], snap.document, hash, encoding(e)); err != nil {
			return fmt.Errorf("write %s: %w", name+siblings[e], err)
		}
	}
	if state != "" {
		s.next.States[name] = state
	}
	if snap.status == http.StatusGone || snap.location != "" {
		s.next.Tombstones = append(s.next.Tombstones, name)
	}
	return nil
}

// stands reports whether a document was rendered from this state before and its files are as they were left, and takes them
// over.
func (s *siteWriter) stands(name, state string) bool {
	hash := s.old.Files[name]
	if state == "" || s.old.States[name] != state || !s.whole(name, hash) {
		return false
	}
	for _, ext := range siblings {
		if s.old.Files[name+ext] != hash || !s.regular(name+ext) {
			return false
		}
	}
	for _, ext := range siblings {
		s.next.Files[name+ext] = hash
		s.w.Unchanged++
	}
	s.next.States[name] = state
	if slices.Contains(s.old.Tombstones, name) {
		s.next.Tombstones = append(s.next.Tombstones, name)
	}
	return true
}
