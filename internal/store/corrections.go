package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// Correction is a correction in force, with what its references were found to mean.
type Correction struct {
	news.Correction
	// Keys are the articles that each reference means; none for one that fits nothing yet.
	Keys [][]news.ArticleKey
	// Problem says in words what is wrong with it, "" for nothing: an article that is unknown, a contradiction.
	Problem string
}

const (
	fromFile    = "file"
	fromCommand = "command"
)

// Correct makes the file's corrections those in force, beside the ones that commands added: new ones count from the
// next Place on, and removing a line removes its correction. When nothing changed, nothing is written.
func (s *Store) Correct(ctx context.Context, file []news.Correction, _ time.Time) error {
	same, err := s.sameFile(ctx, file)
	if err != nil {
		return fmt.Errorf("import corrections: %w", err)
	}
	if same {
		return nil
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		rs, err := s.rulings(ctx, tx)
		if err != nil {
			return err
		}
		had := map[string][]*ruling{}
		for _, r := range rs {
			if r.c.Origin == fromFile {
				had[wording(r.c)] = append(had[wording(r.c)], r)
			}
		}
		for _, c := range file {
			w := wording(c)
			if old := had[w]; len(old) > 0 {
				had[w] = old[1:]
				if _, err := tx.ExecContext(ctx, "UPDATE corrections SET line = $1 WHERE id = $2", c.Line, old[0].id); err != nil {
					return err
				}
				continue
			}
			if err := s.addRuling(ctx, tx, c, fromFile); err != nil {
				return err
			}
		}
		for _, left := range had {
			for _, r := range left {
				if err := s.removeRuling(ctx, tx, r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("import corrections: %w", err)
	}
	return nil
}

func (s *Store) sameFile(ctx context.Context, file []news.Correction) (bool, error) {
	var had, want []string
	err := s.read(ctx, func(tx *sql.Tx) error {
		had = nil
		rs, err := s.rulings(ctx, tx)
		for _, r := range rs {
			if r.c.Origin == fromFile {
				had = append(had, fmt.Sprint(r.c.Line, wording(r.c)))
			}
		}
		return err
	})
	for _, c := range file {
		want = append(want, fmt.Sprint(c.Line, wording(c)))
	}
	slices.Sort(had)
	slices.Sort(want)
	return slices.Equal(had, want), err
}

// wording is a correction without where it came from.
func wording(c news.Correction) string {
	c.Origin, c.Line = "", 0
	b, _ := json.Marshal(c) // strings and booleans always marshal
	return string(b)
}

// AddCorrection adds a correction that a command or page made. One that is there already is not added again.
func (s *Store) AddCorrection(ctx context.Context, c news.Correction, _ time.Time) error {
	if p := malformed(c); p != "" {
		return fmt.Errorf("add correction: %s", p)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		rs, err := s.rulings(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.c.Origin == fromCommand && wording(r.c) == wording(c) {
				return nil
			}
		}
		return s.addRuling(ctx, tx, c, fromCommand)
	})
	if err != nil {
		return fmt.Errorf("add correction: %w", err)
	}
	return nil
}

func malformed(c news.Correction) string {
	want := map[string]int{news.OpMerge: 2, news.OpSplit: 2, news.OpPin: 1, news.OpDrop: 1}[c.Op]
	switch {
	case want == 0:
		return fmt.Sprintf("%q is not merge, split, pin or drop", c.Op)
	case len(c.Articles) < want:
		return fmt.Sprintf("%s needs %d articles", c.Op, want)
	}
	return ""
}

// addRuling stores a correction and makes the articles that it names wait for Place.
func (s *Store) addRuling(ctx context.Context, tx *sql.Tx, c news.Correction, origin string) error {
	var id int64
	err := tx.QueryRowContext(ctx, "INSERT INTO corrections (origin, line, body) VALUES ($1, $2, $3) RETURNING id", origin, c.Line, wording(c)).Scan(&id)
	if err != nil {
		return err
	}
	var all []int64
	for i, ref := range c.Articles {
		articles, err := s.resolve(ctx, tx, ref)
		if errors.Is(err, news.ErrNotFound) {
			continue // told by Corrections
		}
		if err != nil {
			return err
		}
		for _, a := range articles {
			_, err := tx.ExecContext(ctx, "INSERT INTO ruled (correction, ref, article) VALUES ($1, $2, $3)", id, i, a)
			if err != nil {
				return err
			}
		}
		all = append(all, articles...)
	}
	return s.enqueue(ctx, tx, all)
}

func (s *Store) removeRuling(ctx context.Context, tx *sql.Tx, r *ruling) error {
	for _, q := range []string{"DELETE FROM ruled WHERE correction = $1", "DELETE FROM corrections WHERE id = $1"} {
		if _, err := tx.ExecContext(ctx, q, r.id); err != nil {
			return err
		}
	}
	return s.enqueue(ctx, tx, slices.Concat(r.refs...))
}

// Corrections are all in force, in the order in which they were made, with what is wrong with them: articles that
// are not known (they are waited for), and splits that contradict merges (the split wins; both say so).
func (s *Store) Corrections(ctx context.Context) ([]Correction, error) {
	var out []Correction
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		rs, err := s.rulings(ctx, tx)
		if err != nil {
			return err
		}
		names, err := s.keysOf(ctx, tx, rs)
		if err != nil {
			return err
		}
		for _, r := range rs {
			c := Correction{Correction: r.c, Keys: make([][]news.ArticleKey, len(r.refs)), Problem: malformed(r.c)}
			for i, ids := range r.refs {
				for _, id := range ids {
					c.Keys[i] = append(c.Keys[i], names[id])
				}
				if len(ids) == 0 && c.Problem == "" {
					c.Problem = fmt.Sprintf("no article %q is known", r.c.Articles[i])
					if _, err := s.resolve(ctx, tx, r.c.Articles[i]); errors.Is(err, news.ErrNotFound) {
						c.Problem = fmt.Sprintf("%q is the beginning of several keys", r.c.Articles[i])
					} else if err != nil {
						return err
					}
				}
			}
			out = append(out, c)
		}
		contradictions(rs, out)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	return out, nil
}

func (s *Store) keysOf(ctx context.Context, tx *sql.Tx, rs []*ruling) (map[int64]news.ArticleKey, error) {
	var ids []int64
	for _, r := range rs {
		ids = append(ids, slices.Concat(r.refs...)...)
	}
	names := map[int64]news.ArticleKey{}
	err := rows(ctx, tx, func(row *sql.Rows) error {
		var id int64
		var key []byte
		err := row.Scan(&id, &key)
		names[id] = keyText(key)
		return err
	}, s.dialect.sql("SELECT id, key FROM articles WHERE id IN {ints $1}"), s.dialect.list(ids))
	return names, err
}

// contradictions notes splits of articles that merges tie together, on both sides.
func contradictions(rs []*ruling, out []Correction) {
	parent := map[int64]int64{}
	var root func(int64) int64
	root = func(x int64) int64 {
		if p, ok := parent[x]; ok && p != x {
			r := root(p)
			parent[x] = r
			return r
		}
		return x
	}
	for _, r := range rs {
		if r.c.Op == news.OpMerge {
			for _, g := range r.groups() {
				for _, id := range g[1:] {
					parent[root(id)] = root(g[0])
				}
			}
		}
	}
	note := func(i int, text string) {
		if !strings.Contains(out[i].Problem, text) {
			out[i].Problem = strings.TrimPrefix(out[i].Problem+"; "+text, "; ")
		}
	}
	for i, r := range rs {
		if r.c.Op != news.OpSplit {
			continue
		}
		for _, g := range r.groups() {
			if root(g[0]) != root(g[1]) {
				continue
			}
			for j, m := range rs {
				all := slices.Concat(m.refs...)
				if m.c.Op == news.OpMerge && len(all) > 0 && root(all[0]) == root(g[0]) {
					note(i, "contradicts the merge of "+whence(m.c)+", and wins")
					note(j, "the split of "+whence(r.c)+" contradicts it, and wins")
				}
			}
		}
	}
}

// whence says where a correction came from.
func whence(c news.Correction) string {
	if c.Origin == fromFile {
		return fmt.Sprintf("line %d", c.Line)
	}
	return "a command (" + strings.Join(c.Articles, ", ") + ")"
}
