package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wirefold/fetch"
	"wirefold/internal/config"
	"wirefold/internal/news"
	"wirefold/internal/refresh"
	"wirefold/internal/store"
	"wirefold/normalize"
	"wirefold/publish"
)

// house is an opened installation: its configuration, its store, and what is made of them.
type house struct {
	app    *app
	cfg    *config.Config
	store  *store.Store
	booted time.Time // when the server started; zero in one-off commands, which wait for nothing
	log    *slog.Logger
	client *fetch.Client
	// embedder is the client of the embedding service; nil without one.
	embedder *fetch.Embedder
	meters   *meters                 // nil in one-off commands
	model    func() *normalize.Model // loaded when first needed: most commands group nothing
	topics   []topicRule
	// feeds are those of the configuration and of its lists. A run exchanges them while others look.
	feeds *atomic.Pointer[[]news.Feed]
	// start are the stories with which new topics begin, requery the topics whose query changed; see topics.go.
	start   map[string]map[news.StoryID]bool
	requery map[string]bool
	// prepared is set once what humans wrote is in the store; a reload makes a new house.
	prepared bool
	cleanup  []func() error
	// pace is that of a one-off refresh; nil in a server.
	pace *unhurried
}

// topicRule is a topic with its query made ready.
type topicRule struct {
	news.Topic
	match *normalize.Matcher
}

// openHouse reads the configuration and opens the store.
func openHouse(ctx context.Context, a *app, path string) (*house, error) {
	cfg, err := loadConfig(a, path)
	if err != nil {
		return nil, err
	}
	return buildHouse(ctx, a, cfg, slog.New(slog.DiscardHandler), time.Time{})
}

func buildHouse(ctx context.Context, a *app, cfg *config.Config, log *slog.Logger, booted time.Time) (*house, error) {
	st, err := openStore(ctx, a, cfg.Store)
	if err != nil {
		return nil, err
	}
	h := &house{app: a, booted: booted, store: st, log: log, model: sync.OnceValue(normalize.Load)}
	h.cleanup = append(h.cleanup, st.Close)
	return h.with(cfg), nil
}

// with is the same installation under another configuration.
func (h *house) with(cfg *config.Config) *house {
	next := &house{app: h.app, booted: h.booted, cfg: cfg, feeds: new(atomic.Pointer[[]news.Feed]), store: h.store, log: h.log, model: h.model, meters: h.meters, cleanup: h.cleanup, client: h.client, embedder: h.embedder}
	if h.cfg == nil || !reflect.DeepEqual(h.cfg.Fetch, cfg.Fetch) || h.cfg.Site.URL != cfg.Site.URL {
		next.client = newClient(h.app, cfg, h.booted, next.careful)
	}
	if h.cfg == nil || h.cfg.Embedding != cfg.Embedding || !slices.Equal(h.cfg.Fetch.Allow, cfg.Fetch.Allow) {
		next.embedder = newEmbedder(h.app, cfg)
	}
	next.feeds.Store(&cfg.Feeds)
	for _, t := range cfg.Topics {
		next.topics = append(next.topics, topicRule{t, normalize.CompileMatch(t.Match)})
	}
	return next
}

// openStore opens the store; the error ends the program with its own exit code.
func openStore(ctx context.Context, a *app, dsn string) (*store.Store, error) {
	st, err := store.Open(ctx, dsn, store.Options{Now: a.Now})
	switch {
	case errors.Is(err, news.ErrNewerStore):
		return nil, exit(exitNewerStore, err)
	case errors.Is(err, news.ErrUnwritable):
		return nil, exit(exitUnwritable, err)
	case err != nil:
		return nil, exit(exitIO, err)
	}
	return st, nil
}

// heldBodies is how many bytes of feeds may be on their way from parser to store at once: eight feeds keep both
// processors busy, and 256 would be most of the memory that a refresh takes.
const heldBodies = 512 << 10

// careful has the collector keep close to what is alive while a large feed is read: a hostile one of 10 MiB is 70 MiB
// alive while it is taken apart, and as much again would not be collected in time.
func careful() (done func()) { return paced(closePace) }

func (h *house) careful() (done func()) {
	if h.pace != nil {
		return h.pace.careful()
	}
	return careful()
}

// paced has the heap grow by no more than so many percent beyond what is alive until it is collected.
func paced(percent int) (done func()) {
	was := debug.SetGCPercent(percent)
	if was >= 0 && was <= percent { // chosen by who started us, or by another client, who then sets it back
		debug.SetGCPercent(was)
		return func() {}
	}
	return func() { debug.SetGCPercent(was) }
}

// closePace is how much the heap may then grow beyond what is alive, in percent.
const closePace = 20

func newClient(a *app, cfg *config.Config, booted time.Time, careful func() (done func())) *fetch.Client {
	contact := cfg.Fetch.Contact
	if contact == "" {
		contact = cfg.Site.URL
	}
	return fetch.NewClient(fetch.Options{
		Guard:       a.guard(cfg),
		Held:        heldBodies,
		Careful:     careful,
		Now:         a.Now,
		Booted:      booted,
		Read:        fetch.Read,
		Timeout:     cfg.Fetch.Timeout,
		MinInterval: cfg.Fetch.MinInterval,
		Version:     version,
		Contact:     contact,
		UserAgent:   cfg.Fetch.UserAgent,
	})
}

