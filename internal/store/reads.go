package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"wirefold/internal/news"
)

// Generation is the state of the store, and that of each topic that was ever touched: a topic's entries, archives
// and articles change only with it.
func (s *Store) Generation(ctx context.Context) (news.Generation, map[string]news.Generation, error) {
	var g news.Generation
	var topics map[string]news.Generation
	err := s.read(ctx, func(tx *sql.Tx) error {
		topics = map[string]news.Generation{}
		var err error
		if g, err = generation(ctx, tx, ""); err != nil {
			return err
		}
		return rows(ctx, tx, func(rs *sql.Rows) error {
			var slug string
			var n, at int64
			err := rs.Scan(&slug, &n, &at)
			topics[slug] = news.Generation{N: n, At: fromMicros(at)}
			return err
		}, "SELECT slug, generation, at FROM topics")
	})
	if err != nil {
		return news.Generation{}, nil, fmt.Errorf("read generation: %w", err)
	}
	return g, topics, nil
}

// generation reads the store's generation; lock is "" or the words that hold it against others until the commit.
func generation(ctx context.Context, tx *sql.Tx, lock string) (news.Generation, error) {
	var n, at int64
	err := tx.QueryRowContext(ctx, "SELECT n, at FROM meta WHERE name = 'generation' "+lock).Scan(&n, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return news.Generation{}, nil
	}
	return news.Generation{N: n, At: fromMicros(at)}, err
}

// Entries are the live stories that entered a topic last, the last first, by its sequence numbers: one that arrives
// late with an old date is among them, so that somebody sees it. limit ≤ 0 means all.
func (s *Store) Entries(ctx context.Context, slug string, limit int) ([]news.Story, error) {
	out, err := s.stories(ctx, `SELECT s.name, s.state FROM entries e JOIN stories s ON s.id = e.story
		WHERE e.slug = $1 AND e.gone = 0 AND e.ended = 0 ORDER BY e.seq DESC LIMIT $2`, slug, upTo(limit))
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", slug, err)
	}
	return out, nil
}

// Ended are the stories of a topic that were merged or dropped since a time, newest end first. One that had left the
// topic before is not among them: its row there knows of no end.
func (s *Store) Ended(ctx context.Context, slug string, since time.Time) ([]news.Story, error) {
	out, err := s.stories(ctx, `SELECT s.name, s.state FROM entries e JOIN stories s ON s.id = e.story
		WHERE e.slug = $1 AND e.ended <> 0 AND e.ended >= $2 ORDER BY e.ended DESC, e.name DESC`, slug, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read ended stories of %s: %w", slug, err)
	}
	return out, nil
}

// Changed are the stories of a topic, ended ones too, with the newest significant changes, newest first. limit ≤ 0 means all.
func (s *Store) Changed(ctx context.Context, slug string, limit int) ([]news.Story, error) {
	out, err := s.stories(ctx, `SELECT s.name, s.state FROM entries e JOIN stories s ON s.id = e.story
		WHERE e.slug = $1 AND e.gone = 0 ORDER BY e.updated DESC, e.seq DESC LIMIT $2`, slug, upTo(limit))
	if err != nil {
		return nil, fmt.Errorf("read what changed in %s: %w", slug, err)
	}
	return out, nil
}

// Recent are the newest live stories that any topic has published, newest first by (Life.Published, ID).
func (s *Store) Recent(ctx context.Context, limit int) ([]news.Story, error) {
	out, err := s.stories(ctx, "SELECT name, state FROM stories WHERE published > 0 AND ended = 0 ORDER BY published DESC, name DESC LIMIT $1", upTo(limit))
	if err != nil {
		return nil, fmt.Errorf("read recent stories: %w", err)
	}
	return out, nil
}

// Story is one story, or news.ErrNotFound. The id of a merged story answers with that story as it ended, its
// Life.Into naming the survivor.
func (s *Store) Story(ctx context.Context, id news.StoryID) (news.Story, error) {
	out, err := s.stories(ctx, "SELECT name, state FROM stories WHERE name = $1", string(id))
	if err == nil && len(out) == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return news.Story{}, fmt.Errorf("read story %s: %w", id, err)
	}
	return out[0], nil
}

