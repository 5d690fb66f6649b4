package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"wirefold/internal/news"
)

// store writes all that was decided. It may run again after a conflict, so it changes nothing of the decision but the counts.
func (p *placing) store(ctx context.Context, tx *sql.Tx, lease *Lease) error {
	if err := lease.check(ctx, tx); err != nil {
		return err
	}
	is, err := generation(ctx, tx, p.s.dialect.sql("{for update}"))
	if err != nil {
		return err
	}
	if is.N != p.generation.N {
		return fmt.Errorf("%w: the store went from generation %d to %d meanwhile", news.ErrLostLease, p.generation.N, is.N)
	}
	p.placed.Generation = p.generation.N
	for _, do := range []func(context.Context, *sql.Tx) error{
		p.writeStories, p.writePlaces, p.writeIndex, p.writeTopics, p.writeListed, p.writeLaw, p.writeDone,
	} {
		if err := do(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// wakeAt is the stored wake time: never one that has passed, or Place would never be done.
func (p *placing) wakeAt(o *outcome) any {
	w := o.life.Wake
	if w.IsZero() {
		return nil
	}
	if !w.After(p.now) {
		w = p.now.Add(time.Minute)
	}
	return micros(w)
}

func (p *placing) writeStories(ctx context.Context, tx *sql.Tx) error {
	var added, changed []any
	byName := map[string]*outcome{}
	for _, o := range p.outcomes {
		published, ended := int64(0), int64(0)
		if !o.life.Published.IsZero() {
			published = micros(o.life.Published)
		}
		if o.life.State != news.Live {
			ended = max(micros(o.life.Ended), 1)
		}
		members := packIDs(o.members)
		if o.old == nil {
			byName[string(o.id)] = o
			added = append(added, string(o.id), micros(p.now), micros(o.newest), published, ended, p.wakeAt(o), members, o.state)
			p.placed.New++
			if o.from != "" {
				p.placed.Split++
			}
			continue
		}
		o.number = o.old.id
		changed = append(changed, o.number, string(o.id), o.old.minted, micros(o.newest), published, ended, p.wakeAt(o), members, o.state)
		switch {
		case o.into != "" && len(o.old.members) > 0:
			p.placed.Merged++
		case o.retold:
			p.placed.Changed++
		}
	}
	err := p.s.bulk(ctx, tx, "INSERT INTO stories (name, minted, newest, published, ended, wake, members, state) VALUES", 8, "RETURNING id, name", added, func(rs *sql.Rows) error {
		var id int64
		var name string
		err := rs.Scan(&id, &name)
		byName[name].number = id
		return err
	})
	if err != nil {
		return err
	}
	err = p.s.bulk(ctx, tx, "INSERT INTO stories (id, name, minted, newest, published, ended, wake, members, state) VALUES", 9, `ON CONFLICT (id) DO UPDATE SET
		newest = excluded.newest, published = excluded.published, ended = excluded.ended, wake = excluded.wake,
		members = excluded.members, state = excluded.state`, changed, nil)
	if err != nil {
		return err
	}
	return p.writeAliases(ctx, tx)
}

// writeAliases ties the ids of merged stories to their survivors. Aliases are flat: those that pointed at a story
// which is itself merged now point on.
func (p *placing) writeAliases(ctx context.Context, tx *sql.Tx) error {
	for _, o := range p.outcomes {
		if o.into == "" {
			continue
		}
		if err := p.pointOn(ctx, tx, o); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO aliases (old, name) VALUES ($1, $2) ON CONFLICT (old) DO UPDATE SET name = excluded.name", string(o.id), string(o.into))
		if err != nil {
			return err
		}
	}
	return nil
}

// pointOn moves what was merged into o to where o itself goes now.
func (p *placing) pointOn(ctx context.Context, tx *sql.Tx, o *outcome) error {
	type row struct {
		id    int64
		story news.Story
	}
	var olds []row
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var r row
		var state sql.RawBytes
		if err := rs.Scan(&r.id, &state); err != nil {
			return err
		}
		err := p.s.packer.unpackJSON(state, &r.story)
		olds = append(olds, r)
		return err
	}, "SELECT s.id, s.state FROM aliases a JOIN stories s ON s.name = a.old WHERE a.name = $1 ORDER BY s.id", string(o.id))
	if err != nil {
		return err
	}
	for _, r := range olds {
		r.story.Life.Into = o.into
		state, err := p.s.packer.packJSON(r.story)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE stories SET state = $1 WHERE id = $2", state, r.id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE aliases SET name = $1 WHERE old = $2", string(o.into), string(r.story.ID)); err != nil {
			return err
		}
		p.alsoTouched = append(p.alsoTouched, r.story.Life.Topics...)
	}
	return nil
}

