package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed templates/style.css
var styleSheet string

//go:embed templates/favicon.ico
var favicon []byte

// pageTemplates are the templates of all pages, parsed once.
var pageTemplates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// pagePolicy lets a page load its own style and icon and nothing else: whatever markup of an outlet slipped through
// could neither run nor call home.
var pagePolicy = "default-src 'none'; style-src 'sha256-" + styleHash() + "'; img-src 'self'; base-uri 'none'; form-action 'none'"

func styleHash() string {
	sum := sha256.Sum256([]byte(styleSheet))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// policy is the Content-Security-Policy of a document of a type.
func policy(kind string) string {
	if kind == kindHTML {
		return pagePolicy + "; frame-ancestors 'none'"
	}
	return "default-src 'none'; frame-ancestors 'none'"
}

// head is what the frame of every page shows.
type head struct {
	Lang, Title, About, Site, Base, Canonical, Policy string
	NoIndex                                           bool
	Feeds                                             []feedLink
	Up                                                []feedLink
	Style                                             template.CSS
}

type feedLink struct{ Type, Title, Href string }

// moment is a time as a page shows it: for people, and for programs when it is known.
type moment struct{ ISO, Text string }

func (cf *config) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	if t.Equal(t.Truncate(24 * time.Hour)) {
		// A midnight to the second is a day that was stated without a time.
		return moment{t.UTC().Format(time.DateOnly), t.UTC().Format("2 January 2006")}
	}
	return moment{stampText(t), clock(t, cf.zone)}
}

// tellingMoment is when a telling was published, or that it does not say so.
func (cf *config) tellingMoment(t news.Telling) moment {
	m := moment{Text: when(t, cf.zone)}
	if t.Published.Known() {
		m.ISO = t.Published.String()
	}
	return m
}

func (cf *config) head(title, canonical string) head {
	h := head{
		Lang: "en", Title: clean(title), Site: clean(cf.Site.Title), Base: cf.base, Canonical: canonical, Policy: pagePolicy,
		NoIndex: cf.Site.NoIndex, Style: template.CSS(styleSheet), // our own file
	}
	if h.Title != h.Site {
		h.Title += " · " + h.Site
	}
	return h
}

// topicFeeds are the autodiscovery links of a topic.
func (cf *config) topicFeeds(t news.Topic) []feedLink {
	title, u := clean(t.Title), cf.topicURL(t.Slug)
	return []feedLink{
		{"application/atom+xml", title, u + "feed.atom"},
		{"application/rss+xml", title + " (RSS)", u + "feed.rss"},
		{"application/feed+json", title + " (JSON Feed)", u + "feed.json"},
		{"application/atom+xml", title + ": developments", u + "updates.atom"},
		{"application/atom+xml", title + ": daily digest", u + "digest.atom"},
		{"application/atom+xml", title + ": every article", u + "all.atom"},
	}
}

// storyLine is a story as a list shows it.
type storyLine struct {
	URL, Title, Lang, Dir, Summary, Told string
	When                                 moment
	Differ                               bool
}

func (cf *config) storyLines(stories []news.Story) []storyLine {
	out := make([]storyLine, 0, len(stories))
	for _, s := range stories {
		a := s.Account
		l := storyLine{
			URL: cf.storyURL(s.ID), Title: orUntitled(a.Headline), Lang: language(a.Lang), Dir: direction(a.Lang),
			Summary: clean(excerpt(a.Summary, cf.excerptLength())), Told: told(a), When: cf.moment(s.Life.Published),
		}
		for _, d := range a.Disagreements {
			l.Differ = l.Differ || !d.Update
		}
		if s.Life.State != news.Live {
			l.Told = endText(s.Life.State)
		}
		out = append(out, l)
	}
	return out
}

// told says who tells a story in a few words.
func told(a news.Account) string {
	if len(a.Tellings) == 1 && outletOf(a.Tellings[0]) != "" {
		return outletOf(a.Tellings[0])
	}
	if len(a.Tellings) == 1 {
		return "1 article"
	}
	text := count(len(a.Tellings), "article", "articles")
	if names := outlets(a.Tellings); len(names) > 1 {
		text += " of " + count(len(names), "outlet", "outlets")
	}
	return text + ", " + count(a.Reports, "independent report", "independent reports")
}

