package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"wirefold/internal/news"
)

// touched are the topics of which something that subscribers can see changed.
func (p *placing) touched() []string {
	out := slices.Clone(p.alsoTouched)
	for _, o := range p.outcomes {
		if !o.retold {
			continue
		}
		out = append(out, o.life.Topics...)
		if o.old != nil {
			out = append(out, o.was.Topics...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// entryAt names a story's row in a topic.
type entryAt struct {
	story int64
	slug  string
}

// writeTopics stores what topics show: a story that enters one gets its next number there, an archive document that
// is full is frozen, and touched topics step to the new generation.
func (p *placing) writeTopics(ctx context.Context, tx *sql.Tx) error {
	slugs := p.touched()
	if len(slugs) == 0 {
		return nil
	}
	seqs, err := p.readSeqs(ctx, tx, slugs)
	if err != nil {
		return err
	}
	numbers, err := p.readNumbers(ctx, tx)
	if err != nil {
		return err
	}
	before := make(map[string]int64, len(seqs))
	for slug, n := range seqs {
		before[slug] = n
	}
	if err := p.writeEntries(ctx, tx, seqs, numbers); err != nil {
		return err
	}
	var values []any
	for _, slug := range slugs {
		values = append(values, slug, p.generation.N+1, micros(p.now), seqs[slug])
	}
	err = p.s.bulk(ctx, tx, "INSERT INTO topics (slug, generation, at, seq) VALUES", 4,
		"ON CONFLICT (slug) DO UPDATE SET generation = excluded.generation, at = excluded.at, seq = excluded.seq", values, nil)
	if err != nil {
		return err
	}
	for _, slug := range slugs {
		for n := before[slug]/news.ArchiveSize + 1; n <= seqs[slug]/news.ArchiveSize; n++ {
			if err := p.freeze(ctx, tx, slug, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *placing) readSeqs(ctx context.Context, tx *sql.Tx, slugs []string) (map[string]int64, error) {
	seqs := map[string]int64{}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var slug string
		var seq int64
		err := rs.Scan(&slug, &seq)
		seqs[slug] = seq
		return err
	}, p.s.dialect.sql("SELECT slug, seq FROM topics WHERE slug IN {texts $1}"), p.s.dialect.list(slugs))
	return seqs, err
}

// readNumbers reads which numbers the stories of this Place have in topics already.
func (p *placing) readNumbers(ctx context.Context, tx *sql.Tx) (map[entryAt]int64, error) {
	var ids []int64
	for _, o := range p.outcomes {
		if o.old != nil {
			ids = append(ids, o.number)
		}
	}
	slices.Sort(ids)
	out := map[entryAt]int64{}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var e entryAt
		var seq int64
		err := rs.Scan(&e.story, &e.slug, &seq)
		out[e] = seq
		return err
	}, p.s.dialect.sql("SELECT story, slug, seq FROM entries WHERE story IN {ints $1}"), p.s.dialect.list(ids))
	return out, err
}

// writeEntries writes the row of each story in each of its topics. Those that enter a topic together get their
// numbers in the order of publication.
func (p *placing) writeEntries(ctx context.Context, tx *sql.Tx, seqs map[string]int64, numbers map[entryAt]int64) error {
	order := slices.Clone(p.outcomes)
	slices.SortFunc(order, func(a, b *outcome) int {
		if c := a.life.Published.Compare(b.life.Published); c != 0 {
			return c
		}
		return strings.Compare(string(a.id), string(b.id))
	})
	var values []any
	for _, o := range order {
		life := o.life
		topics := slices.Compact(slices.Sorted(slices.Values(life.Topics)))
		var left []string // topics that it was in and is not any more
		if o.old != nil {
			left = slices.DeleteFunc(slices.Clone(o.was.Topics), func(slug string) bool { return slices.Contains(topics, slug) })
		}
		ended := int64(0)
		if life.State != news.Live {
			ended = max(micros(life.Ended), 1)
		}
		row := func(slug string, gone int) {
			at := entryAt{o.number, slug}
			if numbers[at] == 0 {
				seqs[slug]++
				numbers[at] = seqs[slug]
			}
			values = append(values, slug, numbers[at], o.number, string(o.id), micros(life.Published), micros(life.Updated), ended, gone)
		}
		for _, slug := range topics {
			row(slug, 0)
		}
		for _, slug := range left {
			row(slug, 1)
		}
	}
	return p.s.bulk(ctx, tx, "INSERT INTO entries (slug, seq, story, name, published, updated, ended, gone) VALUES", 8,
		`ON CONFLICT (slug, seq) DO UPDATE SET published = excluded.published, updated = excluded.updated, ended = excluded.ended, gone = excluded.gone`, values, nil)
}

// freeze keeps a full archive document as it is now.
func (p *placing) freeze(ctx context.Context, tx *sql.Tx, slug string, n int64) error {
	a, err := p.s.openArchive(ctx, tx, slug, int(n))
	if err != nil {
		return err
	}
	data, err := p.s.packer.packJSON(a.Stories)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO archives (slug, n, at, data) VALUES ($1, $2, $3, $4) ON CONFLICT (slug, n) DO NOTHING", slug, n, micros(p.now), data)
	return err
}
