package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"wirefold/internal/news"
)

// Known finds what the store holds of a feed's articles under any of these names: guid, canonical URL, or the hash
// of title and text.
func (s *Store) Known(ctx context.Context, feed news.FeedID, guids, urls []string, textHashes [][32]byte) ([]news.Known, error) {
	var out []news.Known
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		seen := map[news.ArticleKey]bool{}
		look := func(column string, hashes []int64) error {
			if len(hashes) == 0 {
				return nil
			}
			return rows(ctx, tx, func(rs *sql.Rows) error {
				var k news.Known
				var key, item, text []byte
				if err := rs.Scan(&key, &k.GUID, &k.URL, &item, &text); err != nil {
					return err
				}
				k.Key = keyText(key)
				copy(k.ItemHash[:], item)
				copy(k.TextHash[:], text)
				if !seen[k.Key] {
					seen[k.Key] = true
					out = append(out, k)
				}
				return nil
			}, s.dialect.sql("SELECT key, guid, url, item_hash, text_hash FROM articles WHERE "+column+" IN {ints $1} AND feed = $2 ORDER BY id"),
				s.dialect.list(hashes), feed)
		}
		texts := make([]int64, len(textHashes))
		for i, h := range textHashes {
			texts[i] = hash64(string(h[:]))
		}
		if err := look("guid_h", hashAll(guids)); err != nil {
			return err
		}
		if err := look("url_h", hashAll(urls)); err != nil {
			return err
		}
		return look("text_h", texts)
	})
	if err != nil {
		return nil, fmt.Errorf("look up articles of feed %s: %w", feed, err)
	}
	return out, nil
}

// hashAll leaves out the empty name, which names nothing.
func hashAll(names []string) []int64 {
	out := make([]int64, 0, len(names))
	for _, n := range names {
		if n = plain(n); n != "" {
			out = append(out, hash64(n))
		}
	}
	return out
}

// articleColumns are read by scanArticle. An article whose text retention has taken has no body.
const articleColumns = "a.id, a.key, a.feed, a.guid, a.url, a.item_hash, a.text_hash, a.seen, a.revision, b.body"

// scanArticle reads an article with its text. Its marks are not read: only grouping needs them.
func (s *Store) scanArticle(rs interface{ Scan(...any) error }) (int64, news.Article, error) {
	var id, seen, revision int64
	var key, item, text, body []byte
	var feed news.FeedID
	var guid, url string
	if err := rs.Scan(&id, &key, &feed, &guid, &url, &item, &text, &seen, &revision, &body); err != nil {
		return 0, news.Article{}, err
	}
	var a news.Article
	if body != nil {
		var err error
		if a, err = s.packer.unpackArticle(body); err != nil {
			return 0, a, fmt.Errorf("article %x: %w", key, err)
		}
	}
	a.Key, a.Feed, a.GUID, a.URL, a.Seen, a.Revision = keyText(key), feed, guid, url, fromMicros(seen), int(revision)
	copy(a.ItemHash[:], item)
	copy(a.TextHash[:], text)
	return id, a, nil
}

// body reads one article by its number.
func (s *Store) body(ctx context.Context, tx *sql.Tx, id int64) (news.Article, error) {
	_, a, err := s.scanArticle(tx.QueryRowContext(ctx, "SELECT "+articleColumns+" FROM articles a LEFT JOIN bodies b ON b.article = a.id WHERE a.id = $1", id))
	return a, err
}

