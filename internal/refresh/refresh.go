// Package refresh is the one path from feed to story. The server's schedule, the one-off command and the API all run
// the same Refresher; it decides nothing about formats, politeness, grouping or entries, which are handed to it.
package refresh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sort"
	"sync"
	"time"

	"wirefold/internal/news"
)

// Mode says which feeds a run takes.
type Mode int

// The modes of a run: what is due; every feed whose minimum interval has passed; every feed that nothing forbids.
const (
	Due Mode = iota
	All
	Force
)

// Fetcher brings what one feed has to say. It never fails as a call: an error is part of what it returns.
type Fetcher interface {
	Fetch(ctx context.Context, f news.Feed, s news.FeedState, h news.HostState, force bool) news.Fetched
	// Due says whether the feed may be asked now.
	Due(f news.Feed, s news.FeedState, h news.HostState, now time.Time, m Mode) bool
	// Host is the key of the HostState that the feed's next request falls under; "" for seeds.
	Host(f news.Feed, s news.FeedState) string
}

// Store is the memory as a refresh uses it.
type Store interface {
	// Claim takes the named feeds for this process and returns their fresh states; feeds that another process has
	// claimed are left out. Release gives back what was not saved.
	Claim(ctx context.Context, now time.Time, ids []news.FeedID, lease time.Duration) ([]news.FeedState, error)
	Release(ctx context.Context, ids []news.FeedID) error
	HostStates(ctx context.Context) ([]news.HostState, error)
	FeedStates(ctx context.Context) ([]news.FeedState, error)
}

// Keeper stores what a fetch brought.
type Keeper interface {
	Known(ctx context.Context, feed news.FeedID, guids, urls []string, texts [][32]byte) ([]news.Known, error)
	Save(ctx context.Context, b news.Batch) (news.Saved, error)
	SaveStates(ctx context.Context, fs []news.FeedState, hs []news.HostState) error
	// Place groups what is unplaced, one batch a call.
	Place(ctx context.Context, now time.Time) (Placed, error)
}

// Placed counts what one batch of placing did to the stories.
type Placed struct {
	Articles, New, Changed, Merged, Split int
	More                                  bool
}

// Normalizer makes articles of items.
type Normalizer interface {
	// Identify says under which key the store knows, or will know, each item, and what it knew of it.
	Identify(f news.Feed, known []news.Known, items []news.Item) []Identity
	// GUIDs are what the store must be asked before Identify can answer; Others are the names of the items that it does not
	// know by them, to be asked next.
	GUIDs(items []news.Item) []string
	Others(known []news.Known, items []news.Item) (urls []string, texts [][32]byte)
	// Article cleans one item and marks it for grouping.
	Article(f news.Feed, d *news.Document, it news.Item) news.Article
}

// Identity is who an item is.
type Identity struct {
	Key   news.ArticleKey
	Known bool
	// Same says that the outlet said nothing new since the known revision: the item needs no cleaning.
	Same bool
	// GUID is the one to remember when it differs from the known one.
	GUID string
	// Twin marks a second item of the same document that is the same article as an earlier one.
	Twin bool
}

// Refresher runs refreshes. Its fields are handed over once and not changed while a run lasts.
type Refresher struct {
	Feeds  func() []news.Feed // asked after Before
	Fetch  Fetcher
	Normal Normalizer
	Store  Store
	// Alone says that nobody else refreshes this store while a run lasts: its feeds need no claims. (On SQLite a lease
	// sees to that, and a thousand claims would be most of what a run writes in which nothing changed.)
	Alone bool
	Keep  Keeper
	Now   func() time.Time
	Log   *slog.Logger
	// FullText may fetch the article's own page; nil = never. Errors are flags of the item, never of the feed.
	FullText func(ctx context.Context, f news.Feed, it *news.Item)
	// Embed may give new and changed articles their vectors before they are stored; nil = never. What it cannot do costs
	// the articles only that.
	Embed func(ctx context.Context, as []news.Article)
	// Waits says whether articles wait for Place, or stories for their time; nil = the schedule runs at each look.
	Waits func(ctx context.Context, now time.Time) (bool, error)
	// Before runs at the start of a run, under its lock: what humans wrote is taken up there. nil = nothing.
	Before func(ctx context.Context) error
	// After runs when a run went well, under its lock: upkeep that is due now and then. nil = nothing.
	After func(ctx context.Context) error
	// Fetched is told of each fetch, and Ran of the run, for metrics; nil = nobody counts.
	Fetched func(news.Fetched)
	Ran     func(Report, error)
	// Step is told the name of each step; tests stop the process there.
	Step func(name string)
	// Progress is told how many of the feeds are done; nil = nobody watches.
	Progress func(done, total int)
}

