package publish

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"github.com/gorilla/feeds"

	"wirefold/internal/news"
)

// jsonFeed is gorilla's JSON Feed with the items that the format demands even when there are none, and our extension.
type jsonFeed struct {
	*feeds.JSONFeed
	Items    [0]jsonItem `json:"items"` // written by themselves, and put in
	Wirefold *jsonExtent `json:"_wirefold,omitempty"`
}

// jsonExtent is what our extension says of a feed.
type jsonExtent struct {
	About       string        `json:"about"`
	Updated     string        `json:"updated"`
	Archive     bool          `json:"archive,omitempty"`
	PrevArchive string        `json:"prev_archive,omitempty"`
	NextArchive string        `json:"next_archive,omitempty"`
	Current     string        `json:"current,omitempty"`
	Deleted     []jsonDeleted `json:"deleted,omitempty"`
}

type jsonDeleted struct {
	ID      string `json:"id"`
	When    string `json:"when"`
	Comment string `json:"comment,omitempty"`
	Into    string `json:"into,omitempty"`
}

type jsonItem struct {
	*feeds.JSONItem
	Language    string           `json:"language,omitempty"`
	Authors     []jsonAuthor     `json:"authors,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
	Wirefold    *more            `json:"_wirefold,omitempty"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type jsonAttachment struct {
	URL  string `json:"url"`
	Type string `json:"mime_type"`
	Size int64  `json:"size_in_bytes,omitempty"`
}

// more is what our extension says of an item, for programs (docs/publishing.md lists it).
type more struct {
	Story         string          `json:"story,omitempty"`
	Article       string          `json:"article,omitempty"`
	Outlet        string          `json:"outlet,omitempty"`
	Reports       int             `json:"reports,omitempty"`
	Tellings      []moreTelling   `json:"tellings,omitempty"`
	Disagreements []moreDisagree  `json:"disagreements,omitempty"`
	Who           []news.Person   `json:"who,omitempty"`
	Where         string          `json:"where,omitempty"`
	When          string          `json:"when,omitempty"`
	Changes       []moreChange    `json:"changes,omitempty"`
	Source        *moreSource     `json:"source,omitempty"`
	State         news.StoryState `json:"state,omitempty"`
	Into          string          `json:"into,omitempty"`
	Change        *moreChange     `json:"change,omitempty"`
}

type moreTelling struct {
	Article   string `json:"article"`
	Outlet    string `json:"outlet,omitempty"`
	Title     string `json:"title"`
	URL       string `json:"url"`
	Language  string `json:"language,omitempty"`
	Published string `json:"published,omitempty"`
	Seen      string `json:"seen,omitempty"`
	CopyOf    string `json:"copy_of,omitempty"`
}

type moreDisagree struct {
	Kind   string     `json:"kind"`
	About  string     `json:"about"`
	Update bool       `json:"update,omitempty"`
	Sides  []moreSide `json:"sides"`
}

type moreSide struct {
	Value    string   `json:"value"`
	Outlets  []string `json:"outlets"`
	Articles []string `json:"articles,omitempty"`
}

type moreChange struct {
	N    int    `json:"n"`
	At   string `json:"at"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

type moreSource struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// json writes a feed as JSON Feed 1.1.
func (cf *config) json(f feed) ([]byte, error) {
	x := jsonFeed{
		JSONFeed: &feeds.JSONFeed{
			Version: "https://jsonfeed.org/version/1.1", Title: f.title, Description: f.subtitle, Language: commonLang(f.entries),
			HomePageUrl: f.page, FeedUrl: cf.base + f.path + ".json", Favicon: cf.base + "/favicon.ico",
			Authors: []*feeds.JSONAuthor{{Name: cf.author(), Url: cf.base + "/"}},
		},
		Wirefold: &jsonExtent{
			About: cf.base + "/", Updated: exactText(f.updated), Archive: f.closed,
		},
	}
	if f.hub != "" {
		x.Hubs = []*feeds.JSONHub{{Type: "WebSub", Url: f.hub}}
	}
	if f.prev != "" {
		x.Wirefold.PrevArchive = cf.base + f.prev + ".json"
	}
	if f.next != "" {
		x.Wirefold.NextArchive = cf.base + f.next + ".json"
	}
	if f.current != "" {
		x.Wirefold.Current = cf.base + f.current + ".json"
	}
	for _, d := range f.deleted {
		x.Wirefold.Deleted = append(x.Wirefold.Deleted, jsonDeleted{d.ref, exactText(d.when), d.comment, d.into})
	}
	frame, err := object(x, "")
	if err != nil {
		return nil, err
	}
	// No string holds a newline, and nothing else stands behind one blank: this is the feed's own list.
	before, after, ok := bytes.Cut(frame, []byte("\n \"items\": []"))
	if !ok {
		return nil, errors.New("a JSON feed without its list of items")
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString("\n \"items\": [")
	for i, e := range f.entries {
		_, _, slot := e.written.slots()
		item, err := writeOnce(slot, func() ([]byte, error) { return object(jsonItemOf(e), "  ") })
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  ")
		b.Write(bytes.TrimSuffix(item, []byte("\n")))
	}
	if len(f.entries) > 0 {
		b.WriteString("\n ")
	}
	b.WriteByte(']')
	b.Write(after)
	return b.Bytes(), nil
}

func jsonItemOf(e entry) jsonItem {
	published, updated := e.published.UTC(), e.updated.UTC()
	x := jsonItem{
		JSONItem: &feeds.JSONItem{
			Id: e.id, Url: e.url, ExternalUrl: e.external, Title: e.title, ContentHTML: e.html, Summary: e.summary,
			PublishedDate: &published, ModifiedDate: &updated,
		},
		Language: e.lang,
		Wirefold: e.more,
	}
	if x.ContentHTML == "" {
		x.ContentText = e.title
	}
	if e.image != "" {
		x.Image = e.image
	}
	for _, name := range e.authors {
		x.Authors = append(x.Authors, jsonAuthor{Name: name})
	}
	for _, t := range e.tags {
		x.Tags = append(x.Tags, t.term)
	}
	for _, f := range e.files {
		if f.Type != "" {
			// A length that is no number is left out.
			size, err := strconv.ParseInt(f.Length, 10, 64)
			if err != nil {
				size = 0
			}
			x.Attachments = append(x.Attachments, jsonAttachment{f.URL, f.Type, size})
		}
	}
	return x
}

// more is the machine-readable account of a story.
func (cf *config) more(s news.Story) *more {
	a := s.Account
	m := &more{
		Story: string(s.ID), Reports: a.Reports, Where: clean(a.Where), When: a.When.String(),
		State: s.Life.State, Into: string(s.Life.Into),
	}
	for _, t := range a.Tellings {
		m.Tellings = append(m.Tellings, moreTelling{
			Article: string(t.Article), Outlet: outletOf(t), Title: clean(t.Title), URL: cf.tellingURL(t), Language: language(t.Lang),
			Published: t.Published.String(), Seen: optional(t.Seen), CopyOf: string(t.CopyOf),
		})
	}
	for _, d := range a.Disagreements {
		md := moreDisagree{Kind: clean(d.Kind), About: clean(d.About), Update: d.Update}
		for _, side := range d.Sides {
			ms := moreSide{Value: clean(side.Value), Outlets: speakers(a, side)}
			for _, k := range side.Articles {
				ms.Articles = append(ms.Articles, string(k))
			}
			md.Sides = append(md.Sides, ms)
		}
		m.Disagreements = append(m.Disagreements, md)
	}
	for _, p := range a.Who {
		m.Who = append(m.Who, news.Person{Name: clean(p.Name), Role: clean(p.Role)})
	}
	for i, c := range s.Life.Changes {
		m.Changes = append(m.Changes, changeOf(i, c))
	}
	if src := a.Source; clean(src.Title) != "" && isURI(src.ID) {
		m.Source = &moreSource{src.ID, clean(src.Title), web(src.Link)}
	}
	return m
}

func changeOf(i int, c news.Change) moreChange {
	return moreChange{N: i + 1, At: exactText(c.At), Kind: clean(c.Kind), Text: clean(c.Text)}
}

// optional is a time that may be unknown.
func optional(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stampText(t)
}