// Article is one article, or news.ErrNotFound.
func (s *Store) Article(ctx context.Context, k news.ArticleKey) (news.Article, error) {
	key, err := keyBytes(k)
	if err != nil {
		return news.Article{}, fmt.Errorf("read article: %w: %w", news.ErrNotFound, err)
	}
	var a news.Article
	err = s.read(ctx, func(tx *sql.Tx) error {
		_, a, err = s.scanArticle(tx.QueryRowContext(ctx, "SELECT "+articleColumns+" FROM articles a LEFT JOIN bodies b ON b.article = a.id WHERE a.key = $1", key))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = news.ErrNotFound
	}
	if err != nil {
		return news.Article{}, fmt.Errorf("read article %s: %w", k, err)
	}
	return a, nil
}

// Revisions are the older texts of an article, oldest first, as far as retention has left them.
func (s *Store) Revisions(ctx context.Context, k news.ArticleKey) ([]news.Article, error) {
	key, err := keyBytes(k)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w: %w", news.ErrNotFound, err)
	}
	var out []news.Article
	err = s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		return rows(ctx, tx, func(rs *sql.Rows) error {
			_, a, err := s.scanArticle(rs)
			out = append(out, a)
			return err
		}, `SELECT a.id, a.key, a.feed, a.guid, a.url, a.item_hash, a.text_hash, a.seen, b.revision, b.body
			FROM articles a JOIN revisions b ON b.article = a.id WHERE a.key = $1 ORDER BY b.revision`, key)
	})
	if err != nil {
		return nil, fmt.Errorf("read revisions of %s: %w", k, err)
	}
	return out, nil
}

// minPrefix is how many digits of a key name an article at least.
const minPrefix = 8

// ArticleByRef finds the article that a person means: by its key or a unique prefix of it of at least 8 digits, its
// exact URL (canonical or as the outlet gave it), or the path of a seed file. Several articles may have one URL; the
// first stored is the answer. news.ErrNotFound says that there is none, or that a prefix fits more than one.
func (s *Store) ArticleByRef(ctx context.Context, ref string) (news.Article, error) {
	var a news.Article
	err := s.read(ctx, func(tx *sql.Tx) error {
		ids, err := s.resolve(ctx, tx, ref)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return news.ErrNotFound
		}
		a, err = s.body(ctx, tx, ids[0])
		return err
	})
	if err != nil {
		return news.Article{}, fmt.Errorf("find article %q: %w", ref, err)
	}
	return a, nil
}

// resolve finds the numbers of the articles that a reference means, in order of arrival.
func (s *Store) resolve(ctx context.Context, tx *sql.Tx, ref string) ([]int64, error) {
	if from, to, ok := prefixRange(ref); ok {
		ids, err := s.ids(ctx, tx, "SELECT id FROM articles WHERE key >= $1 AND key <= $2 ORDER BY id LIMIT 2", from, to)
		if err != nil {
			return nil, err
		}
		switch len(ids) {
		case 1:
			return ids, nil
		case 2:
			return nil, fmt.Errorf("%w: %s is the beginning of several keys", news.ErrNotFound, ref)
		}
	}
	ref = plain(ref)
	h := hash64(ref)
	ids, err := s.ids(ctx, tx, "SELECT id FROM articles WHERE url_h = $1 AND url = $2 ORDER BY id", h, ref)
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	if ids, err = s.ids(ctx, tx, "SELECT id FROM articles WHERE link_h = $1 ORDER BY id", h); err != nil || len(ids) > 0 {
		return ids, err
	}
	// A seed's guid is its path. A feed's guid is not a way to name an article, but where it fits exactly it is meant.
	path := strings.TrimPrefix(ref, "./")
	return s.ids(ctx, tx, "SELECT id FROM articles WHERE guid_h = $1 AND guid = $2 ORDER BY id", hash64(path), path)
}

// prefixRange are the least and greatest key that begin with these digits.
func prefixRange(ref string) (from, to []byte, ok bool) {
	if len(ref) < minPrefix || len(ref) > 64 || strings.Trim(ref, "0123456789abcdef") != "" {
		return nil, nil, false
	}
	from, err1 := hex.DecodeString(ref + strings.Repeat("0", 64-len(ref)))
	to, err2 := hex.DecodeString(ref + strings.Repeat("f", 64-len(ref)))
	return from, to, err1 == nil && err2 == nil
}

func (s *Store) ids(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]int64, error) {
	var out []int64
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		err := rs.Scan(&id)
		out = append(out, id)
		return err
	}, query, args...)
	return out, err
}
