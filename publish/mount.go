package publish

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wirefold/internal/news"
)

// formats are the three ways a feed is written.
var formats = [...]string{"atom", "rss", "json"}

// format writes a feed in one of the formats.
func (cf *config) format(f feed, ext string) (content, error) {
	if f.updated.IsZero() {
		f.updated = cf.began()
	}
	c := content{modified: f.updated}
	var err error
	switch ext {
	case "atom":
		c.kind = kindAtom
		c.body, err = cf.atom(f)
	case "rss":
		c.kind = kindRSS
		c.body, err = cf.rss(f)
	case "json":
		c.kind = kindJSON
		c.body, err = cf.json(f)
	default:
		return c, news.ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("write %s.%s: %w", f.path, ext, err)
	}
	return c, nil
}

// healthEvery is how old the health of the feeds may be when it is shown: states change without a generation.
const healthEvery = 5 * time.Second

// mount makes the resources of all paths that the configuration names.
func (p *Publisher) mount(cf *config) {
	fixed := func(*stamps) stamp { return stamp{extra: 1} }
	health := func(*stamps) stamp { return stamp{extra: p.o.Now().UnixNano() / int64(healthEvery)} }
	cf.pages = newPageCache()
	cf.fixed = map[string]*resource{
		"/":         {route: "index", stamp: ofStore, render: func(ctx context.Context) (content, error) { return p.indexPage(ctx, cf) }},
		"/opml.xml": {route: "opml", feed: true, stamp: fixed, render: func(context.Context) (content, error) { return cf.topicsOPML() }},
		"/favicon.ico": {route: "favicon", stamp: fixed, render: func(context.Context) (content, error) {
			return content{body: favicon, kind: "image/x-icon"}, nil
		}},
		"/sources/":            {route: "sources", restless: true, stamp: health, render: func(ctx context.Context) (content, error) { return p.sourcesPage(ctx, cf) }},
		"/sources/health.atom": {route: "health", feed: true, restless: true, stamp: health, render: func(ctx context.Context) (content, error) { return p.healthFeed(ctx, cf) }},
	}
	for _, t := range cf.topics {
		p.mountTopic(cf, t)
	}
}

func (p *Publisher) mountTopic(cf *config, t *topic) {
	own := ofTopic(t.Slug)
	// A digest ends with the day of the whole store: other topics may tell that it is over.
	daily := func(s *stamps) stamp {
		st := own(s)
		st.extra = day(s.store.At, cf.zone).Unix()
		return st
	}
	t.files = map[string]*resource{
		"": {route: "topic", stamp: own, render: func(ctx context.Context) (content, error) { return p.topicPage(ctx, cf, t) }},
	}
	kinds := map[string]struct {
		stamp func(*stamps) stamp
		make  func(ctx context.Context) (feed, error)
	}{
		"feed": {own, func(ctx context.Context) (feed, error) {
			v, err := p.currentView(ctx, cf, t)
			return cf.mainFeed(t, v), err
		}},
		"updates": {own, func(ctx context.Context) (feed, error) { return p.updates(ctx, cf, t) }},
		"digest":  {daily, func(ctx context.Context) (feed, error) { return p.digest(ctx, cf, t) }},
		"all":     {own, func(ctx context.Context) (feed, error) { return p.all(ctx, cf, t) }},
	}
	for name, k := range kinds {
		for _, ext := range formats {
			r := &resource{route: name, feed: true, stamp: k.stamp}
			r.render = func(ctx context.Context) (content, error) {
				f, err := k.make(ctx)
				if err != nil {
					return content{}, err
				}
				return cf.format(f, ext)
			}
			if hub := cf.hubOf(t.Topic); hub != "" && slices.Contains(pushedKinds[:], name) {
				self := cf.topicURL(t.Slug) + name + "." + ext
				r.link = []string{`<` + hub + `>; rel="hub", <` + self + `>; rel="self"`}
			}
			t.files[name+"."+ext] = r
		}
	}
}

// currentView is the view of a topic at the generation that was last polled.
func (p *Publisher) currentView(ctx context.Context, cf *config, t *topic) (view, error) {
	s, err := p.known(ctx)
	if err != nil {
		return view{}, err
	}
	return p.viewOf(ctx, cf, t, s.topics[t.Slug])
}

