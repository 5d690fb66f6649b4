package publish

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
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
	names := outlets(a.Tellings)
	if len(names) == 1 {
		return names[0]
	}
	return count(len(names), "outlet", "outlets") + ", " + count(a.Reports, "independent report", "independent reports")
}

func orUntitled(s string) string {
	if s = clean(s); s != "" {
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

// storyPage is one event, or what became of it.
func (p *Publisher) storyPage(ctx context.Context, cf *config, id news.StoryID) (content, error) {
	s, err := p.o.Stories.Story(ctx, id)
	if err != nil {
		return content{}, fmt.Errorf("read story %s: %w", id, err)
	}
	if s.Life.Published.IsZero() {
		return content{}, fmt.Errorf("story %s is not published: %w", id, news.ErrNotFound)
	}
	if s.Life.State != news.Live {
		return cf.endedPage(s)
	}
	var why []Why
	if p.o.Why != nil && len(s.Account.Tellings) > 1 {
		keys := make([]news.ArticleKey, len(s.Account.Tellings))
		for i, t := range s.Account.Tellings {
			keys[i] = t.Article
		}
		if why, err = p.o.Why(ctx, keys); err != nil {
			return content{}, fmt.Errorf("explain story %s: %w", id, err)
		}
	}
	return cf.livePage(s, why)
}

// endedPage tells a browser what a merged or dropped story became. The server redirects for a merged one; the file of a
// static site says it in words.
func (cf *config) endedPage(s news.Story) (content, error) {
	data := struct {
		Head              head
		Title, Text, Into string
	}{Head: cf.head(orWithdrawn(s.Account.Headline), ""), Title: orWithdrawn(s.Account.Headline), Text: endText(s.Life.State)}
	data.Head.NoIndex = true
	status, location := http.StatusGone, ""
	if s.Life.State == news.Merged {
		data.Into = cf.storyURL(s.Life.Into)
		data.Head.Canonical = data.Into
		status, location = http.StatusMovedPermanently, strings.TrimPrefix(data.Into, cf.base)
		location = cf.basePath + location
	}
	c, err := render("ended", data, s.Life.Touched)
	c.status, c.location, c.noindex = status, location, true
	return c, err
}

func orWithdrawn(s string) string {
	if s = clean(s); s != "" {
		return s
	}
	return "Withdrawn"
}

type fact struct{ Name, Value string }

type tellingLine struct {
	Outlet, URL, Title, Lang, Dir, CopyOf, Page string
	When                                        moment
}

type timeLine struct {
	When moment
	Text string
}

func (cf *config) livePage(s news.Story, why []Why) (content, error) {
	a := s.Account
	data := struct {
		Head                   head
		Title, Lang, Dir, Told string
		Summary                string
		Published, Updated     moment
		Facts                  []fact
		Differ                 []string
		Tellings               []tellingLine
		Body                   template.HTML
		Timeline               []timeLine
		Why                    []string
	}{
		Head: cf.head(orUntitled(a.Headline), cf.storyURL(s.ID)), Title: orUntitled(a.Headline), Lang: language(a.Lang), Dir: direction(a.Lang),
		Told: told(a), Summary: clean(a.Summary), Published: cf.moment(s.Life.Published),
		Body:  template.HTML(legal(a.Body)), // sanitised by normalize
		Facts: factLines(a),
	}
	data.Head.About = clean(excerpt(a.Summary, 200))
	if len(s.Life.Changes) > 1 {
		data.Updated = cf.moment(s.Life.Updated)
	}
	for _, slug := range s.Life.Topics {
		if t, ok := cf.topics[slug]; ok {
			data.Head.Up = append(data.Head.Up, feedLink{Title: clean(t.Title), Href: cf.topicURL(slug)})
			data.Head.Feeds = append(data.Head.Feeds, cf.topicFeeds(t.Topic)[:3]...)
		}
	}
	for _, d := range a.Disagreements {
		data.Differ = append(data.Differ, disagreementText(a, d))
	}
	for _, t := range a.Tellings {
		l := tellingLine{
			Outlet: outletOf(t), URL: cf.tellingURL(t), Title: orUntitled(t.Title), Lang: language(t.Lang), Dir: direction(t.Lang),
			Page: cf.articleURL(t.Article), When: cf.tellingMoment(t),
		}
		if t.CopyOf != "" {
			l.CopyOf = copied(a, t)
		}
		data.Tellings = append(data.Tellings, l)
	}
	for _, c := range s.Life.Changes {
		data.Timeline = append(data.Timeline, timeLine{cf.moment(c.At), clean(c.Text)})
	}
	for _, w := range why {
		data.Why = append(data.Why, whyText(a, w))
	}
	return render("story", data, later(s.Life.Touched, s.Life.Updated))
}

// factLines are who, where and when, as far as known.
func factLines(a news.Account) []fact {
	var out []fact
	var who []string
	for _, p := range a.Who {
		name := clean(p.Name)
		if role := clean(p.Role); role != "" {
			name += " (" + role + ")"
		}
		who = append(who, name)
	}
	if len(who) > 0 {
		out = append(out, fact{"Who", strings.Join(who, ", ")})
	}
	if where := clean(a.Where); where != "" {
		out = append(out, fact{"Where", where})
	}
	if a.When.Known() {
		out = append(out, fact{"When", a.When.Time.UTC().Format("2 January 2006")})
	}
	return out
}

// maxSignals is how many signals of a pair a page names: the strongest.
const maxSignals = 4

// whyText says what ties two articles together.
func whyText(a news.Account, w Why) string {
	name := func(k news.ArticleKey) string {
		for _, t := range a.Tellings {
			if t.Article == k {
				return outletOf(t)
			}
		}
		return "another article"
	}
	text := name(w.A) + " and " + name(w.B) + ": "
	if w.Ruling != "" {
		return text + "decided by the editor (" + clean(w.Ruling) + ")."
	}
	signals := slices.Clone(w.Signals)
	slices.SortStableFunc(signals, func(x, y Signal) int {
		if c := cmp.Compare(y.Contribution, x.Contribution); c != 0 {
			return c
		}
		return cmp.Compare(x.Name, y.Name)
	})
	var parts []string
	for _, s := range signals[:min(len(signals), maxSignals)] {
		parts = append(parts, fmt.Sprintf("%s %+.2f", clean(s.Name), s.Contribution))
	}
	text += fmt.Sprintf("score %.2f, one story from %.2f on", w.Score, w.Threshold)
	if len(parts) > 0 {
		text += "; most of it from " + strings.Join(parts, ", ")
	}
	return text + "."
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
