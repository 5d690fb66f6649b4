package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"wirefold/internal/news"
)

// Neighbourhood is what a decision about these two articles sees: everything that edges, stories and merges connect
// with either. For explain.
func (s *Store) Neighbourhood(ctx context.Context, a, b news.ArticleKey) (news.Neighbourhood, error) {
	var out news.Neighbourhood
	err := s.read(ctx, func(tx *sql.Tx) error {
		p := newPlacing(s, s.now(), Rules{MaxRegion: DefaultRegion})
		if err := p.readLaw(ctx, tx); err != nil {
			return err
		}
		for _, k := range []news.ArticleKey{a, b} {
			key, err := keyBytes(k)
			if err != nil {
				return fmt.Errorf("%w: %w", news.ErrNotFound, err)
			}
			var id int64
			err = tx.QueryRowContext(ctx, "SELECT id FROM articles WHERE key = $1", key).Scan(&id)
			if errors.Is(err, sql.ErrNoRows) {
				return news.ErrNotFound
			}
			if err != nil {
				return err
			}
			p.frontier = append(p.frontier, id)
		}
		if err := p.explore(ctx, tx); err != nil {
			return err
		}
		var members []*node
		for _, n := range p.nodes {
			if _, dropped := p.law.drops[n.id]; n.up != nil && !dropped {
				members = append(members, n)
			}
		}
		slices.SortFunc(members, func(a, b *node) int { return bytes.Compare(a.head.key[:], b.head.key[:]) })
		ids := make([]int64, len(members))
		for i, n := range members {
			ids[i] = n.id
		}
		if err := p.readMarks(ctx, tx, ids); err != nil {
			return err
		}
		out = p.neighbourhood(members)
		return nil
	})
	if err != nil {
		return news.Neighbourhood{}, fmt.Errorf("read neighbourhood of %s and %s: %w", a, b, err)
	}
	return out, nil
}
