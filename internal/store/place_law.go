package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wirefold/internal/news"
)

// law is what humans have ruled, resolved to articles.
type law struct {
	rulings []*ruling
	drops   map[int64]bool // article → purge its text too
	// of lists the rulings that name an article.
	of map[int64][]*ruling
	// keys names the articles that are ruled on.
	keys map[int64]news.ArticleKey
	// found are references that this Place was the first to resolve.
	found []found
}

// ruling is one correction and the articles that each of its references means.
type ruling struct {
	id   int64
	c    news.Correction
	refs [][]int64
}

type found struct {
	ruling  int64
	ref     int
	article int64
}

// readLaw reads the corrections, and finds out whether articles of the batch are some that they were waiting for.
func (p *placing) readLaw(ctx context.Context, tx *sql.Tx) error {
	p.law = law{drops: map[int64]bool{}, of: map[int64][]*ruling{}, keys: map[int64]news.ArticleKey{}}
	var err error
	if p.law.rulings, err = p.s.rulings(ctx, tx); err != nil || len(p.law.rulings) == 0 {
		return err
	}
	if err := p.resolveNew(ctx, tx); err != nil {
		return err
	}
	var named []int64
	for _, r := range p.law.rulings {
		for _, ids := range r.refs {
			for _, id := range ids {
				if !slices.Contains(p.law.of[id], r) {
					p.law.of[id] = append(p.law.of[id], r)
				}
				if r.c.Op == news.OpDrop {
					p.law.drops[id] = p.law.drops[id] || r.c.Purge
				}
				named = append(named, id)
			}
		}
	}
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var key []byte
		err := rs.Scan(&id, &key)
		p.law.keys[id] = keyText(key)
		return err
	}, p.s.dialect.sql("SELECT id, key FROM articles WHERE id IN {ints $1}"), p.s.dialect.list(named))
}

// rulings reads all corrections in force, in the order in which they were made.
func (s *Store) rulings(ctx context.Context, tx *sql.Tx) ([]*ruling, error) {
	var out []*ruling
	at := map[int64]*ruling{}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		r := &ruling{}
		var body, origin string
		var line int
		if err := rs.Scan(&r.id, &origin, &line, &body); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &r.c); err != nil {
			return fmt.Errorf("correction %d: %w: %w", r.id, errPacking, err)
		}
		r.c.Origin, r.c.Line = origin, line
		r.refs = make([][]int64, len(r.c.Articles))
		at[r.id] = r
		out = append(out, r)
		return nil
	}, "SELECT id, origin, line, body FROM corrections ORDER BY id")
	if err != nil {
		return nil, err
	}
	return out, rows(ctx, tx, func(rs *sql.Rows) error {
		var id, article int64
		var ref int
		if err := rs.Scan(&id, &ref, &article); err != nil {
			return err
		}
		if r := at[id]; r != nil && ref < len(r.refs) {
			r.refs[ref] = append(r.refs[ref], article)
		}
		return nil
	}, "SELECT correction, ref, article FROM ruled ORDER BY correction, ref, article")
}

func (p *placing) resolveNew(ctx context.Context, tx *sql.Tx) error {
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var key []byte
		var guid, url string
		var link sql.NullInt64
		if err := rs.Scan(&id, &key, &guid, &url, &link); err != nil {
			return err
		}
		for _, r := range p.law.rulings {
			for i, ref := range r.c.Articles {
				if slices.Contains(r.refs[i], id) {
					continue
				}
				if byKey, fits := means(ref, key, guid, url, link); fits && (!byKey || len(r.refs[i]) == 0) {
					r.refs[i] = append(r.refs[i], id)
					p.law.found = append(p.law.found, found{r.id, i, id})
				}
			}
		}
		return nil
	}, p.s.dialect.sql("SELECT id, key, guid, url, link_h FROM articles WHERE id IN {ints $1} ORDER BY id"), p.s.dialect.list(p.batch))
}