const (
	// Workers is how many feeds are under way at once: the fetcher asks half as many at the most, so that a thousand slow hosts
	// cost no more than the slowest and 1,024 file descriptors are enough, and the answers of the others are read and stored
	// meanwhile.
	Workers = 512
	// claimLease covers the longest fetch (its deadline and its wait for the host) with room; a dead process's feeds
	// are free after it.
	claimLease = 5 * time.Minute
	// lanes is how many feeds of one host are under way at once: two that are asked, as many as any fetcher asks of one host,
	// and two whose answers are read and stored meanwhile. More would only wait for each other.
	lanes = 4
	// stateBatch is how many states without articles are saved in one transaction.
	stateBatch = 2000
	// stateWait is how long such a state may wait while others come in: a process that dies loses what waits, and asks
	// those publishers again too early.
	stateWait = 2 * time.Second
	// BackfillAge is how old an item may be at its feed's first fetch and still make an entry (docs/design.md section 5).
	BackfillAge = 48 * time.Hour
)

// Options choose what a run does.
type Options struct {
	Mode Mode
	// Only restricts the run to these feeds; empty = all.
	Only []news.FeedID
	// NoSeeds leaves the seed folders alone this time.
	NoSeeds bool
}

// Run fetches what the options ask for, stores what came, and places it. The report is complete even when err is
// not nil: err is about the store or the context, never about a feed.
func (r *Refresher) Run(ctx context.Context, o Options) (Report, error) {
	rep := Report{Feeds: []FeedReport{}}
	if r.Before != nil {
		if err := r.Before(ctx); err != nil {
			return rep, err
		}
	}
	rep, err := r.run(ctx, o)
	if err == nil && r.After != nil {
		err = r.After(ctx)
	}
	if r.Ran != nil {
		r.Ran(rep, err)
	}
	return rep, err
}

func (r *Refresher) run(ctx context.Context, o Options) (Report, error) {
	start := r.Now()
	rep := Report{Feeds: []FeedReport{}}
	jobs, err := r.claim(ctx, o)
	if err != nil {
		return rep, err
	}
	err = r.fetchAll(ctx, jobs, o.Mode == Force, &rep)
	for _, f := range rep.Feeds {
		rep.ArticlesNew += f.New
	}
	if err == nil {
		err = r.place(ctx, &rep)
	}
	rep.WallMS = r.Now().Sub(start).Milliseconds()
	level := slog.LevelInfo
	if len(jobs) == 0 && rep.StoriesChanged+rep.StoriesNew == 0 {
		level = slog.LevelDebug // the schedule looks every few seconds; a line for nothing would drown the others
	}
	r.Log.Log(ctx, level, "refresh", "feeds", len(rep.Feeds), "failed", rep.Failed(), "articles_new", rep.ArticlesNew,
		"stories_new", rep.StoriesNew, "stories_changed", rep.StoriesChanged, "merged", rep.Merged, "split", rep.Split, "wall_ms", rep.WallMS)
	return rep, err
}

// job is one feed to fetch.
type job struct {
	feed  news.Feed
	state news.FeedState
	host  news.HostState
	at    string // the key of its host
}

// claim chooses the feeds that may be asked now and takes them for this process.
func (r *Refresher) claim(ctx context.Context, o Options) ([]*job, error) {
	only := map[news.FeedID]bool{}
	for _, id := range o.Only {
		only[id] = true
	}
	states, err := r.states(ctx)
	if err != nil {
		return nil, err
	}
	hosts, err := r.hosts(ctx)
	if err != nil {
		return nil, err
	}
	now := r.Now()
	var jobs []*job
	for _, f := range r.Feeds() {
		if !f.Enabled || len(only) > 0 && !only[f.ID] || o.NoSeeds && f.Seeds != "" {
			continue
		}
		s := stateOf(f, states[f.ID])
		at := r.Fetch.Host(f, s)
		if h := hosts[at]; r.Fetch.Due(f, s, h, now, o.Mode) {
			jobs = append(jobs, &job{f, s, h, at})
		}
	}
	if r.Alone || len(jobs) == 0 {
		return jobs, nil
	}
	ids := make([]news.FeedID, len(jobs))
	feeds := make(map[news.FeedID]news.Feed, len(jobs))
	for i, j := range jobs {
		ids[i] = j.feed.ID
		feeds[j.feed.ID] = j.feed
	}
	claimed, err := r.Store.Claim(ctx, now, ids, claimLease)
	if err != nil {
		return nil, fmt.Errorf("claim due feeds: %w", err)
	}
	jobs = jobs[:0]
	var free []news.FeedID
	for i := range claimed {
		f := feeds[claimed[i].Feed]
		s := stateOf(f, &claimed[i])
		at := r.Fetch.Host(f, s)
		h := hosts[at]
		// Another process may have asked the feed between our look and our claim.
		if !r.Fetch.Due(f, s, h, now, o.Mode) {
			free = append(free, f.ID)
			continue
		}
		jobs = append(jobs, &job{f, s, h, at})
	}
	if len(free) > 0 {
		if err := r.Store.Release(ctx, free); err != nil {
			return nil, fmt.Errorf("release feeds: %w", err)
		}
	}
	return jobs, nil
}

