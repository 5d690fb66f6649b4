package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"wirefold/internal/news"
)

// Placed counts what one Place did.
type Placed struct {
	Articles   int // placed or placed again
	New        int // stories
	Changed    int // stories that were there before and say something else now
	Merged     int // stories that became an alias
	Split      int // stories that came out of another
	Pairs      int // candidates that were scored
	Generation int64
	// More says that there was more to do than one batch: call again.
	More bool
	Took Took
}

// Took is where the time of a Place went.
type Took struct {
	Read, Candidates, Link, Group, Advance, Write time.Duration
}

// Place gives articles that wait their stories, in one batch, under the lease "place", in one transaction: edges,
// stories, ids, topics, archives, and the next generation. It waits while another process places (Options.Wait), and
// answers news.ErrBusy when that takes too long, news.ErrLostLease when the lease was taken over meanwhile: then
// nothing was written and the articles wait on. With nothing to do it writes nothing and keeps the generation.
func (s *Store) Place(ctx context.Context, now time.Time, r Rules) (Placed, error) {
	s.placing.Lock()
	defer s.placing.Unlock()
	now = now.UTC().Truncate(time.Microsecond)
	if r.Batch <= 0 {
		r.Batch = DefaultBatch
	}
	if r.MaxRegion <= 0 {
		r.MaxRegion = DefaultRegion
	}
	p := newPlacing(s, now, r)
	if err := s.read(ctx, func(tx *sql.Tx) error { return p.look(ctx, tx) }); err != nil {
		return Placed{}, fmt.Errorf("place: %w", err)
	}
	if p.idle() {
		s.articles.drop()
		return Placed{Generation: p.generation.N}, nil
	}
	lease, err := s.waitLease(ctx, "place")
	if err != nil {
		return Placed{}, fmt.Errorf("place: %w", err)
	}
	placed, err := s.placeUnder(ctx, lease, now, r)
	if e := lease.Release(ctx); err == nil {
		err = e
	}
	s.turnEnded = time.Now()
	if err != nil {
		return Placed{}, fmt.Errorf("place: %w", err)
	}
	return placed, nil
}

// Rest lets go of the articles that Place keeps at hand for the next one: a quiet program is a small one.
func (s *Store) Rest() {
	s.placing.Lock()
	defer s.placing.Unlock()
	s.articles.drop()
}

func (s *Store) placeUnder(ctx context.Context, lease *Lease, now time.Time, r Rules) (Placed, error) {
	if err := s.remarkAll(ctx, lease, now, r); err != nil {
		return Placed{}, err
	}
	p := newPlacing(s, now, r)
	if err := s.readByWriter(ctx, func(tx *sql.Tx) error { return p.look(ctx, tx) }); err != nil || p.idle() {
		return p.placed, err
	}
	if p.doing == indexing {
		return p.indexOnly(ctx, lease)
	}
	if err := p.prepare(ctx); err != nil {
		return Placed{}, err
	}
	if p.doing == linking {
		start := time.Now()
		err := s.write(ctx, func(tx *sql.Tx) error { return p.storeEdges(ctx, tx, lease) })
		p.placed.Took.Write = time.Since(start)
		return p.placed, err
	}
	return p.placed, p.tell(ctx, lease)
}

// placing is one Place at work. It reads and decides without any lock, then writes.
type placing struct {
	s     *Store
	now   time.Time
	rules Rules

	generation news.Generation
	doing      stage
	batch      []int64         // articles taken from the queue, ascending
	stamps     map[int64]int64 // their stamps as they were read
	toIndex    []int64         // those of the batch that the index does not know, or not as they are now
	toLink     []int64         // those of the batch that have no edges yet, or old ones
	awake      []int64         // stories whose time has come
	law        law             // the corrections in force

	nodes    map[int64]*node
	tales    map[int64]*tale
	holders  *holders
	crossed  *crossed
	remarked map[int64][]byte // marks made anew
	outcomes []*outcome
	told     map[int64]bool  // the stories that were told anew
	here     map[int64]*node // those of the nodes that are written now
	frontier []int64         // where exploring begins, beside the batch

	alsoTouched []string // topics of ended stories that point elsewhere now

	placed Placed
}