// archive is the resource of one archive document, nil when the name is not one's.
func (p *Publisher) archive(cf *config, t *topic, name string) *resource {
	num, ext, ok := strings.Cut(name, ".")
	n, err := strconv.Atoi(num)
	if !ok || err != nil || n < 1 || num != strconv.Itoa(n) || !slices.Contains(formats[:], ext) {
		return nil
	}
	return &resource{
		route: "archive", feed: true,
		stamp: ofTopic(t.Slug),
		render: func(ctx context.Context) (content, error) {
			a, err := p.archived(ctx, t.Slug, n)
			if err != nil {
				return content{}, err
			}
			return cf.format(cf.archiveFeed(t, a), ext)
		},
	}
}

// archived is archive document n. The one behind the last closed one is there before its first story is.
func (p *Publisher) archived(ctx context.Context, slug string, n int) (news.Archive, error) {
	a, err := p.o.Stories.Archive(ctx, slug, n)
	if !errors.Is(err, news.ErrNotFound) {
		return a, err
	}
	all, closed, counted := p.o.Stories.Archives(ctx, slug)
	if counted != nil || all != closed || closed == 0 || n != closed+1 {
		return a, errors.Join(err, counted)
	}
	return news.Archive{N: n}, nil
}

// storyResource is the resource of a story's page.
func (p *Publisher) storyResource(cf *config, id news.StoryID) *resource {
	return &resource{route: "story", stamp: ofStore, render: func(ctx context.Context) (content, error) { return p.storyPage(ctx, cf, id) }}
}

// articleResource is the resource of an article's page.
func (p *Publisher) articleResource(cf *config, key news.ArticleKey) *resource {
	return &resource{route: "article", stamp: ofStore, render: func(ctx context.Context) (content, error) { return p.articlePage(ctx, cf, key) }}
}

// ofStore is the stamp of what any change of the store may touch.
func ofStore(s *stamps) stamp { return stamp{store: s.store.N, at: s.store.At.UnixMicro()} }

// ofTopic is the stamp of what only changes of a topic touch.
func ofTopic(slug string) func(s *stamps) stamp {
	return func(s *stamps) stamp { return stampOf(s.topics[slug]) }
}

// stampOf is the stamp of a topic's generation.
func stampOf(g news.Generation) stamp { return stamp{topic: g.N, at: g.At.UnixMicro()} }

func (p *Publisher) serveFixed(c *gin.Context) {
	cf := p.conf.Load()
	p.serve(c, cf.fixed[c.FullPath()])
}

func (p *Publisher) serveTopicSlash(c *gin.Context) {
	if _, ok := p.conf.Load().topics[c.Param("slug")]; !ok {
		p.refuse(c, http.StatusNotFound)
		return
	}
	p.slash(c)
}

func (p *Publisher) serveTopic(c *gin.Context) {
	t, ok := p.conf.Load().topics[c.Param("slug")]
	if !ok {
		p.refuse(c, http.StatusNotFound)
		return
	}
	r, ok := t.files[c.Param("file")]
	if !ok {
		p.refuse(c, http.StatusNotFound)
		return
	}
	p.serve(c, r)
}

func (p *Publisher) serveArchive(c *gin.Context) {
	cf := p.conf.Load()
	t, ok := cf.topics[c.Param("slug")]
	if !ok {
		p.refuse(c, http.StatusNotFound)
		return
	}
	name := c.Param("doc")
	p.serveKept(c, cf, archiveDir(t.Slug)+name, func() *resource { return p.archive(cf, t, name) })
}

func (p *Publisher) serveStory(c *gin.Context) {
	cf := p.conf.Load()
	id := news.StoryID(c.Param("id"))
	p.serveKept(c, cf, storyPath(id), func() *resource { return p.storyResource(cf, id) })
}

func (p *Publisher) serveArticle(c *gin.Context) {
	cf := p.conf.Load()
	key := news.ArticleKey(c.Param("key"))
	p.serveKept(c, cf, articlePath(key), func() *resource { return p.articleResource(cf, key) })
}

// serveKept answers from a resource that is kept once it was rendered. A page's address without its slash is sent to
// the one with it; make answers nil for what cannot exist.
func (p *Publisher) serveKept(c *gin.Context, cf *config, path string, make func() *resource) {
	ctx := c.Request.Context()
	s, err := p.known(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	r := cf.pages.get(path)
	fresh := r == nil
	if fresh {
		if r = make(); r == nil {
			p.refuse(c, http.StatusNotFound)
			return
		}
	}
	snap, err := r.get(ctx, p, s, false)
	if err != nil {
		p.fail(c, err)
		return
	}
	if fresh {
		cf.pages.put(path, r)
	}
	if strings.HasSuffix(path, "/") && !strings.HasSuffix(c.FullPath(), "/") && snap.location == "" {
		p.slash(c)
		return
	}
	p.answer(c, r.route, snap.document)
}
