package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"wirefold/internal/news"
)

// Save stores what one fetch brought, all or nothing: articles, the feed's state, the host's. Articles and state are
// saved together; saved apart, a crash in between would turn lost articles into "304 Not Modified" for good.
//
// An article whose key is known is the same article: it keeps its first sight, and a changed text makes it a
// revision whose older body is kept. A date later than the first sight is clamped to it. New and changed articles
// wait for Place. Saves of several processes commute; each article is stored once. It ends this process's claim. Saves that wait
// for each other are written together (joint.go), and each is answered when what it stored is on disk.
func (s *Store) Save(ctx context.Context, b news.Batch) (news.Saved, error) {
	at := b.At.UTC().Truncate(time.Microsecond)
	drafts, err := s.drafts(b.Articles, at)
	if err != nil {
		return news.Saved{}, fmt.Errorf("save feed %s: %w", b.State.Feed, err)
	}
	var saved news.Saved
	err = s.writeJoint(ctx, func(tx *sql.Tx) error {
		saved = news.Saved{}
		var hosts []news.HostState
		if b.Host != nil {
			hosts = append(hosts, *b.Host)
		}
		if err := s.putStates(ctx, tx, []news.FeedState{b.State}, hosts); err != nil {
			return err
		}
		if err := s.rename(ctx, tx, b.Renames); err != nil {
			return err
		}
		return s.putArticles(ctx, tx, drafts, at, &saved)
	})
	if err != nil {
		return news.Saved{}, fmt.Errorf("save feed %s: %w", b.State.Feed, err)
	}
	return saved, nil
}

// draft is an article with all that its rows hold, packed before the write lock is taken.
type draft struct {
	article news.Article
	key     []byte
	body    []byte
	marks   []byte
}

func (s *Store) drafts(as []news.Article, at time.Time) ([]*draft, error) {
	seen := make(map[news.ArticleKey]bool, len(as))
	out := make([]*draft, 0, len(as))
	for _, a := range as {
		if seen[a.Key] {
			continue
		}
		seen[a.Key] = true
		key, err := keyBytes(a.Key)
		if err != nil {
			return nil, err
		}
		a.GUID, a.URL, a.Link = plain(a.GUID), plain(a.URL), plain(a.Link)
		d := &draft{article: a, key: key}
		if err := s.fill(d, at, false); err != nil {
			return nil, fmt.Errorf("article %s: %w", a.Key, err)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *draft) int { return bytes.Compare(a.key, b.key) })
	return out, nil
}

// fill packs the draft as an article first seen at seen; again says that it was there before.
func (s *Store) fill(d *draft, seen time.Time, again bool) (err error) {
	d.article.Seen = seen
	d.article.Published = clamp(d.article.Published, seen)
	if d.body, err = s.packer.packArticle(d.article); err != nil {
		return err
	}
	d.marks, err = packMarked(marked(&d.article), again)
	return err
}

// clamp keeps a date from lying in the future of the article's first sight.
func clamp(d news.Date, seen time.Time) news.Date {
	if !d.Known() || !d.Time.After(seen) {
		return d
	}
	if d.DayOnly {
		return news.Date{Time: seen.Truncate(24 * time.Hour), DayOnly: true}
	}
	return news.Date{Time: seen}
}

func marked(a *news.Article) *news.Marked {
	return &news.Marked{Key: a.Key, Published: a.Published, Seen: a.Seen, Seed: a.Seed, Marks: a.Marks}
}

// rename gives known articles the name under which their feed brings them from now on.
func (s *Store) rename(ctx context.Context, tx *sql.Tx, names map[news.ArticleKey]string) error {
	keys := make([]news.ArticleKey, 0, len(names))
	for k := range names {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		key, err := keyBytes(k)
		if err != nil {
			return err
		}
		guid := plain(names[k])
		if _, err := tx.ExecContext(ctx, "UPDATE articles SET guid = $1, guid_h = $2 WHERE key = $3", guid, hash64(guid), key); err != nil {
			return err
		}
	}
	return nil
}

