package publish

import (
	"context"
	"fmt"
	"net/http"
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
	everything := func(s *stamps) stamp { return stamp{store: s.store.N} }
	fixed := func(*stamps) stamp { return stamp{extra: 1} }
	health := func(*stamps) stamp { return stamp{extra: p.o.Now().UnixNano() / int64(healthEvery)} }
	cf.pages = newPageCache()
	cf.fixed = map[string]*resource{
		"/":         {route: "index", stamp: everything, render: func(ctx context.Context) (content, error) { return p.indexPage(ctx, cf) }},
		"/opml.xml": {route: "opml", feed: true, stamp: fixed, render: func(context.Context) (content, error) { return cf.topicsOPML() }},
		"/favicon.ico": {route: "favicon", stamp: fixed, render: func(context.Context) (content, error) {
			return content{body: favicon, kind: "image/x-icon"}, nil
		}},
		"/sources/":            {route: "sources", stamp: health, render: func(ctx context.Context) (content, error) { return p.sourcesPage(ctx, cf) }},
		"/sources/health.atom": {route: "health", feed: true, stamp: health, render: func(ctx context.Context) (content, error) { return p.healthFeed(ctx, cf) }},
	}
	for _, t := range cf.topics {
		p.mountTopic(cf, t)
	}
}

func (p *Publisher) mountTopic(cf *config, t *topic) {
	own := func(s *stamps) stamp { return stamp{topic: s.topics[t.Slug].N} }
	// A digest ends with the day of the whole store: other topics may tell that it is over.
	daily := func(s *stamps) stamp { return stamp{topic: s.topics[t.Slug].N, extra: day(s.store.At, cf.zone).Unix()} }
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
		"updates": {own, func(ctx context.Context) (feed, error) {
			v, err := p.currentView(ctx, cf, t)
			return cf.updatesFeed(t, v), err
		}},
		"digest": {daily, func(ctx context.Context) (feed, error) { return p.digest(ctx, cf, t) }},
		"all": {own, func(ctx context.Context) (feed, error) {
			as, err := p.o.Stories.AllArticles(ctx, t.Slug, cf.Publishing.Entries)
			return cf.allFeed(t, as), err
		}},
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
			if hub := cf.hubOf(t.Topic); hub != "" {
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

func (p *Publisher) digest(ctx context.Context, cf *config, t *topic) (feed, error) {
	s, err := p.known(ctx)
	if err != nil {
		return feed{}, err
	}
	g := s.topics[t.Slug]
	v, err := t.long.get(stamp{topic: g.N}, func() (view, error) { return p.loadView(ctx, cf, t.Slug, g, digestStories) })
	return cf.digestFeed(t, v, s.store.At), err
}

// archive is the resource of one archive document.
func (p *Publisher) archive(cf *config, t *topic, name string) (*resource, bool) {
	num, ext, ok := strings.Cut(name, ".")
	n, err := strconv.Atoi(num)
	if !ok || err != nil || n < 1 || num != strconv.Itoa(n) || ext != "atom" && ext != "rss" && ext != "json" {
		return nil, false
	}
	return cf.pages.get("/topics/"+t.Slug+"/archive/"+name, func() *resource {
		return &resource{
			route: "archive", feed: true,
			stamp: func(s *stamps) stamp { return stamp{topic: s.topics[t.Slug].N} },
			render: func(ctx context.Context) (content, error) {
				a, err := p.o.Stories.Archive(ctx, t.Slug, n)
				if err != nil {
					return content{}, err
				}
				return cf.format(cf.archiveFeed(t, a), ext)
			},
		}
	}), true
}

// page is the resource of a story's or an article's page.
func (p *Publisher) page(cf *config, path, route string, render func(ctx context.Context) (content, error)) *resource {
	return cf.pages.get(path, func() *resource {
		return &resource{route: route, stamp: func(s *stamps) stamp { return stamp{store: s.store.N} }, render: render}
	})
}

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
	r, ok := p.archive(cf, t, c.Param("doc"))
	if !ok {
		p.refuse(c, http.StatusNotFound)
		return
	}
	p.serve(c, r)
}

func (p *Publisher) serveStory(c *gin.Context) {
	cf := p.conf.Load()
	id := news.StoryID(c.Param("id"))
	p.servePage(c, p.page(cf, "/stories/"+string(id)+"/", "story", func(ctx context.Context) (content, error) { return p.storyPage(ctx, cf, id) }))
}

func (p *Publisher) serveArticle(c *gin.Context) {
	cf := p.conf.Load()
	key := news.ArticleKey(c.Param("key"))
	p.servePage(c, p.page(cf, "/articles/"+string(key)+"/", "article", func(ctx context.Context) (content, error) { return p.articlePage(ctx, cf, key) }))
}

// servePage answers with a page, or sends an address without its slash to the one with it.
func (p *Publisher) servePage(c *gin.Context, r *resource) {
	if strings.HasSuffix(c.FullPath(), "/") {
		p.serve(c, r)
		return
	}
	s, err := p.known(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	snap, err := r.get(c.Request.Context(), p, s)
	switch {
	case err != nil:
		p.fail(c, err)
	case snap.location != "":
		p.answer(c, snap.document)
	default:
		p.slash(c)
	}
}