func orUntitled(s string) string {
	if s = title(s); s != "" {
		return s
	}
	return "Untitled"
}

// render makes a page of a template.
func render(name string, data any, modified time.Time) (content, error) {
	var b bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&b, name, data); err != nil {
		return content{}, fmt.Errorf("render page %s: %w", name, err)
	}
	return content{body: b.Bytes(), kind: kindHTML, modified: modified}, nil
}

// recentStories is the length of "what is new" on the front page.
const recentStories = 20

func (p *Publisher) indexPage(ctx context.Context, cf *config) (content, error) {
	stories, err := p.o.Stories.Recent(ctx, recentStories)
	if err != nil {
		return content{}, fmt.Errorf("read the newest stories: %w", err)
	}
	type topicLine struct{ URL, Title, About string }
	data := struct {
		Head    head
		Topics  []topicLine
		Stories []storyLine
	}{Head: cf.head(cf.Site.Title, cf.base+"/")}
	for _, t := range cf.Topics {
		data.Topics = append(data.Topics, topicLine{cf.topicURL(t.Slug), clean(t.Title), clean(t.Description)})
		data.Head.Feeds = append(data.Head.Feeds, cf.topicFeeds(t)[:3]...)
	}
	stories = slices.DeleteFunc(slices.Clone(stories), func(s news.Story) bool { return s.Life.State != news.Live || s.Life.Published.IsZero() })
	slices.SortFunc(stories, byPublished)
	data.Stories = cf.storyLines(stories)
	return render("index", data, newest(stories))
}

func (p *Publisher) topicPage(ctx context.Context, cf *config, t *topic) (content, error) {
	v, err := p.currentView(ctx, cf, t)
	if err != nil {
		return content{}, err
	}
	data := struct {
		Head                       head
		Title, About, URL, Archive string
		Stories                    []storyLine
	}{
		Head: cf.head(t.Title, cf.topicURL(t.Slug)), Title: clean(t.Title), About: clean(t.Description), URL: cf.topicURL(t.Slug),
		Stories: cf.storyLines(v.all()),
	}
	data.Head.About = data.About
	data.Head.Feeds = cf.topicFeeds(t.Topic)
	if v.prev > 0 {
		data.Archive = cf.base + archivePath(t.Slug, v.prev) + ".atom"
	}
	return render("topic", data, v.updated)
}

// articlePage is one telling: the text of a seed, an excerpt of a feed's article. Search engines are sent to the outlet.
func (p *Publisher) articlePage(ctx context.Context, cf *config, key news.ArticleKey) (content, error) {
	a, err := p.o.Stories.Article(ctx, key)
	if err != nil {
		return content{}, fmt.Errorf("read article %s: %w", key, err)
	}
	t := news.Telling{Outlet: a.Outlet, URL: a.URL, Feed: a.Feed, Published: a.Published, Seen: a.Seen}
	data := struct {
		Head                                          head
		Title, Lang, Dir, Outlet, Byline, Link, Story string
		When                                          moment
		Body                                          template.HTML
	}{
		Head: cf.head(headlineOf(a), ""), Title: orUntitled(headlineOf(a)), Lang: language(a.Lang), Dir: direction(a.Lang), Outlet: outletOf(t),
		When: cf.tellingMoment(t), Body: template.HTML(cf.articleText(a)), // sanitised by normalize, or escaped here
	}
	data.Head.NoIndex = true
	if link := cf.articleLink(a); !strings.HasPrefix(link, cf.base+"/") {
		data.Link = link
	}
	var by []string
	for _, w := range a.Authors {
		if n := clean(w.Name); n != "" && len(by) < maxAuthors {
			by = append(by, n)
		}
	}
	data.Byline = strings.Join(by, ", ")
	id, err := p.o.Stories.StoryOf(ctx, key)
	switch {
	case errors.Is(err, news.ErrNotFound):
	case err != nil:
		return content{}, fmt.Errorf("find the story of article %s: %w", key, err)
	default:
		if s, err := p.o.Stories.Story(ctx, id); err == nil && !s.Life.Published.IsZero() {
			data.Story = cf.storyURL(id)
		}
	}
	c, err := render("article", data, later(a.Seen, articleTime(a)))
	c.noindex = true
	return c, err
}