func newPlacing(s *Store, now time.Time, r Rules) *placing {
	return &placing{s: s, now: now, rules: r, stamps: map[int64]int64{}, nodes: map[int64]*node{}, tales: map[int64]*tale{}, remarked: map[int64][]byte{}, told: map[int64]bool{}}
}

// node is an article as Place sees it.
type node struct {
	id     int64
	head   head
	m      *news.Marked // nil until it is needed
	ties   []tie
	story  int64 // 0: in none
	placed bool  // it has a row in places
	again  bool  // it had other keys once, by which the index may still find it
	// fresh: it waited, so its story has something to tell. dirty: its row must be written.
	fresh, dirty bool
	// loaded: its place was read. explored: what it leads to was looked at. rim: not everything of that was followed.
	loaded, explored, rim bool
	part                  int // of its neighbourhood; 0 for one that was dropped
	// Neighbourhoods grow together as a forest: up is another node of the same, or the node itself at the root, which knows
	// how many they are. nil: of none.
	up   *node
	size int
}

// tale is a story as Place finds it. What it says stays packed until it is told anew.
type tale struct {
	id             int64
	minted, newest int64 // as stored
	members        []int64
	// closed: it neither merges nor splits. published: subscribers have seen it.
	closed, published bool
	*saying           // nil until it is needed
}

// saying is what a story says, packed, and who it is.
type saying struct {
	name    news.StoryID
	founder news.ArticleKey
	state   []byte
}

func (p *placing) idle() bool { return len(p.batch) == 0 && len(p.awake) == 0 }

// clockStep is the longest step back of a clock that is waited out.
const clockStep = 72 * time.Hour

// steady is now, or the time of the last placing when a clock was set back a little since: stories and documents are
// dated by it, and a feed whose newest date goes back is not read again by clients that trust Last-Modified. A longer
// step back mends a clock that was far ahead, and is believed. While it is waited out, each placing is a second later than
// the one before: what came later must be told from what came earlier.
func steady(now, last time.Time) time.Time {
	if last.After(now) && last.Sub(now) <= clockStep {
		return last.Add(time.Second)
	}
	return now
}

// look reads what there is to do.
func (p *placing) look(ctx context.Context, tx *sql.Tx) error {
	var err error
	if p.generation, err = generation(ctx, tx, ""); err != nil {
		return err
	}
	p.placed.Generation = p.generation.N
	p.now = steady(p.now, p.generation.At)
	if err := p.take(ctx, tx); err != nil || p.doing == indexing || p.doing == linking {
		return err
	}
	if p.awake, err = p.s.ids(ctx, tx, "SELECT id FROM stories WHERE wake <= $1 ORDER BY wake, id LIMIT $2", micros(p.now), p.rules.Batch+1); err != nil {
		return err
	}
	if len(p.awake) > p.rules.Batch {
		p.awake, p.placed.More = p.awake[:p.rules.Batch], true
	}
	return nil
}

// lap adds the time since the last lap.
type lap func(*time.Duration)

func newLap() lap {
	clock := time.Now()
	return func(d *time.Duration) {
		now := time.Now()
		*d += now.Sub(clock)
		clock = now
	}
}

