package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"wirefold/internal/news"
)

// listing is one article in the list of a topic.
type listing struct {
	slug    string
	article int64
}

// writeListed notes which articles came into topics with this Place, and which were taken out of them. An article that
// goes from one story of a topic to another stays where it is.
func (p *placing) writeListed(ctx context.Context, tx *sql.Tx) error {
	before, after := map[listing]bool{}, map[listing]bool{}
	for _, o := range p.outcomes {
		if o.old != nil {
			list(before, o.was, o.old.members)
		}
		list(after, o.life, o.members)
	}
	for l := range before {
		if after[l] {
			delete(before, l)
			delete(after, l)
		}
	}
	at := micros(p.now)
	err := p.s.bulk(ctx, tx, "INSERT INTO listed (slug, article, at, gone) VALUES", 4,
		"ON CONFLICT (slug, article) DO UPDATE SET gone = 0", listedValues(after, at, 0), nil)
	if err != nil {
		return err
	}
	return p.s.bulk(ctx, tx, "INSERT INTO listed (slug, article, at, gone) VALUES", 4,
		"ON CONFLICT (slug, article) DO UPDATE SET gone = excluded.gone", listedValues(before, at, at), nil)
}

// list adds what the topics of a live story list of it.
func list(into map[listing]bool, l news.Life, members []int64) {
	if l.State != news.Live {
		return
	}
	for _, slug := range l.Topics {
		for _, id := range members {
			into[listing{slug, id}] = true
		}
	}
}

func listedValues(set map[listing]bool, at, gone int64) []any {
	order := make([]listing, 0, len(set))
	for l := range set {
		order = append(order, l)
	}
	slices.SortFunc(order, func(a, b listing) int { return cmp.Or(cmp.Compare(a.slug, b.slug), cmp.Compare(a.article, b.article)) })
	values := make([]any, 0, 4*len(order))
	for _, l := range order {
		values = append(values, l.slug, l.article, at, gone)
	}
	return values
}
