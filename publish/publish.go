// Package publish turns Stories into what subscribers read: Atom, RSS and JSON feeds, OPML and pages, served over HTTP
// or written as files, with the same bytes at the same paths. It also decides the life of an entry (Advance). Its
// output depends on the stories and the configuration alone: never on the clock, the host or the program's version.
package publish

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wirefold/internal/news"
)

// Stories is what a publisher reads. Each story it returns is whole: account with body, source and tellings, and life.
type Stories interface {
	// Generation is the state of the store, and of each topic since its last change that a subscriber can see.
	Generation(ctx context.Context) (news.Generation, map[string]news.Generation, error)
	TopicReader
	PageReader
}

// TopicReader reads what a topic publishes.
type TopicReader interface {
	// Entries are the live stories of a topic that entered it last, at most limit, in any order.
	Entries(ctx context.Context, slug string, limit int) ([]news.Story, error)
	// Ended are the published stories of a topic that were merged or dropped at or after since.
	Ended(ctx context.Context, slug string, since time.Time) ([]news.Story, error)
	// Archives counts the archive documents of a topic, and those of them that are closed: only the last may be open.
	Archives(ctx context.Context, slug string) (all, closed int, err error)
	// Archive is document n, counted from 1, or news.ErrNotFound.
	Archive(ctx context.Context, slug string, n int) (news.Archive, error)
	// Changed are the stories of a topic, ended ones too, with the newest significant changes.
	Changed(ctx context.Context, slug string, limit int) ([]news.Story, error)
	// AllArticles are the articles of the topic's stories, each by itself, that came into the topic last.
	AllArticles(ctx context.Context, slug string, limit int) ([]news.Listed, error)
	// Withdrawn are the articles that were taken out of the topic at or after since.
	Withdrawn(ctx context.Context, slug string, since time.Time) ([]news.Withdrawn, error)
}

// PageReader reads what the pages beside the topics show.
type PageReader interface {
	// Story finds a story; the id of a merged one answers with that story, its Life.Into set. Else news.ErrNotFound.
	Story(ctx context.Context, id news.StoryID) (news.Story, error)
	Article(ctx context.Context, key news.ArticleKey) (news.Article, error)
	StoryOf(ctx context.Context, key news.ArticleKey) (news.StoryID, error)
	FeedStates(ctx context.Context) ([]news.FeedState, error)
	// Recent are the published stories of all topics, newest first.
	Recent(ctx context.Context, limit int) ([]news.Story, error)
}

// Why is one pair of articles that ties a story together, for "why merged" on its page.
type Why struct {
	A, B    news.ArticleKey
	Score   float64 // log-odds that the two tell one event
	Signals []Signal
	// Ruling is the correction that decided the pair; "" = the score did.
	Ruling string
}

// Signal is one named contribution to a pair's score.
type Signal struct {
	Name         string
	Contribution float64
}

// Config is what a publisher publishes. It can be replaced while the server runs.
type Config struct {
	Site       news.Site
	Topics     []news.Topic
	Feeds      []news.Feed
	Publishing news.Publishing
}

// Options are what a Publisher is made of. Required: Config, Stories, Now and Log.
type Options struct {
	Config
	Stories Stories
	Now     func() time.Time
	Log     *slog.Logger
	// Registry receives the publisher's metrics and is what the admin listener's /metrics shows; nil = none.
	Registry *prometheus.Registry
	// Why explains what ties a story's articles together; nil = the page says nothing of it.
	Why func(ctx context.Context, articles []news.ArticleKey) ([]Why, error)

	// Token is the bearer token of POST /api/…; "" turns these off.
	Token string
	// Refresh starts a run in the background and returns its id; news.ErrBusy when one is under way.
	Refresh func(ctx context.Context) (runID string, err error)
	// Correct adds a correction to the store.
	Correct func(ctx context.Context, c news.Correction) error
	// Callbacks answers /websub/…, where the hubs of feeds deliver; nil = 404.
	Callbacks http.Handler

	// Subscriptions keep the subscribers of the built-in hub; nil = no /hub.
	Subscriptions Subscriptions
	// Client sends the hub's verifications and deliveries, and the pings to external hubs; nil = none of these. Its
	// dialer must guard against private addresses: strangers choose where it connects to.
	Client *http.Client

	// RequestsPerSecond and Burst limit one address; 0 = the defaults. Loopback and private addresses, where reverse
	// proxies are, are not limited.
	RequestsPerSecond float64
	Burst             int
	// Work is called before a document is rendered or compressed, which takes long, and what it returned after it; nil = neither.
	Work func() (done func())
	// Program tells this build of the program from others: WriteSite renders everything again after another. "" = not known.
	Program string
	// Step is told the name of each step of WriteSite; tests stop the process there. nil = nobody listens.
	Step func(name string)
	// AccessLog logs every request at level info.
	AccessLog bool
}

