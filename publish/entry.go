package publish

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
)

// feed is one feed document before it is written in a format. Every format says as much of it as it can.
type feed struct {
	id, title, subtitle string
	path                string // below the base URL, without extension: "/topics/sea/feed"
	page                string // absolute URL of the page it belongs to
	updated             time.Time
	hub                 string
	entries             []entry
	deleted             []tombstone
	// prev is the path of the document that goes on where this one ends, current that of the living feed; a document
	// with closed set is an archive that never changes (RFC 5005 section 4).
	prev, next, current string
	closed              bool
}

// entry is one entry of a feed.
type entry struct {
	id, title, url, lang string
	published, updated   time.Time
	summary              string // plain text
	html                 string
	authors              []string
	tags                 []tag
	source               *source
	links                []link
	external             string
	image                string
	rights               string
	files                []news.Enclosure
	more                 *more
	written              *written // nil: its forms are not kept
}

// tag is a category: a word, and the space of words that it is from.
type tag struct{ term, scheme, label string }

// link is a further link of an entry.
type link struct{ rel, href, title string }

// source is the feed that an entry's lead article came from.
type source struct {
	id, title, link, self, rights string
	updated                       time.Time
}

// tombstone says that an entry was taken back (RFC 6721).
type tombstone struct {
	ref, comment, into string
	when               time.Time
}

// maxAuthors bounds the outlets that are named as authors of an entry; its body names them all.
const maxAuthors = 20

// storyEntry is the entry of a story: what its articles tell, or the notice that it ended.
func (cf *config) storyEntry(s news.Story) entry {
	// What readers compare is what was told last; what machines read is what is known now.
	a := s.Account
	if s.Life.Shown != nil {
		a = *s.Life.Shown
	}
	e := entry{
		id:        cf.tag("story/" + string(s.ID)),
		title:     title(a.Headline),
		url:       cf.storyURL(s.ID),
		lang:      language(a.Lang),
		published: s.Life.Published,
		updated:   s.Life.Updated,
		more:      cf.more(s),
	}
	if s.Life.State != news.Live {
		return cf.notice(e, s)
	}
	e.summary = clean(a.Summary)
	e.html = cf.storyHTML(a)
	if e.authors = outlets(a.Tellings); len(e.authors) == 0 {
		e.authors = []string{cf.author()}
	}
	e.image = web(a.Image)
	e.rights = title(a.Source.Rights)
	e.tags = cf.tags(a.Tags, s.Life.Told.Topics)
	for _, t := range a.Tellings {
		if t.Article == a.Lead {
			e.external = cf.tellingURL(t)
			e.source = leadSource(a, t)
		}
	}
	for _, t := range s.Account.Tellings {
		href := cf.tellingURL(t)
		if t.Article == s.Account.Lead {
			e.links = slices.Insert(e.links, 0, link{"via", href, title(t.Title)})
			continue
		}
		e.links = append(e.links, link{"related", href, title(t.Title)})
	}
	if e.title == "" {
		e.title = "Untitled"
	}
	return e
}

// notice is what stays of an ended story for a while: one line, so that nothing vanishes silently.
func (cf *config) notice(e entry, s news.Story) entry {
	if e.title == "" {
		e.title = "Withdrawn"
	}
	e.summary = endText(s.Life.State)
	e.html = "<p>" + esc(e.summary) + "</p>"
	if s.Life.State == news.Merged {
		into, told := cf.storyURL(s.Life.Into), s.Life.Into
		if n := len(s.Life.Changes); n > 0 && s.Life.Changes[n-1].Into != "" {
			told = s.Life.Changes[n-1].Into
		}
		e.html = `<p>` + esc(e.summary) + ` <a href="` + esc(cf.storyURL(told)) + `">Read the story that goes on</a>.</p>`
		e.links = []link{{"related", into, ""}}
	}
	return e
}