// close frees everything; its errors have no one left to act on them but are told.
func (h *house) close() {
	h.client.Close()
	if h.embedder != nil {
		h.embedder.Close()
	}
	for _, f := range slices.Backward(h.cleanup) {
		if err := f(); err != nil {
			fmt.Fprintf(h.app.Stderr, "wirefold: %s\n", oneLine(err.Error()))
		}
	}
}

func (h *house) hasFeed(id news.FeedID) bool {
	return slices.ContainsFunc(*h.feeds.Load(), func(f news.Feed) bool { return f.ID == id })
}

const (
	// refreshLease is the name of the lock that keeps a server and cron on one data directory from doing the same work.
	refreshLease = "refresh"
	// leaseTime is how long a holder on another machine that died keeps it; the holder renews it while it works.
	leaseTime = 30 * time.Second
	// lockRetry is how often a waiting refresh looks again.
	lockRetry = 200 * time.Millisecond
)

// alone says that whoever refreshes this store does so under the lock of refreshes. Many machines share the work on
// PostgreSQL; there the claims of the feeds keep them apart.
func (h *house) alone() bool { return !strings.HasPrefix(h.cfg.Store, "postgres") }

// lock takes the lock of refreshes, waiting for it at most wait.
func (h *house) lock(ctx context.Context, wait time.Duration) (unlock func(), err error) {
	if !h.alone() {
		return func() {}, nil
	}
	until := h.app.Now().Add(wait)
	for {
		l, err := h.store.Lease(ctx, refreshLease, leaseTime)
		if err == nil {
			return func() {
				if err := l.Release(context.WithoutCancel(ctx)); err != nil {
					h.log.Warn("release the refresh lock", "error", err)
				}
			}, nil
		}
		if !errors.Is(err, news.ErrBusy) || !h.app.Now().Before(until) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}

// refresher makes the one path from feed to story.
func (h *house) refresher() *refresh.Refresher {
	r := &refresh.Refresher{
		Feeds:  func() []news.Feed { return *h.feeds.Load() },
		Fetch:  fetcher{h.client, h.seeds()},
		Normal: normalizer{h.model},
		Store:  h.store,
		Alone:  h.alone(),
		Keep:   keeper{h.store, h},
		Now:    h.app.Now,
		Log:    h.log,
		Before: h.prepare,
		After:  h.tidy,
		Step:   step,

		Waits:    h.store.Waits,
		FullText: h.client.FullText,
		Fetched:  h.meters.fetched,
		Ran:      h.meters.ran,
	}
	if h.embedder != nil {
		h.embedding(r)
	}
	return r
}

// publisher makes the other end of the path.
func (h *house) publisher(o publish.Options) (*publish.Publisher, error) {
	o.Config = h.published()
	o.Stories = h.store
	o.Now = h.app.Now
	o.Log = h.log
	o.Why = h.why
	o.Step = step
	return publish.New(o)
}

func (h *house) published() publish.Config {
	return publish.Config{Site: h.cfg.Site, Topics: h.cfg.Topics, Feeds: *h.feeds.Load(), Publishing: h.cfg.Publishing}
}

const (
	// tidyNote is the name under which the store keeps when it was last tidied.
	tidyNote  = "tidied"
	tidyEvery = 24 * time.Hour
	// keepRevisions is how long the older texts of a revised article are kept. Identities are kept for ever.
	keepRevisions = 90 * 24 * time.Hour
)

// tidy lets go of what nothing can reach any more, once a day.
func (h *house) tidy(ctx context.Context) error {
	now := h.app.Now()
	last, err := h.store.Note(ctx, tidyNote)
	if err != nil {
		return err
	}
	if t, err := time.Parse(time.RFC3339, last); err == nil && now.Sub(t).Abs() < tidyEvery {
		return nil
	}
	if _, err := h.store.Retain(ctx, now, store.Keep{Revisions: keepRevisions}); err != nil {
		return err
	}
	return h.store.SetNote(ctx, tidyNote, now.UTC().Format(time.RFC3339))
}

// rehearse exchanges the store for a copy that is thrown away at the end.
func (h *house) rehearse(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "wirefold-dry-run-")
	if err != nil {
		return exit(exitIO, fmt.Errorf("make a folder for the rehearsal: %w", err))
	}
	h.cleanup = append(h.cleanup, func() error { return os.RemoveAll(dir) })
	copied := filepath.Join(dir, "copy.db")
	if strings.HasPrefix(h.cfg.Store, "postgres") {
		err = store.Migrate(ctx, h.cfg.Store, copied, store.Options{Now: h.app.Now})
	} else {
		err = h.store.Backup(ctx, copied)
	}
	if err != nil {
		return exit(exitIO, fmt.Errorf("copy the store: %w", err))
	}
	st, err := openStore(ctx, h.app, copied)
	if err != nil {
		return err
	}
	h.cleanup = append(h.cleanup, st.Close)
	h.store = st
	return nil
}

func (h *house) seeds() *fetch.Seeds { return &fetch.Seeds{Now: h.app.Now} }