// stored is what an article's row said before this Save.
type stored struct {
	id, revision       int64
	seen               time.Time
	itemHash, textHash []byte
}

func (s *Store) putArticles(ctx context.Context, tx *sql.Tx, drafts []*draft, at time.Time, saved *news.Saved) error {
	if len(drafts) == 0 {
		return nil
	}
	known, err := s.stored(ctx, tx, drafts)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(drafts), func(d *draft) bool { _, ok := known[string(d.key)]; return ok })
	added, err := s.insertArticles(ctx, tx, fresh)
	if err != nil {
		return err
	}
	saved.New = len(added)
	if len(added) < len(fresh) {
		// Another process stored some of them since we looked (PostgreSQL): what is left are revisions.
		if known, err = s.stored(ctx, tx, drafts); err != nil {
			return err
		}
	}
	for _, d := range drafts {
		was, ok := known[string(d.key)]
		if _, isNew := added[string(d.key)]; !ok || isNew {
			continue
		}
		revised, err := s.revise(ctx, tx, d, was, at)
		if err != nil {
			return err
		}
		if revised {
			saved.Revised++
		}
	}
	return nil
}

func (s *Store) stored(ctx context.Context, tx *sql.Tx, drafts []*draft) (map[string]stored, error) {
	keys := make([]string, len(drafts))
	for i, d := range drafts {
		keys[i] = string(d.article.Key)
	}
	out := map[string]stored{}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var st stored
		var key []byte
		var seen int64
		if err := rs.Scan(&st.id, &key, &st.revision, &seen, &st.itemHash, &st.textHash); err != nil {
			return err
		}
		st.seen = fromMicros(seen)
		out[string(key)] = st
		return nil
	}, s.dialect.sql("SELECT id, key, revision, seen, item_hash, text_hash FROM articles WHERE key IN {keys $1}"), s.dialect.list(keys))
	return out, err
}

// insertArticles adds new articles and answers with the ids of those that were not there.
func (s *Store) insertArticles(ctx context.Context, tx *sql.Tx, drafts []*draft) (map[string]int64, error) {
	values := make([]any, 0, 13*len(drafts))
	for _, d := range drafts {
		a := &d.article
		values = append(values, d.key, a.Feed, a.GUID, a.URL, a.ItemHash[:], a.TextHash[:], micros(a.Seen), 0, seedColumn(a),
			hash64(a.GUID), hash64(a.URL), linkHash(a), textHash64(a))
	}
	ids := make(map[string]int64, len(drafts))
	err := s.bulk(ctx, tx, `INSERT INTO articles
		(key, feed, guid, url, item_hash, text_hash, seen, revision, seed, guid_h, url_h, link_h, text_h) VALUES`, 13,
		"ON CONFLICT (key) DO NOTHING RETURNING id, key", values, func(rs *sql.Rows) error {
			var id int64
			var key []byte
			err := rs.Scan(&id, &key)
			ids[string(key)] = id
			return err
		})
	if err != nil {
		return nil, err
	}
	var bodies, marks, queue []any
	for _, d := range drafts {
		if id, ok := ids[string(d.key)]; ok {
			bodies = append(bodies, id, d.body)
			marks = append(marks, id, d.marks)
			queue = append(queue, id, 0)
		}
	}
	if err := s.bulk(ctx, tx, "INSERT INTO bodies (article, body) VALUES", 2, "", bodies, nil); err != nil {
		return nil, err
	}
	if err := s.bulk(ctx, tx, "INSERT INTO marks (article, data) VALUES", 2, "", marks, nil); err != nil {
		return nil, err
	}
	return ids, s.bulk(ctx, tx, "INSERT INTO unplaced (article, stamp) VALUES", 2, "", queue, nil)
}

