package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Many articles that wait (the first refresh of many feeds) go together, a stage at a time: all of them into the
// candidate index, then all of them get their edges, then each neighbourhood is grouped once. Taken all the way batch by
// batch, the first would be linked as if there were no others (the rule of candidates asks how many articles there are,
// and how many hold a key), and a neighbourhood would be grouped anew for each batch that touches it. How far an article
// has come is kept in the queue, so whoever places next, in whatever process, goes on from there.
type stage int

const (
	wholly   stage = iota // few wait: they go all the way at once
	indexing              // stage 0 → 1
	linking               // stage 1 → 2
	grouping              // stage 2 → placed
)

const (
	// indexFactor times the batch are put into the index together: every key that they hold is read and written once.
	indexFactor = 4
	// linkFactor times the batch are linked together: each time, the marks of all that they may have edges to are read.
	linkFactor = 2
	// wideRegion times the usual number of articles are read of a neighbourhood when many wait: most of them are grouped.
	wideRegion = 4
)

// waiting is a row of the queue.
type waiting struct{ article, stamp, stage int64 }

func (s *Store) waiting(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]waiting, error) {
	var out []waiting
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var w waiting
		err := rs.Scan(&w.article, &w.stamp, &w.stage)
		out = append(out, w)
		return err
	}, "SELECT article, stamp, stage FROM unplaced "+query, args...)
	return out, err
}