// leadSource names the feed of the lead article, when enough of it is known to say so in Atom's terms.
func leadSource(a news.Account, t news.Telling) *source {
	r := a.Source
	s := &source{id: r.ID, title: title(r.Title), link: web(r.Link), self: web(r.Self), rights: title(r.Rights), updated: r.Updated.Time}
	if s.id == "" {
		s.id = r.Self
	}
	if s.title == "" {
		s.title = clean(t.Outlet)
	}
	if s.updated.IsZero() {
		s.updated = t.Published.Time
	}
	if s.updated.IsZero() {
		s.updated = t.Seen
	}
	if s.id == "" || !isURI(s.id) || s.title == "" || s.updated.IsZero() {
		return nil
	}
	return s
}

// isURI reports whether s can stand where Atom wants an IRI.
func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && !strings.ContainsAny(s, " \"<>\\^`{|}")
}

// outlets are the distinct known outlets of the tellings, in their order.
func outlets(ts []news.Telling) []string {
	return distinct(ts, outletOf)
}

// outletOf is what a telling's outlet is called: by its name, else by its site; "" when neither is known.
func outletOf(t news.Telling) string {
	if name := title(t.Outlet); name != "" {
		return name
	}
	if u, err := url.Parse(t.URL); err == nil && u.Host != "" {
		return clean(strings.TrimPrefix(u.Hostname(), "www."))
	}
	return ""
}

// titleLength is how much of a title stands for an outlet that is not known.
const titleLength = 60

// speaker is who tells a telling: its outlet, or its title when the outlet is not known.
func speaker(t news.Telling) string {
	if name := outletOf(t); name != "" {
		return name
	}
	return "“" + excerpt(orUntitled(t.Title), titleLength) + "”"
}

// distinct are the names of the tellings, each once, in their order.
func distinct(ts []news.Telling, name func(news.Telling) string) []string {
	var out []string
	for _, t := range ts {
		if n := name(t); n != "" && !slices.Contains(out, n) && len(out) < maxAuthors {
			out = append(out, n)
		}
	}
	return out
}

// tags are an entry's categories: what it is about, and the topics that it is published in.
func (cf *config) tags(words, topics []string) []tag {
	var out []tag
	for _, slug := range topics {
		if t, ok := cf.topics[slug]; ok {
			out = append(out, tag{slug, cf.base + "/topics/", title(t.Title)})
		}
	}
	for _, w := range words {
		if w = title(w); w != "" {
			out = append(out, tag{w, "", w})
		}
	}
	return out
}

// articleEntry is the entry of one article by itself, in /all.
func (cf *config) articleEntry(a news.Article) entry {
	e := entry{
		id:        cf.tag("article/" + string(a.Key)),
		title:     orUntitled(headlineOf(a)),
		url:       cf.articleURL(a.Key),
		lang:      language(a.Lang),
		published: articleTime(a),
		html:      cf.articleHTML(a),
		summary:   clean(excerpt(summaryOf(a), cf.excerptLength())),
		rights:    title(a.Rights),
		image:     web(a.Image),
		files:     files(a.Files),
		external:  cf.articleLink(a),
	}
	e.updated = later(e.published, a.Revised.UTC().Truncate(time.Second))
	e.updated = stamped(e.updated, string(a.Key))
	outlet := outletOf(news.Telling{Outlet: a.Outlet, URL: a.URL, Feed: a.Feed})
	for _, w := range a.Authors {
		if name := title(w.Name); name != "" && len(e.authors) < maxAuthors {
			if outlet != "" {
				name += " (" + outlet + ")"
			}
			e.authors = append(e.authors, name)
		}
	}
	if len(e.authors) == 0 && outlet != "" {
		e.authors = []string{outlet}
	}
	if len(e.authors) == 0 {
		e.authors = []string{cf.author()}
	}
	for _, c := range a.Tags {
		if term := title(c.Term); term != "" {
			e.tags = append(e.tags, tag{term, clean(c.Scheme), title(c.Label)})
		}
	}
	e.links = []link{{"via", e.external, e.title}}
	e.more = &more{Outlet: outlet, Article: string(a.Key)}
	return e
}

