package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"wirefold/internal/news"
)

// readBatch reads the marks of the articles that wait, and makes those that are missing or of an older version.
func (p *placing) readBatch(ctx context.Context, tx *sql.Tx) error {
	for _, id := range p.batch {
		p.nodes[id] = &node{id: id, fresh: true, loaded: true}
	}
	if err := p.readPlaces(ctx, tx, p.batch); err != nil {
		return err
	}
	if p.doing == grouping {
		return nil // the marks are read with those around them
	}
	if err := p.readMarks(ctx, tx, p.batch); err != nil {
		return err
	}
	for _, id := range p.batch {
		n := p.nodes[id]
		if n.m != nil && !p.rules.stale(n.m) {
			continue
		}
		a, err := p.s.body(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.rules.Mark != nil {
			a.Marks = p.rules.Mark(&a)
		}
		if p.remarked[id], err = packMarked(marked(&a), true); err != nil {
			return err
		}
		if err := n.readMarked(p.remarked[id]); err != nil { // as it will be read next time
			return err
		}
	}
	return nil
}

// stale says that marks must be made again.
func (r *Rules) stale(m *news.Marked) bool {
	if r.Mark == nil {
		return false
	}
	if len(m.Marks.Blob) == 0 {
		return len(m.Marks.Keys) == 0
	}
	return !bytes.HasPrefix(m.Marks.Blob, r.MarksVersion)
}

// readMarks loads what grouping reads of articles that are nodes already.
func (p *placing) readMarks(ctx context.Context, tx *sql.Tx, ids []int64) error {
	missing := map[int64]*node{}
	for _, id := range ids {
		if n := p.nodes[id]; n.m == nil {
			missing[id] = n
		}
	}
	return p.readMarksOf(ctx, tx, missing)
}

// readMarksOf loads what grouping reads of articles. Of one whose marks retention has taken only the header is left.
func (p *placing) readMarksOf(ctx context.Context, tx *sql.Tx, of map[int64]*node) error {
	if len(of) == 0 {
		return nil
	}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var data sql.RawBytes
		if err := rs.Scan(&id, &data); err != nil {
			return err
		}
		return of[id].readMarked(data)
	}, p.s.dialect.sql("SELECT article, data FROM marks WHERE article IN {ints $1}"), p.s.dialect.list(slices.Sorted(maps.Keys(of))))
	if err != nil {
		return err
	}
	return p.readBare(ctx, tx, of)
}

// readHeads loads the headers of articles: keys, dates, copy classes.
func (p *placing) readHeads(ctx context.Context, tx *sql.Tx, of map[int64]*node) error {
	ids := slices.Sorted(maps.Keys(of))
	err := p.s.rowsOf(ctx, tx, ids, func(rs *sql.Rows) error {
		var id int64
		var data sql.RawBytes
		if err := rs.Scan(&id, &data); err != nil {
			return err
		}
		var err error
		if of[id].head, err = unpackHead(data); err != nil {
			return fmt.Errorf("marks of article %d: %w", id, err)
		}
		return nil
	}, fmt.Sprintf("SELECT article, substr(data, 1, %d) FROM marks WHERE article IN {ints $1}", headSize))
	if err != nil {
		return err
	}
	return p.readBare(ctx, tx, of)
}