// Waits says whether there is anything for Place to do: articles that wait, or stories whose time has come.
func (s *Store) Waits(ctx context.Context, now time.Time) (bool, error) {
	var n int
	err := s.read(ctx, func(tx *sql.Tx) error {
		last, err := generation(ctx, tx, "")
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM (SELECT 1 FROM unplaced LIMIT 1) u) +
			(SELECT count(*) FROM (SELECT 1 FROM stories WHERE wake <= $1 LIMIT 1) w)`, micros(steady(now, last.At))).Scan(&n)
	})
	if err != nil {
		return false, fmt.Errorf("look for what waits: %w", err)
	}
	return n > 0, nil
}

// take chooses the articles of this Place: all that wait if they are few, else some of the lowest stage.
func (p *placing) take(ctx context.Context, tx *sql.Tx) error {
	n := p.rules.Batch
	ws, err := p.s.waiting(ctx, tx, "ORDER BY article LIMIT $1", n+1)
	if err != nil {
		return err
	}
	p.doing = wholly
	if len(ws) > n {
		p.placed.More = true
		for p.doing = indexing; ; p.doing++ {
			limit := map[stage]int{indexing: indexFactor * n, linking: linkFactor * n, grouping: n}[p.doing]
			if ws, err = p.s.waiting(ctx, tx, "WHERE stage = $1 ORDER BY article LIMIT $2", int64(p.doing-indexing), limit); err != nil {
				return err
			}
			if len(ws) > 0 || p.doing == grouping {
				break
			}
		}
	}
	if p.doing == grouping {
		p.rules.MaxRegion *= wideRegion
	}
	p.batch, p.toIndex, p.toLink = nil, nil, nil
	p.stamps = make(map[int64]int64, len(ws))
	for _, w := range ws {
		p.batch = append(p.batch, w.article)
		p.stamps[w.article] = w.stamp
		if w.stage < 1 {
			p.toIndex = append(p.toIndex, w.article)
		}
		if w.stage < 2 {
			p.toLink = append(p.toLink, w.article)
		}
	}
	return nil
}

// stepStage notes how far the batch has come, save what changed meanwhile: that begins again.
func (p *placing) stepStage(ctx context.Context, tx *sql.Tx, stage int) error {
	same := make([]int64, 0, len(p.batch))
	for _, id := range p.batch {
		if p.stamps[id] == 0 {
			same = append(same, id)
			continue
		}
		if _, err := tx.ExecContext(ctx, "UPDATE unplaced SET stage = $1 WHERE article = $2 AND stamp = $3", stage, id, p.stamps[id]); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, p.s.dialect.sql("UPDATE unplaced SET stage = $2 WHERE article IN {ints $1} AND stamp = 0"), p.s.dialect.list(same), stage)
	return err
}

const (
	// indexRead is how many articles' marks are in memory at once while their keys are collected.
	indexRead = 500
	// indexAtOnce is how many of those keys go into the index at once.
	indexAtOnce = 20_000
)

// indexOnly puts the batch into the candidate index, and gives each article its place: in no story yet, without edges.
// It reads and writes in one transaction, key by key in their order, so that it takes little memory whatever the batch.
func (p *placing) indexOnly(ctx context.Context, lease *Lease) (Placed, error) {
	start := time.Now()
	err := p.s.write(ctx, func(tx *sql.Tx) error {
		if err := lease.check(ctx, tx); err != nil {
			return err
		}
		if err := p.readLaw(ctx, tx); err != nil {
			return fmt.Errorf("read corrections: %w", err)
		}
		p.holders = newHolders(p.rules.Rule)
		if err := p.readEveryone(ctx, tx); err != nil {
			return err
		}
		ps, who, err := p.postings(ctx, tx)
		if err != nil {
			return fmt.Errorf("read articles: %w", err)
		}
		if err := p.list(ctx, tx, ps, who); err != nil {
			return fmt.Errorf("write index: %w", err)
		}
		if err := p.writeEveryone(ctx, tx); err != nil {
			return err
		}
		if err := p.writeFound(ctx, tx); err != nil {
			return err
		}
		return p.stepStage(ctx, tx, 1)
	})
	p.placed.Took.Candidates = time.Since(start)
	return p.placed, err
}

// postings are the keys of the batch, in their order; the articles are counted, and get their places.
func (p *placing) postings(ctx context.Context, tx *sql.Tx) (ps []posting, who []entrant, err error) {
	batch := p.batch
	defer func() { p.batch = batch }()
	for p.batch = range slices.Chunk(batch, indexRead) {
		p.nodes, p.remarked = map[int64]*node{}, map[int64][]byte{}
		if err := p.readBatch(ctx, tx); err != nil {
			return nil, nil, err
		}
		if len(who) == indexRead {
			ps = slices.Grow(ps, len(ps)*(len(batch)/indexRead)) // the first tell how many there will be
		}
		var places []any
		for _, id := range p.batch {
			n := p.nodes[id]
			for _, k := range p.keysOf(id) {
				ps = append(ps, posting{k, int32(len(who))})
			}
			who = append(who, entrant{newHolder(n), true, n.placed})
			if !n.placed {
				places = append(places, id, 0, []byte{})
				p.count(n)
			}
		}
		if err := p.writeMarks(ctx, tx); err != nil {
			return nil, nil, err
		}
		if err := p.s.bulk(ctx, tx, "INSERT INTO places (article, story, edges) VALUES", 3, "ON CONFLICT (article) DO NOTHING", places, nil); err != nil {
			return nil, nil, err
		}
	}
	p.nodes = map[int64]*node{}
	sortPostings(ps)
	return ps, who, nil
}

// list puts postings, sorted by key, into the lists of holders.
func (p *placing) list(ctx context.Context, tx *sql.Tx, ps []posting, who []entrant) error {
	for len(ps) > 0 {
		end := min(indexAtOnce, len(ps))
		for end < len(ps) && ps[end].key == ps[end-1].key {
			end++
		}
		if err := p.readLists(ctx, tx, ps[:end], who); err != nil {
			return err
		}
		if err := p.writeLists(ctx, tx); err != nil {
			return err
		}
		ps = ps[end:]
	}
	return nil
}

// storeEdges writes the edges of a batch that is linked.
func (p *placing) storeEdges(ctx context.Context, tx *sql.Tx, lease *Lease) error {
	if err := lease.check(ctx, tx); err != nil {
		return err
	}
	ids := make([]int64, 0, len(p.nodes))
	for id, n := range p.nodes {
		if n.dirty {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	values := make([]any, 0, 3*len(ids))
	for _, id := range ids {
		values = append(values, id, p.nodes[id].story, packTies(p.nodes[id].ties))
	}
	err := p.s.bulk(ctx, tx, "INSERT INTO places (article, story, edges) VALUES", 3, "ON CONFLICT (article) DO UPDATE SET edges = excluded.edges", values, nil)
	if err != nil {
		return err
	}
	return p.stepStage(ctx, tx, 2)
}

// unlinked are those of some articles that wait for their edges: they will find the batch when it is their turn.
func (p *placing) unlinked(ctx context.Context, tx *sql.Tx, ids []int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := p.s.rowsOf(ctx, tx, ids, func(rs *sql.Rows) error {
		var id int64
		err := rs.Scan(&id)
		out[id] = true
		return err
	}, "SELECT article FROM unplaced WHERE article IN {ints $1} AND stage < 2")
	return out, err
}

// waitingForStories are the stamps of those of the neighbourhoods that wait for their story only.
func (p *placing) waitingForStories(ctx context.Context, tx *sql.Tx) (map[int64]int64, error) {
	var ids []int64
	for id, n := range p.nodes {
		if n.up != nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	out := map[int64]int64{}
	err := p.s.rowsOf(ctx, tx, ids, func(rs *sql.Rows) error {
		var id, stamp int64
		if err := rs.Scan(&id, &stamp); err != nil {
			return err
		}
		_, mine := p.stamps[id]
		// Beyond a closed story nothing was followed: its revised article waits for a batch that begins with it.
		if t := p.tales[p.nodes[id].story]; !mine && (t == nil || !t.closed) {
			out[id] = stamp
		}
		return nil
	}, "SELECT article, stamp FROM unplaced WHERE article IN {ints $1} AND stage = 2")
	return out, err
}

// absorb takes an article of a neighbourhood that is grouped anyway into the batch.
func (p *placing) absorb(id, stamp int64) {
	p.batch = append(p.batch, id)
	p.stamps[id] = stamp
	p.nodes[id].fresh = true
}