// articleTime is when an article says it was published: never later than it was seen, and then when it says nothing.
func articleTime(a news.Article) time.Time {
	if d := a.Published; d.Known() && !a.DatedLater && !d.Time.After(a.Seen) {
		return d.Time.UTC().Truncate(time.Second)
	}
	return a.Seen.UTC().Truncate(time.Second)
}

func headlineOf(a news.Article) string {
	for _, s := range []string{a.Headline, a.Title, a.Summary} {
		if s != "" {
			return s
		}
	}
	return "Untitled"
}

func summaryOf(a news.Article) string {
	if a.Summary != "" {
		return a.Summary
	}
	return a.Text
}

// tag is an id that says nothing of where we are hosted (RFC 4151).
func (cf *config) tag(name string) string { return "tag:" + cf.Site.Authority + ":" + name }

func (cf *config) storyURL(id news.StoryID) string {
	return cf.base + storyPath(id)
}

func storyPath(id news.StoryID) string { return "/stories/" + url.PathEscape(string(id)) + "/" }

func articlePath(key news.ArticleKey) string { return "/articles/" + url.PathEscape(string(key)) + "/" }

func (cf *config) articleURL(key news.ArticleKey) string {
	return cf.base + articlePath(key)
}

func (cf *config) topicURL(slug string) string {
	return cf.base + "/topics/" + url.PathEscape(slug) + "/"
}

// tellingURL is where a telling can be read: at its outlet, or a seed's text with us.
func (cf *config) tellingURL(t news.Telling) string {
	if u := web(t.URL); u != "" {
		return u
	}
	return cf.articleURL(t.Article)
}

func (cf *config) articleLink(a news.Article) string {
	for _, s := range []string{a.Link, a.URL} {
		if u := web(s); u != "" {
			return u
		}
	}
	return cf.articleURL(a.Key)
}

// isWeb reports an absolute http or https URL: nothing else ever becomes a link.
func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// web is an absolute http or https URL as every format may print it: what a URI may not hold (RFC 3986 section 2) is
// percent-encoded, as browsers do before they ask. "" for everything else.
func web(s string) string {
	if !isWeb(s) {
		return ""
	}
	const hex = "0123456789ABCDEF"
	rest := strings.Index(s, "://") + 3
	if i := strings.IndexAny(s[rest:], "/?#"); i >= 0 {
		rest += i
	} else {
		rest = len(s)
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c > ' ' && c < 0x7f && !strings.ContainsRune("\"<>\\^`{|}", rune(c)) && (i < rest || c != '[' && c != ']') {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// files are the files that every format can name: with an address, and a media type where one is stated.
func files(in []news.Enclosure) []news.Enclosure {
	var out []news.Enclosure
	for _, f := range in {
		if f.URL = web(f.URL); f.URL == "" {
			continue
		}
		f.Type = strings.ToLower(clean(f.Type))
		major, minor, ok := strings.Cut(f.Type, "/")
		if !ok || major == "" || strings.Trim(major, "abcdefghijklmnopqrstuvwxyz") != "" || strings.Trim(minor, "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-") != "" || minor == "" {
			f.Type = ""
		}
		f.Length = digits(f.Length)
		out = append(out, f)
	}
	return out
}

// defaultExcerpt is the length of others' texts, in characters, when the configuration does not say.
const defaultExcerpt = 400

func (cf *config) excerptLength() int {
	if cf.Publishing.Excerpt > 0 {
		return cf.Publishing.Excerpt
	}
	return defaultExcerpt
}

// newest is the latest of the entries' and notices' real changes.
func newest(stories []news.Story) time.Time {
	var t time.Time
	for _, s := range stories {
		t = later(t, later(s.Life.Touched, s.Life.Updated))
	}
	return t
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