// means says whether a reference fits an article, and whether it does by its key. It agrees with resolve.
func means(ref string, key []byte, guid, url string, link sql.NullInt64) (byKey, fits bool) {
	if from, to, ok := prefixRange(ref); ok && bytes.Compare(from, key) <= 0 && bytes.Compare(key, to) <= 0 {
		return true, true
	}
	ref = plain(ref)
	return false, ref != "" && (url == ref || link.Valid && link.Int64 == hash64(ref) || guid == strings.TrimPrefix(ref, "./"))
}

// groups are the sets of articles that a merge or split names: for a merge all of them together; for a split the
// pairs of articles of different references.
func (r *ruling) groups() [][]int64 {
	switch r.c.Op {
	case news.OpMerge:
		if all := slices.Concat(r.refs...); len(all) > 1 {
			return [][]int64{all}
		}
	case news.OpSplit:
		var out [][]int64
		for i, as := range r.refs {
			for _, bs := range r.refs[i+1:] {
				for _, a := range as {
					for _, b := range bs {
						if a != b {
							out = append(out, []int64{a, b})
						}
					}
				}
			}
		}
		return out
	}
	return nil
}

// rulingsFor are the merges and splits between articles of one neighbourhood, without those that were dropped.
func (p *placing) rulingsFor(members []*node) []news.Ruling {
	if len(p.law.of) == 0 {
		return nil
	}
	in := make(map[int64]bool, len(members))
	var rs []*ruling
	for _, n := range members {
		in[n.id] = true
		for _, r := range p.law.of[n.id] {
			if !slices.Contains(rs, r) {
				rs = append(rs, r)
			}
		}
	}
	slices.SortFunc(rs, func(a, b *ruling) int { return int(a.id - b.id) })
	var out []news.Ruling
	for _, r := range rs {
		for _, g := range r.groups() {
			var keys []news.ArticleKey
			for _, id := range g {
				if in[id] {
					keys = append(keys, p.law.keys[id])
				}
			}
			slices.Sort(keys)
			if keys = slices.Compact(keys); len(keys) > 1 {
				out = append(out, news.Ruling{Op: r.c.Op, Articles: keys})
			}
		}
	}
	return out
}

// words are the corrections that name a member, as Step.Rulings wants them: stable, sorted, without their origin. A correction is the
// same one when an article that it names comes, or goes, so what the editor wrote stands before what it names by now.
func (p *placing) words(members []int64) []string {
	var out []string
	for _, id := range members {
		for _, r := range p.law.of[id] {
			var keys []string
			for _, ids := range r.refs {
				for _, id := range ids {
					keys = append(keys, string(p.law.keys[id]))
				}
			}
			slices.Sort(keys)
			refs := slices.Clone(r.c.Articles)
			slices.Sort(refs)
			w := r.c.Op + " " + strings.Join(slices.Compact(refs), " ")
			if r.c.Op == news.OpPin {
				w += fmt.Sprintf(" lead=%t headline=%q", r.c.Lead, r.c.Headline)
			}
			out = append(out, w+news.RulingNames+strings.Join(slices.Compact(keys), " "))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pins are the pins of a story's members, the latest last.
func (p *placing) pins(members []int64) []news.Pin {
	type pin struct {
		by int64
		news.Pin
	}
	var all []pin
	for _, id := range members {
		for _, r := range p.law.of[id] {
			if r.c.Op == news.OpPin {
				all = append(all, pin{r.id, news.Pin{Article: p.law.keys[id], Lead: r.c.Lead, Headline: r.c.Headline}})
			}
		}
	}
	slices.SortFunc(all, func(a, b pin) int {
		if a.by != b.by {
			return int(a.by - b.by)
		}
		return strings.Compare(string(a.Article), string(b.Article))
	})
	var out []news.Pin
	for _, x := range all {
		out = append(out, x.Pin)
	}
	return out
}