// revise writes a known article again, if anything of it changed, and says whether its text did.
func (s *Store) revise(ctx context.Context, tx *sql.Tx, d *draft, was stored, at time.Time) (bool, error) {
	a := &d.article
	newText := !bytes.Equal(was.textHash, a.TextHash[:])
	if !newText && bytes.Equal(was.itemHash, a.ItemHash[:]) {
		return false, nil
	}
	// That an article was already old when its feed was first read stays true of its revisions.
	old, err := s.body(ctx, tx, was.id)
	if err != nil {
		return false, err
	}
	a.Backfill = old.Backfill
	a.Revised, a.DatedLater = old.Revised, old.DatedLater
	// A new date makes an article no newer, nor another article in time.
	switch {
	case old.Published.Known():
		a.Published = old.Published
	case a.Published.Known():
		a.DatedLater = true
	}
	if newText || shows(old) != shows(*a) {
		a.Revised = at.UTC().Truncate(time.Second)
		// Whatever the clock says, a revision is later than what it revises.
		before := old.Revised
		if was.seen.After(before) {
			before = was.seen.UTC().Truncate(time.Second)
		}
		if !a.Revised.After(before) {
			a.Revised = before.Add(time.Second)
		}
	}
	if err := s.fill(d, was.seen, true); err != nil {
		return false, err
	}
	revision := was.revision
	if newText {
		_, err := tx.ExecContext(ctx, "INSERT INTO revisions (article, revision, at, body) SELECT article, $1, $2, body FROM bodies WHERE article = $3", was.revision, micros(at), was.id)
		if err != nil {
			return false, err
		}
		revision++
	}
	_, err = tx.ExecContext(ctx, `UPDATE articles SET guid = $1, url = $2, item_hash = $3, text_hash = $4, revision = $5,
		guid_h = $6, url_h = $7, link_h = $8, text_h = $9 WHERE id = $10`,
		a.GUID, a.URL, a.ItemHash[:], a.TextHash[:], revision, hash64(a.GUID), hash64(a.URL), linkHash(a), textHash64(a), was.id)
	if err != nil {
		return false, err
	}
	if err := s.putBody(ctx, tx, was.id, d); err != nil {
		return false, err
	}
	return newText, s.enqueue(ctx, tx, []int64{was.id})
}

// shows is all of an article that subscribers see beside its text.
func shows(a news.Article) string {
	return fmt.Sprintf("%q %q %q %q %q %q %q %q", a.Title, a.Headline, a.Summary, a.Link, a.Image, a.Rights, a.Authors, a.Tags)
}

func (s *Store) putBody(ctx context.Context, tx *sql.Tx, id int64, d *draft) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO bodies (article, body) VALUES ($1, $2) ON CONFLICT (article) DO UPDATE SET body = excluded.body", id, d.body)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO marks (article, data) VALUES ($1, $2) ON CONFLICT (article) DO UPDATE SET data = excluded.data", id, d.marks)
	return err
}

// enqueue makes articles wait for Place. One that waits already gets a new stamp, so that a Place that runs now and
// has read its old state does not count it as done, and begins again.
func (s *Store) enqueue(ctx context.Context, tx *sql.Tx, ids []int64) error {
	values := make([]any, 0, 2*len(ids))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		values = append(values, id, 0)
	}
	return s.bulk(ctx, tx, "INSERT INTO unplaced (article, stamp) VALUES", 2, "ON CONFLICT (article) DO UPDATE SET stamp = unplaced.stamp + 1, stage = 0", values, nil)
}

// linkHash indexes the address as the outlet gave it, where it is another than the canonical one.
func linkHash(a *news.Article) any {
	if a.Link == "" || a.Link == a.URL {
		return nil
	}
	return hash64(a.Link)
}

func textHash64(a *news.Article) int64 { return hash64(string(a.TextHash[:])) }

func seedColumn(a *news.Article) int64 {
	if a.Seed {
		return 1
	}
	return 0
}