// StoryOf is the story that an article belongs to, or news.ErrNotFound while it is unplaced or dropped.
func (s *Store) StoryOf(ctx context.Context, k news.ArticleKey) (news.StoryID, error) {
	key, err := keyBytes(k)
	if err != nil {
		return "", fmt.Errorf("find story: %w: %w", news.ErrNotFound, err)
	}
	var id news.StoryID
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT s.name FROM articles a JOIN places p ON p.article = a.id
			JOIN stories s ON s.id = p.story WHERE a.key = $1`, key).Scan(&id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = news.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find story of article %s: %w", k, err)
	}
	return id, nil
}

// Archive is the n-th archive document of a topic, counted from 1, or news.ErrNotFound. The last is open: its
// stories are as they are now. A closed one is as it was when it was full.
func (s *Store) Archive(ctx context.Context, slug string, n int) (news.Archive, error) {
	var out news.Archive
	err := s.read(ctx, func(tx *sql.Tx) error {
		var at int64
		var data []byte
		err := tx.QueryRowContext(ctx, "SELECT at, data FROM archives WHERE slug = $1 AND n = $2", slug, n).Scan(&at, &data)
		if err == nil {
			out = news.Archive{N: n, Closed: true, At: fromMicros(at)}
			return s.packer.unpackJSON(data, &out.Stories)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		out, err = s.openArchive(ctx, tx, slug, n)
		return err
	})
	if err != nil {
		return news.Archive{}, fmt.Errorf("read archive %d of %s: %w", n, slug, err)
	}
	return out, nil
}

func (s *Store) openArchive(ctx context.Context, tx *sql.Tx, slug string, n int) (news.Archive, error) {
	out := news.Archive{N: n}
	var seq, at int64
	err := tx.QueryRowContext(ctx, "SELECT seq, at FROM topics WHERE slug = $1", slug).Scan(&seq, &at)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (n < 1 || int64(n) > archives(seq)) {
		return out, news.ErrNotFound
	}
	if err != nil {
		return out, err
	}
	out.At = fromMicros(at)
	out.Stories, err = s.scanStories(ctx, tx, `SELECT s.name, s.state FROM entries e JOIN stories s ON s.id = e.story
		WHERE e.slug = $1 AND e.seq > $2 AND e.seq <= $3 AND e.gone = 0 AND e.ended = 0 ORDER BY e.published DESC, e.name DESC`,
		slug, (n-1)*news.ArchiveSize, n*news.ArchiveSize)
	return out, err
}

// Archives is the number of archive documents of a topic, and of those that are full and closed: all, or all but the last.
func (s *Store) Archives(ctx context.Context, slug string) (all, closed int, err error) {
	var seq int64
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM topics WHERE slug = $1", slug).Scan(&seq)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count archives of %s: %w", slug, err)
	}
	return int(archives(seq)), int(seq / news.ArchiveSize), nil
}

func archives(seq int64) int64 { return (seq + news.ArchiveSize - 1) / news.ArchiveSize }

// AllArticles are the articles that came into a topic last, newest first. limit ≤ 0 means all.
func (s *Store) AllArticles(ctx context.Context, slug string, limit int) ([]news.Listed, error) {
	var out []news.Listed
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		at := map[int64]int64{}
		var ids []int64
		err := rows(ctx, tx, func(rs *sql.Rows) error {
			var id, since int64
			err := rs.Scan(&id, &since)
			at[id] = since
			ids = append(ids, id)
			return err
		}, "SELECT article, at FROM listed WHERE slug = $1 AND gone = 0 ORDER BY at DESC, article DESC LIMIT $2", slug, upTo(limit))
		if err != nil {
			return err
		}
		of := make(map[int64]news.Listed, len(ids))
		err = rows(ctx, tx, func(rs *sql.Rows) error {
			id, a, err := s.scanArticle(rs)
			of[id] = news.Listed{Article: a, At: fromMicros(at[id])}
			return err
		}, s.dialect.sql("SELECT "+articleColumns+" FROM articles a LEFT JOIN bodies b ON b.article = a.id WHERE a.id IN {ints $1}"), s.dialect.list(ids))
		for _, id := range ids {
			out = append(out, of[id])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read articles of %s: %w", slug, err)
	}
	return out, nil
}

// Withdrawn are the articles that were taken out of a topic since a time, newest first: dropped, or moved to a story that
// is not in the topic. One that only grew old is not among them, nor one that came back.
func (s *Store) Withdrawn(ctx context.Context, slug string, since time.Time) ([]news.Withdrawn, error) {
	var out []news.Withdrawn
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		return rows(ctx, tx, func(rs *sql.Rows) error {
			var key []byte
			var at int64
			if err := rs.Scan(&key, &at); err != nil {
				return err
			}
			out = append(out, news.Withdrawn{Article: keyText(key), At: fromMicros(at)})
			return nil
		}, `SELECT a.key, l.gone FROM listed l JOIN articles a ON a.id = l.article
			WHERE l.slug = $1 AND l.gone <> 0 AND l.gone >= $2 ORDER BY l.gone DESC, l.article DESC`, slug, micros(since))
	})
	if err != nil {
		return nil, fmt.Errorf("read what was taken out of %s: %w", slug, err)
	}
	return out, nil
}

func upTo(limit int) int64 {
	if limit <= 0 {
		return math.MaxInt32
	}
	return int64(limit)
}

func (s *Store) stories(ctx context.Context, query string, args ...any) (out []news.Story, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		out, err = s.scanStories(ctx, tx, query, args...)
		return err
	})
	return out, err
}

// scanStories reads rows of (name, state).
func (s *Store) scanStories(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]news.Story, error) {
	var out []news.Story
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var name string
		var state sql.RawBytes
		if err := rs.Scan(&name, &state); err != nil {
			return err
		}
		v := versionOf(state)
		st, ok := s.told.get(v)
		if !ok {
			if err := s.packer.unpackJSON(state, &st); err != nil {
				return fmt.Errorf("story %s: %w", name, err)
			}
			st.Version = v
		}
		s.told.put(v, st, len(state))
		out = append(out, st)
		return nil
	}, query, args...)
	return out, err
}