// prepare reads what the decision needs, in turns: the batch, its edges, its neighbourhoods. Under the lease nobody else
// writes what it reads, but for articles that are revised meanwhile, and those wait again. It reads by the writer's
// connection, whose page cache holds what the latest Place and Saves wrote (any other connection's is void after each of
// them), and gives it back between the turns, so that Saves and the lease are not held up while pure functions think.
func (p *placing) prepare(ctx context.Context) error {
	lap := newLap()
	took := &p.placed.Took
	err := p.s.readByWriter(ctx, func(tx *sql.Tx) error {
		p.s.articles.at(p.generation.N)
		if err := p.readLaw(ctx, tx); err != nil {
			return fmt.Errorf("read corrections: %w", err)
		}
		if err := p.readBatch(ctx, tx); err != nil {
			return fmt.Errorf("read articles: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	lap(&took.Read)
	if len(p.toLink) > 0 {
		if err := p.link(ctx, lap); err != nil {
			return err
		}
	}
	if p.doing == linking {
		return nil
	}
	if err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.explore(ctx, tx) }); err != nil {
		return fmt.Errorf("read neighbourhoods: %w", err)
	}
	lap(&took.Read)
	return nil
}

// tell decides the stories of what was explored, and writes them.
func (p *placing) tell(ctx context.Context, lease *Lease) error {
	lap := newLap()
	units, err := p.choose(ctx)
	if err != nil {
		return fmt.Errorf("group articles: %w", err)
	}
	all := p.batch
	portions := p.portions(units)
	for i, portion := range portions {
		last := i == len(portions)-1
		p.outcomes, p.alsoTouched = nil, nil
		if last {
			p.batch, p.here = all, p.nodes
		} else {
			p.lookAt(portion)
			all = slices.DeleteFunc(slices.Clone(all), func(id int64) bool { return p.here[id] != nil })
		}
		if err := p.decide(ctx, portion, last, lap); err != nil {
			return err
		}
		before := p.placed
		if err := p.s.write(ctx, func(tx *sql.Tx) error { p.placed = before; return p.store(ctx, tx, lease) }); err != nil {
			return err
		}
		lap(&p.placed.Took.Write)
		p.placed.Articles += len(p.batch)
		p.s.articles.generation = p.placed.Generation
		p.generation.N = p.placed.Generation
		p.settled()
		for _, u := range portion {
			for _, t := range u.tales {
				t.saying = nil
			}
		}
		portions[i] = nil
	}
	return nil
}

// decide makes stories of some units; the last time also of those whose time has come.
func (p *placing) decide(ctx context.Context, units []*region, last bool, lap lap) error {
	took := &p.placed.Took
	if err := p.regroup(ctx, units, lap); err != nil {
		return fmt.Errorf("group articles: %w", err)
	}
	lap(&took.Group)
	if last {
		if err := p.stirred(ctx); err != nil {
			return fmt.Errorf("read stories: %w", err)
		}
	}
	if err := p.advance(ctx); err != nil {
		return fmt.Errorf("advance stories: %w", err)
	}
	lap(&took.Advance)
	return nil
}

// lookAt narrows what is written to some units, and the batch to their articles.
func (p *placing) lookAt(units []*region) {
	p.batch, p.here = nil, map[int64]*node{}
	for _, u := range units {
		for _, n := range u.nodes {
			p.here[n.id] = n
			if _, waits := p.stamps[n.id]; waits {
				p.batch = append(p.batch, n.id)
			}
		}
	}
	slices.Sort(p.batch)
}

// settled notes where the articles of this portion stand, now that it is written.
func (p *placing) settled() {
	for _, o := range p.outcomes {
		for _, id := range o.members {
			if n := p.nodes[id]; n != nil { // a story that only woke was not read
				n.story = o.number
			}
		}
	}
	for _, n := range p.here {
		n.dirty = false
		if p.lost(n) {
			n.story = 0
		}
	}
	p.law.found = nil
}

// link finds the edges of the articles that have none yet.
func (p *placing) link(ctx context.Context, lap lap) error {
	took := &p.placed.Took
	var found []candidate
	err := p.s.readByWriter(ctx, func(tx *sql.Tx) (err error) {
		if err := p.readHolders(ctx, tx); err != nil {
			return err
		}
		found, err = p.candidates(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("find candidates: %w", err)
	}
	lap(&took.Candidates)
	edges, err := p.score(ctx, found, lap)
	if err != nil {
		return fmt.Errorf("link articles: %w", err)
	}
	if err := p.s.readByWriter(ctx, func(tx *sql.Tx) error { return p.tie(ctx, tx, edges) }); err != nil {
		return fmt.Errorf("read edges: %w", err)
	}
	p.crossed = nil
	lap(&took.Read)
	return nil
}