// Publisher renders and serves what the store holds. It is safe for concurrent use.
type Publisher struct {
	o       Options
	conf    atomic.Pointer[config]
	stamps  atomic.Pointer[stamps]
	metrics *metrics
	hub     *hub // nil = none
	// draining is set when Serve was asked to end: proxies that look at /readyz send nobody here any more.
	draining atomic.Bool
	apiGate  *gate

	// pollMu makes polls queue: a poll that started later must not be overtaken by an older answer.
	pollMu sync.Mutex
}

// stamps are the generations that the last poll saw.
type stamps struct {
	store  news.Generation
	topics map[string]news.Generation
}

// New makes a Publisher. It reads nothing yet.
func New(o Options) (*Publisher, error) {
	m, err := newMetrics(o.Registry)
	if err != nil {
		return nil, err
	}
	p := &Publisher{o: o, metrics: m, apiGate: newGate(apiRate, apiBurst, o.Now)}
	if err := p.Reconfigure(o.Config); err != nil {
		return nil, err
	}
	if o.Client != nil {
		p.hub = newHub(p)
	}
	return p, nil
}

func (p *Publisher) step(name string) {
	if p.o.Step != nil {
		p.o.Step(name)
	}
}

// Reconfigure replaces what is published, between two requests: none of them sees half of each.
func (p *Publisher) Reconfigure(c Config) error {
	cf, err := p.configure(c)
	if err != nil {
		return err
	}
	p.conf.Store(cf)
	return nil
}

// config is a Config made ready: looked up by slug, with the resources of the fixed paths.
type config struct {
	Config
	base     string // site.url without trailing slash
	basePath string // its path: "" or "/news"
	zone     *time.Location
	topics   map[string]*topic
	feeds    map[news.FeedID]news.Feed
	fixed    map[string]*resource
	pages    *pageCache
}

func (p *Publisher) configure(c Config) (*config, error) {
	u, err := url.Parse(c.Site.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("site.url must be an absolute http or https URL: " + c.Site.URL)
	}
	cf := &config{
		Config:   c,
		base:     strings.TrimRight(c.Site.URL, "/"),
		basePath: strings.TrimRight(u.EscapedPath(), "/"),
		zone:     c.Site.TimeZone,
		topics:   make(map[string]*topic, len(c.Topics)),
		feeds:    make(map[news.FeedID]news.Feed, len(c.Feeds)),
	}
	if cf.zone == nil {
		cf.zone = time.UTC
	}
	if cf.Publishing.Entries <= 0 {
		cf.Publishing.Entries = 100
	}
	if cf.Publishing.Window <= 0 {
		cf.Publishing.Window = 30 * 24 * time.Hour
	}
	for _, f := range c.Feeds {
		cf.feeds[f.ID] = f
	}
	for _, t := range c.Topics {
		cf.topics[t.Slug] = &topic{Topic: t}
	}
	p.mount(cf)
	return cf, nil
}

// work is Options.Work.
func (p *Publisher) work() (done func()) {
	if p.o.Work == nil {
		return func() {}
	}
	return p.o.Work()
}

// compress makes the bytes of an encoding, which takes long.
func (p *Publisher) compress(e encoding, b []byte) ([]byte, error) {
	defer p.work()()
	return compress(e, b)
}

// Poll asks the store once for its generation. What it finds marks topics dirty; rendering waits for a demand.
func (p *Publisher) Poll(ctx context.Context) error {
	p.pollMu.Lock()
	defer p.pollMu.Unlock()
	g, topics, err := p.o.Stories.Generation(ctx)
	if err != nil {
		return err
	}
	p.stamps.Store(&stamps{store: g, topics: topics})
	return nil
}

// pollEvery is how soon a publisher sees what another process wrote.
const pollEvery = time.Second

// Follow polls each second until ctx is done, and lets the hub tell what changed. A store that cannot be asked is
// told once; what was published is served on.
func (p *Publisher) Follow(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	if p.hub != nil {
		wg.Go(func() { p.hub.run(ctx) })
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	failing := false
	for {
		err := p.Poll(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			p.o.Log.Error("cannot read the store; the last state is served on", "error", err)
		case err == nil && failing:
			p.o.Log.Info("the store can be read again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Ready reports whether feeds can be served, now and in the next moment: the store has been read at least once, and Serve was
// not asked to end.
func (p *Publisher) Ready() bool { return p.stamps.Load() != nil && !p.draining.Load() }

// known is what the last poll saw; the first caller polls.
func (p *Publisher) known(ctx context.Context) (*stamps, error) {
	if s := p.stamps.Load(); s != nil {
		return s, nil
	}
	if err := p.Poll(ctx); err != nil {
		return nil, err
	}
	return p.stamps.Load(), nil
}