// readBare makes the headers of articles whose marks retention has taken.
func (p *placing) readBare(ctx context.Context, tx *sql.Tx, of map[int64]*node) error {
	var left []int64
	for id, n := range of {
		if !n.head.read {
			left = append(left, id)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return rows(ctx, tx, func(rs *sql.Rows) error {
		var id, seen int64
		var key []byte
		if err := rs.Scan(&id, &key, &seen); err != nil {
			return err
		}
		n := of[id]
		n.head = head{published: micros(time.Time{}), seen: seen, read: true}
		copy(n.head.key[:], key)
		m := n.marked()
		n.m = &m
		return nil
	}, p.s.dialect.sql("SELECT id, key, seen FROM articles WHERE id IN {ints $1}"), p.s.dialect.list(left))
}

func (n *node) readMarked(data []byte) (err error) {
	if n.head, err = unpackHead(data); err == nil {
		n.m, err = unpackMarked(data)
	}
	if err != nil {
		return fmt.Errorf("marks of article %d: %w", n.id, err)
	}
	n.again = markedAgain(data)
	return nil
}

// marked is the article as Group sees it; without keys and blob where they are not read.
func (n *node) marked() news.Marked {
	if n.m != nil {
		return *n.m
	}
	return n.head.marked()
}

func (n *node) key() news.ArticleKey { return keyText(n.head.key[:]) }
func (n *node) seen() time.Time      { return fromMicros(n.head.seen) }

// keysOf are the keys by which an article is found; one that was dropped is not.
func (p *placing) keysOf(id int64) []news.Key {
	if _, dropped := p.law.drops[id]; dropped {
		return nil
	}
	return p.keys(p.nodes[id])
}

// keys are the keys in the marks of an article, in order. Those that are derived are made when they are first asked for.
func (p *placing) keys(n *node) []news.Key {
	if m := &n.m.Marks; m.Derived && m.Keys == nil && p.rules.Keys != nil {
		m.Keys = inOrder(p.rules.Keys(m.Blob))
	}
	return n.m.Marks.Keys
}

// candidate is two articles that may tell one event, by their numbers (crossed): a wants edges now.
type candidate struct{ a, b int32 }

// candidates finds the pairs that the index makes candidates: each article that wants edges with all that are stored,
// and with each other. They come in the order of b.
func (p *placing) candidates(ctx context.Context, tx *sql.Tx) ([]candidate, error) {
	found := p.sharers()
	p.crossed.forget()
	if p.doing == linking {
		if err := p.withoutLater(ctx, tx, found); err != nil {
			return nil, err
		}
	}
	start := make([]int32, len(p.crossed.ids)+1)
	n := 0
	for f := range found.each() {
		start[f.b+1]++
		n++
	}
	for i := range p.crossed.ids {
		start[i+1] += start[i]
	}
	out := make([]candidate, n)
	for f := range found.each() {
		out[start[f.b]] = f
		start[f.b]++
	}
	return out, nil
}

// pile is many candidates, in blocks: one list of them would be copied each time it grows, while the lists of holders are still here.
type pile [][]candidate

// pileBlock is of 256 kB.
const pileBlock = 1 << 15

func (p *pile) add(f candidate) {
	last := len(*p) - 1
	if last < 0 || len((*p)[last]) == pileBlock {
		*p = append(*p, make([]candidate, 0, pileBlock))
		last++
	}
	(*p)[last] = append((*p)[last], f)
}

func (p pile) each() iter.Seq[candidate] {
	return func(yield func(candidate) bool) {
		for _, block := range p {
			for _, f := range block {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// withoutLater leaves out the candidates that are still to be linked themselves: they will find the batch when it is their turn.
func (p *placing) withoutLater(ctx context.Context, tx *sql.Tx, found pile) error {
	var far []int64
	met := make([]bool, len(p.crossed.ids))
	for f := range found.each() {
		if int(f.b) >= len(p.toLink) && !met[f.b] {
			met[f.b] = true
			far = append(far, p.crossed.ids[f.b])
		}
	}
	slices.Sort(far)
	later, err := p.unlinked(ctx, tx, far)
	if err != nil {
		return err
	}
	for i := range found {
		found[i] = slices.DeleteFunc(found[i], func(f candidate) bool { return int(f.b) >= len(p.toLink) && later[p.crossed.ids[f.b]] })
	}
	return nil
}

// sharers finds for each article that wants edges (numbers from 0) those that share enough with it by the days that
// the index knows. A pair of two that want edges is found once.
func (p *placing) sharers() (found pile) {
	c, rule := p.crossed, p.rules.Rule
	sum := make([]uint16, len(c.ids))
	var touched []int32
	for i := range int32(c.own) {
		if c.mute[i] {
			continue // it was dropped; the index may still have it under keys that others share
		}
		touched = touched[:0]
		keys := c.keysOf(i)
		rest, least := 0, rule.Bound(c.steps[c.day[i]])-rule.Undated
		for _, k := range keys {
			rest += int(k.says)
		}
		// What says most comes first. What all the keys still to come say together bounds what an article that was not
		// met so far can reach: the long lists of light keys only add to those that were.
		for _, k := range keys {
			enough := rest >= least
			rest -= int(k.says)
			for list := c.holdersOf(k); len(list) > 0; {
				upper, worth, lower := list.next()
				says := uint16(min(k.says, worth))
				for _, l := range lower {
					j := upper | int32(l)
					if sum[j] == 0 {
						if !enough || j <= i {
							continue
						}
						touched = append(touched, j)
					}
					sum[j] += says
				}
			}
		}
		me := c.days[c.day[i]]
		for _, j := range touched {
			step := max(c.steps[c.day[i]], c.steps[c.day[j]])
			apart := rule.Apart(int(me.published), int(c.days[c.day[j]].published))
			if int(sum[j]) >= rule.Bound(step)+apart && c.inWindow(i, j) {
				found.add(candidate{i, j})
			}
			sum[j] = 0
		}
	}
	return found
}

// share says whether two articles share enough by the keys that they hold now. Keys are sorted: heaviest first, then
// value.
func (p *placing) share(a, b *node) bool {
	hs, ha, hb := p.holders, newHolder(a), newHolder(b)
	x, y := p.keys(a), p.keys(b)
	sum := 0
	for len(x) > 0 && len(y) > 0 {
		switch c := compareKeys(x[0], y[0]); {
		case c < 0:
			x = x[1:]
		case c > 0:
			y = y[1:]
		default:
			sum += min(p.saysFor(x[0], ha), p.saysFor(x[0], hb))
			x, y = x[1:], y[1:]
		}
	}
	return sum > 0 && sum >= hs.rule.Bound(max(hs.step(ha), hs.step(hb)))+hs.rule.Apart(int(ha.published), int(hb.published))
}

// saysFor is what it says for an article of these days to share a key.
func (p *placing) saysFor(k news.Key, x holder) int {
	hs, h := p.holders, p.holders.of(k)
	days := x.days()
	if _, crowd := h.crowds[days]; crowd {
		return 0
	}
	n := around(h.crowds, days) + p.crossed.around(h, days)
	return hs.rule.Says(k, max(n, 1), hs.step(x))
}

func compareKeys(a, b news.Key) int {
	return cmp.Or(b.Weight()-a.Weight(), cmp.Compare(a, b))
}