// writePlaces stores where articles stand now: their story, their edges.
func (p *placing) writePlaces(ctx context.Context, tx *sql.Tx) error {
	in := map[int64]int64{}
	for _, o := range p.outcomes {
		for _, id := range o.members {
			in[id] = o.number
		}
	}
	ids := make([]int64, 0, len(p.here))
	for id, n := range p.here {
		now, told := in[id]
		if n.dirty || told && now != n.story || !told && p.lost(n) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var values []any
	for _, id := range ids {
		n := p.nodes[id]
		story, told := in[id]
		if !told && !p.lost(n) {
			story = n.story
		}
		values = append(values, id, story, packTies(n.ties))
	}
	return p.s.bulk(ctx, tx, "INSERT INTO places (article, story, edges) VALUES", 3,
		"ON CONFLICT (article) DO UPDATE SET story = excluded.story, edges = excluded.edges", values, nil)
}

// lost says that an article was taken out of its story by a drop.
func (p *placing) lost(n *node) bool {
	_, dropped := p.law.drops[n.id]
	return dropped && n.story != 0
}

func (p *placing) writeIndex(ctx context.Context, tx *sql.Tx) error {
	if p.holders == nil {
		return nil
	}
	if err := p.writeMarks(ctx, tx); err != nil {
		return err
	}
	return p.writeHolders(ctx, tx)
}

// writeMarks stores what was marked anew.
func (p *placing) writeMarks(ctx context.Context, tx *sql.Tx) error {
	var marks []any
	for _, id := range p.batch {
		if m, ok := p.remarked[id]; ok {
			marks = append(marks, id, m)
		}
	}
	return p.s.bulk(ctx, tx, "INSERT INTO marks (article, data) VALUES", 2, "ON CONFLICT (article) DO UPDATE SET data = excluded.data", marks, nil)
}

// writeLaw stores what references were found to mean, and purges what a correction wants gone.
func (p *placing) writeLaw(ctx context.Context, tx *sql.Tx) error {
	if err := p.writeFound(ctx, tx); err != nil {
		return err
	}
	for _, id := range p.batch {
		if !p.law.drops[id] {
			continue
		}
		for _, q := range []string{"DELETE FROM bodies WHERE article = $1", "DELETE FROM revisions WHERE article = $1", "DELETE FROM marks WHERE article = $1"} {
			if _, err := tx.ExecContext(ctx, q, id); err != nil {
				return err
			}
		}
		for _, o := range p.outcomes {
			if o.old != nil && slices.Contains(o.old.members, id) {
				if err := p.purgeArchives(ctx, tx, o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *placing) writeFound(ctx context.Context, tx *sql.Tx) error {
	var values []any
	for _, f := range p.law.found {
		values = append(values, f.ruling, f.ref, f.article)
	}
	return p.s.bulk(ctx, tx, "INSERT INTO ruled (correction, ref, article) VALUES", 3, "ON CONFLICT (correction, ref, article) DO NOTHING", values, nil)
}

// purgeArchives puts a story as it is now, or nothing if it ended, in the place of what closed archives hold of it.
// Closed documents never change but for this: what must be gone is gone everywhere.
func (p *placing) purgeArchives(ctx context.Context, tx *sql.Tx, o *outcome) error {
	type document struct {
		slug    string
		n       int64
		stories []news.Story
	}
	var found []document
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var d document
		var data sql.RawBytes
		if err := rs.Scan(&d.slug, &d.n, &data); err != nil {
			return err
		}
		err := p.s.packer.unpackJSON(data, &d.stories)
		found = append(found, d)
		return err
	}, `SELECT a.slug, a.n, a.data FROM entries e JOIN archives a ON a.slug = e.slug AND a.n = (e.seq - 1) / $1 + 1
		WHERE e.story = $2 ORDER BY a.slug, a.n`, news.ArchiveSize, o.number)
	if err != nil {
		return err
	}
	for _, d := range found {
		i := slices.IndexFunc(d.stories, func(st news.Story) bool { return st.ID == o.id })
		switch {
		case i < 0:
			continue
		case o.life.State == news.Live:
			var now news.Story
			if err := p.s.packer.unpackJSON(o.state, &now); err != nil {
				return err
			}
			d.stories[i] = now
		default:
			d.stories = slices.Delete(d.stories, i, i+1)
		}
		data, err := p.s.packer.packJSON(d.stories)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE archives SET data = $1 WHERE slug = $2 AND n = $3", data, d.slug, d.n); err != nil {
			return err
		}
	}
	return nil
}

// writeDone takes the batch out of the queue, save what changed meanwhile, and steps the generation.
func (p *placing) writeDone(ctx context.Context, tx *sql.Tx) error {
	if err := p.unqueue(ctx, tx); err != nil {
		return err
	}
	if len(p.batch) == 0 && len(p.touched()) == 0 {
		return nil // stories woke and had nothing to say
	}
	p.placed.Generation = p.generation.N + 1
	_, err := tx.ExecContext(ctx, "INSERT INTO meta (name, n, at) VALUES ('generation', $1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n, at = excluded.at", p.placed.Generation, micros(p.now))
	return err
}

func (p *placing) unqueue(ctx context.Context, tx *sql.Tx) error {
	same := make([]int64, 0, len(p.batch))
	for _, id := range p.batch {
		if p.stamps[id] == 0 {
			same = append(same, id)
			continue
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM unplaced WHERE article = $1 AND stamp = $2", id, p.stamps[id]); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, p.s.dialect.sql("DELETE FROM unplaced WHERE article IN {ints $1} AND stamp = 0"), p.s.dialect.list(same))
	return err
}