// quiet says that a run of what is due would find nothing to do, seeds aside. It only reads.
func (r *Refresher) quiet(ctx context.Context) (bool, error) {
	states, err := r.states(ctx)
	if err != nil {
		return false, err
	}
	hosts, err := r.hosts(ctx)
	if err != nil {
		return false, err
	}
	now := r.Now()
	for _, f := range r.Feeds() {
		s := stateOf(f, states[f.ID])
		if f.Enabled && f.Seeds == "" && r.Fetch.Due(f, s, hosts[r.Fetch.Host(f, s)], now, Due) {
			return false, nil
		}
	}
	waits, err := r.Waits(ctx, now)
	return !waits, err
}

// stateOf starts afresh when the feed's address changed in the configuration: validators of another document lie.
func stateOf(f news.Feed, s *news.FeedState) news.FeedState {
	if s == nil || s.Feed != f.ID || s.URL != f.URL && s.URL != "" {
		return news.FeedState{Feed: f.ID, URL: f.URL}
	}
	out := *s
	out.URL = f.URL
	return out
}

func (r *Refresher) states(ctx context.Context) (map[news.FeedID]*news.FeedState, error) {
	list, err := r.Store.FeedStates(ctx)
	if err != nil {
		return nil, fmt.Errorf("read feed states: %w", err)
	}
	m := make(map[news.FeedID]*news.FeedState, len(list))
	for i := range list {
		m[list[i].Feed] = &list[i]
	}
	return m, nil
}

func (r *Refresher) hosts(ctx context.Context) (map[string]news.HostState, error) {
	list, err := r.Store.HostStates(ctx)
	if err != nil {
		return nil, fmt.Errorf("read host states: %w", err)
	}
	m := make(map[string]news.HostState, len(list))
	for _, h := range list {
		m[h.Host] = h
	}
	return m, nil
}

// fetchAll runs the jobs, at most Workers at once, and places what came while the rest is late. A store error stops the run; a
// feed's error is only that feed's.
func (r *Refresher) fetchAll(ctx context.Context, jobs []*job, force bool, rep *Report) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		workers, placer sync.WaitGroup
		mu              sync.Mutex
		came            = make(chan struct{}, 1)
		quiet           = &stateSaver{keep: r.Keep, now: r.Now}
		queue           = byHost(jobs)
	)
	rep.Feeds = make([]FeedReport, 0, len(jobs))
	for range min(Workers, queue.lanes) {
		workers.Go(func() {
			for j, host := queue.first(); j != nil && ctx.Err() == nil; j, host = queue.next(host) {
				f, err := r.one(ctx, j, force, quiet)
				mu.Lock()
				rep.Feeds = append(rep.Feeds, f)
				n := len(rep.Feeds)
				mu.Unlock()
				if err != nil {
					cancel(err)
				}
				if f.New+f.Revised > 0 {
					select {
					case came <- struct{}{}:
					default: // it is told already
					}
				}
				if r.Progress != nil {
					r.Progress(n, len(jobs))
				}
			}
		})
	}
	awaited := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(jobs) - len(rep.Feeds)
	}
	placer.Go(func() {
		if err := r.placeEarly(ctx, came, awaited, len(jobs), rep); err != nil {
			cancel(err)
		}
	})
	workers.Wait()
	close(came)
	placer.Wait()
	sort.Slice(rep.Feeds, func(i, j int) bool { return rep.Feeds[i].ID < rep.Feeds[j].ID })
	err := context.Cause(ctx)
	if err == nil {
		err = quiet.flush(ctx)
	}
	if err != nil && !r.Alone {
		// What was claimed and not saved becomes free at once; should this fail too, the lease ends by itself.
		ids := make([]news.FeedID, len(jobs))
		for i, j := range jobs {
			ids[i] = j.feed.ID
		}
		err = errors.Join(err, r.Store.Release(context.WithoutCancel(ctx), ids))
	}
	return err
}

// place groups what is unplaced until nothing is left. Somebody else placing is as good: they take our articles too.
func (r *Refresher) place(ctx context.Context, rep *Report) error {
	for {
		r.Step("place.before")
		p, err := r.Keep.Place(ctx, r.Now())
		if errors.Is(err, news.ErrBusy) {
			// Another run places, and has for long. What we stored is safe; that run takes it, or the next one.
			r.Log.Info("articles wait for grouping: another run is at it", "error", err)
			return nil
		}
		if err != nil {
			return fmt.Errorf("place articles: %w", err)
		}
		r.Step("place.after")
		rep.StoriesNew += p.New
		rep.StoriesChanged += p.Changed
		rep.Merged += p.Merged
		rep.Split += p.Split
		if !p.More {
			return nil
		}
	}
}
