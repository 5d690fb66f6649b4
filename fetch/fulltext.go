package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"wirefold/internal/news"
)

const (
	maxPage = 3 << 20 // bytes of an article's page
	// maxPageElements bounds the work on a page; a long article's has a few thousand.
	maxPageElements = 30_000
	// maxPagesAnHour bounds what one feed makes us ask for: its newest articles, not its archive.
	maxPagesAnHour = 20
	maxCachedPages = 200 // pages remembered, because two feeds of an outlet carry the same article
	cachePageFor   = time.Hour
	// minFullText is the least text, in bytes, that is taken for an article. Less is a consent page or an error.
	minFullText = 500
)

// Page is what an article's own page says.
type Page struct {
	HTML      string // the article, as the page wrote it: untrusted
	Text      int    // bytes of text in it
	Base      string
	Title     string
	Byline    string
	Outlet    string
	Language  string
	Image     string
	Published news.Date
	Updated   news.Date
}

// Extractor finds the article in a page. Readability is the one we use.
type Extractor interface {
	Extract(body []byte, contentType string, at *url.URL) (Page, error)
}

// Readability extracts with go-readability, and dates and outlet from JSON-LD and meta elements.
type Readability struct{}

// Extract implements Extractor.
func (Readability) Extract(body []byte, contentType string, at *url.URL) (Page, error) {
	r, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return Page{}, fmt.Errorf("decode the page: %w", err)
	}
	doc, err := html.Parse(r)
	if err != nil {
		return Page{}, fmt.Errorf("parse the page: %w", err)
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxPageElements
	article, err := parser.ParseAndMutate(doc, at)
	if err != nil {
		return Page{}, fmt.Errorf("find the article in the page: %w", err)
	}
	p := Page{
		Base: at.String(), Title: clip(article.Title(), maxSaid), Byline: clip(article.Byline(), maxSaid),
		Outlet: clip(article.SiteName(), maxSaid), Language: clip(article.Language(), 40), Image: clip(article.ImageURL(), maxSaid),
	}
	if t, err := article.PublishedTime(); err == nil {
		p.Published = news.Date{Time: t.UTC()}
	}
	if t, err := article.ModifiedTime(); err == nil {
		p.Updated = news.Date{Time: t.UTC()}
	}
	if article.Node == nil {
		return p, errors.New("find the article in the page: there is none")
	}
	var text, markup bytes.Buffer
	if err := errors.Join(article.RenderText(&text), article.RenderHTML(&markup)); err != nil {
		return p, fmt.Errorf("render the article: %w", err)
	}
	p.Text, p.HTML = len(strings.TrimSpace(text.String())), markup.String()
	return p, nil
}

// pages remembers what pages said, and how many a feed has asked for.
type pages struct {
	mu     sync.Mutex
	byURL  map[string]cachedPage
	asked  map[news.FeedID]int
	window time.Time
}

type cachedPage struct {
	page Page
	err  error
	at   time.Time
}

// get finds a page that was read a short while ago.
func (p *pages) get(at string, now time.Time) (cachedPage, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	got, ok := p.byURL[at]
	return got, ok && now.Sub(got.at).Abs() < cachePageFor
}

func (p *pages) put(at string, c cachedPage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byURL == nil || len(p.byURL) >= maxCachedPages {
		p.byURL = map[string]cachedPage{}
	}
	p.byURL[at] = c
}

// spend counts a page of a feed, and reports whether the feed has one left in this hour.
func (p *pages) spend(id news.FeedID, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked == nil || now.Sub(p.window).Abs() >= time.Hour {
		p.asked, p.window = map[news.FeedID]int{}, now
	}
	p.asked[id]++
	return p.asked[id] <= maxPagesAnHour
}

// FullText puts the text of the article's own page in the item's place, where it is longer than what the feed carries,
// and fills in the dates, author and image that the feed left out. What stands in its way (robots.txt, an error, a page
// without an article) is a flag of the item; the item is as good as before.
func (c *Client) FullText(ctx context.Context, f news.Feed, it *news.Item) {
	p, err := c.articlePage(ctx, f, it.Link)
	if err != nil {
		it.Flags = append(it.Flags, clip("full text: "+err.Error(), maxError))
		return
	}
	switch {
	case p.Text < minFullText:
		it.Flags = append(it.Flags, "full text: the page holds no article")
	case p.Text > len(plainWhole(it.Content)):
		it.Content = news.Text{Value: p.HTML, Type: news.HTML, Base: p.Base, Language: it.Content.Language}
	}
	if !it.Published.Known() {
		it.Published = p.Published
	}
	if !it.Updated.Known() {
		it.Updated = p.Updated
	}
	if len(it.Authors) == 0 && p.Byline != "" {
		it.Authors = []news.Author{{Name: p.Byline}}
	}
	if it.Image == "" {
		it.Image = p.Image
	}
	if it.Language == "" {
		it.Language = p.Language
	}
}

// articlePage reads the page behind a link, or remembers it.
func (c *Client) articlePage(ctx context.Context, f news.Feed, link string) (Page, error) {
	u, err := target(link)
	if err != nil {
		return Page{}, err
	}
	if got, ok := c.pages.get(u.String(), c.o.Now()); ok {
		return got.page, got.err
	}
	if !c.pages.spend(f.ID, c.o.Now()) {
		return Page{}, fmt.Errorf("more than %d pages in an hour", maxPagesAnHour)
	}
	allowed, between := c.mayRead(ctx, f, u)
	if !allowed {
		return Page{}, errors.New("the site's robots.txt does not allow it")
	}
	if err := c.pause(ctx, hostKey(u), between); err != nil {
		return Page{}, err
	}
	p, err := c.readPage(ctx, f, u)
	if ctx.Err() == nil {
		c.pages.put(u.String(), cachedPage{page: p, err: err, at: c.o.Now()})
	}
	return p, err
}

func (c *Client) readPage(ctx context.Context, f news.Feed, u *url.URL) (got Page, err error) {
	answer, err := c.page(ctx, f, u, "text/html, application/xhtml+xml;q=0.9, */*;q=0.1", maxPage)
	if err != nil {
		return Page{}, err
	}
	err = c.limits.parse(ctx, len(answer.body), func(heavy func() error) (err error) {
		if err := heavy(); err != nil { // HTML costs more than its bytes tell: one at a time
			return err
		}
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("the extractor failed on this page: %v", r)
			}
		}()
		got, err = c.o.Extract.Extract(answer.body, answer.header.Get("Content-Type"), answer.url)
		return err
	})
	return got, quiet(err)
}

// sleep waits for d, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
