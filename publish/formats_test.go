package publish

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// atomDoc is as much of Atom as the tests look at.
type atomDoc struct {
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Links   []readLink  `xml:"http://www.w3.org/2005/Atom link"`
	Archive *struct{}   `xml:"http://purl.org/syndication/history/1.0 archive"`
	Entries []readEntry `xml:"http://www.w3.org/2005/Atom entry"`
	Deleted []struct {
		Ref  string `xml:"ref,attr"`
		When string `xml:"when,attr"`
	} `xml:"http://purl.org/atompub/tombstones/1.0 deleted-entry"`
}

type readLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type readEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Content   string     `xml:"content"`
	Authors   []string   `xml:"author>name"`
	Links     []readLink `xml:"link"`
	Source    struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
	} `xml:"source"`
	Categories []struct {
		Term   string `xml:"term,attr"`
		Scheme string `xml:"scheme,attr"`
		Label  string `xml:"label,attr"`
	} `xml:"category"`
}

func readAtom(t *testing.T, p *Publisher, path string) atomDoc {
	t.Helper()
	r := ask(p.Handler(), "GET", path)
	if r.StatusCode != 200 {
		t.Fatalf("%s: %d", path, r.StatusCode)
	}
	var d atomDoc
	if err := xml.Unmarshal(read(t, r), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func ids(d atomDoc) string {
	var out []string
	for _, e := range d.Entries {
		out = append(out, strings.TrimPrefix(e.ID, "tag:example.org,2026:"))
	}
	return strings.Join(out, " ")
}

func (d atomDoc) link(rel string) string {
	for _, l := range d.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func TestAnAtomEntrySaysWhoTellsItAndWhereTheyDiffer(t *testing.T) {
	o := options(lively())
	o.Topics[0].Hub = "builtin"
	d := readAtom(t, newPublisher(t, o), atomPath)
	if got, want := ids(d), "story/dropdropdropdrop story/mergedmergedmerg story/ferryferryferry2 story/fairfairfairfair"; got != want {
		t.Fatalf("entries %s, want %s", got, want)
	}
	for rel, want := range map[string]string{"self": "https://example.org/news" + atomPath, "alternate": "https://example.org/news/topics/sea/", "hub": "https://example.org/news/hub"} {
		if got := d.link(rel); got != want {
			t.Errorf("feed link %s is %q, want %q", rel, got, want)
		}
	}
	e := d.Entries[2]
	for _, part := range []string{"Coast Wire", "Harbour Gazette", "Ferry strands off cape", "Ferry runs aground", "https://wire.example/1?x=1&amp;y=2",
		"https://example.org/news/articles/" + string(seedKey) + "/", "1 March 2026, 11:00 UTC", "undated, first seen 1 March 2026, 12:00 UTC",
		"passengers: Coast Wire says 112, Harbour Gazette says 121", "<p>A ferry is stranded.</p>"} {
		if !strings.Contains(e.Content, part) {
			t.Errorf("the body does not say %q: %s", part, e.Content)
		}
	}
	if strings.Index(e.Content, "Harbour Gazette") > strings.Index(e.Content, "A ferry is stranded") {
		t.Errorf("the tellings do not stand at the top")
	}
	links := map[string]string{}
	for _, l := range e.Links {
		links[l.Rel] = l.Href
	}
	want := map[string]string{"alternate": "https://example.org/news/stories/ferryferryferry2/", "via": "https://wire.example/1?x=1&y=2", "related": "https://example.org/news/articles/" + string(seedKey) + "/"}
	if !reflect.DeepEqual(links, want) {
		t.Errorf("links %v, want %v", links, want)
	}
	if e.Source.ID != "https://wire.example/feed" || e.Source.Title != "Coast Wire" || e.Source.Updated != "2026-03-01T11:00:00Z" {
		t.Errorf("source %+v", e.Source)
	}
	if strings.Join(e.Authors, "|") != "Coast Wire|Harbour Gazette" || e.Published != "2026-03-01T11:00:00Z" {
		t.Errorf("authors %q, published %s", e.Authors, e.Published)
	}
	var tombs []string
	for _, x := range d.Deleted {
		tombs = append(tombs, x.Ref)
	}
	if strings.Join(tombs, " ") != "tag:example.org,2026:story/dropdropdropdrop tag:example.org,2026:story/mergedmergedmerg" {
		t.Errorf("tombstones %v", tombs)
	}
	if !strings.Contains(d.Entries[1].Content, "https://example.org/news/stories/ferryferryferry2/") {
		t.Errorf("the notice of a merge does not link to the survivor: %s", d.Entries[1].Content)
	}
}

func TestNoticesLeaveAndTombstonesStay(t *testing.T) {
	f := lively()
	for _, tt := range []struct {
		after   time.Duration
		entries string
		tombs   int
	}{
		{6 * 24 * time.Hour, "story/dropdropdropdrop story/mergedmergedmerg story/ferryferryferry2 story/fairfairfairfair", 2},
		{8 * 24 * time.Hour, "story/ferryferryferry2 story/fairfairfairfair", 2},
		{40 * 24 * time.Hour, "story/ferryferryferry2 story/fairfairfairfair", 0},
	} {
		f.touch("sea", t0.Add(tt.after))
		p := newPublisher(t, options(f))
		d := readAtom(t, p, atomPath)
		if ids(d) != tt.entries || len(d.Deleted) != tt.tombs {
			t.Errorf("after %s: %s and %d tombstones, want %s and %d", tt.after, ids(d), len(d.Deleted), tt.entries, tt.tombs)
		}
	}
}

func TestJSONFeed(t *testing.T) {
	var d struct {
		Version string `json:"version"`
		FeedURL string `json:"feed_url"`
		Items   []struct {
			ID          string            `json:"id"`
			URL         string            `json:"url"`
			External    string            `json:"external_url"`
			HTML        string            `json:"content_html"`
			Published   string            `json:"date_published"`
			Modified    string            `json:"date_modified"`
			Language    string            `json:"language"`
			Image       string            `json:"image"`
			Tags        []string          `json:"tags"`
			Authors     []json.RawMessage `json:"authors"`
			Author      any               `json:"author"`
			Attachments []json.RawMessage `json:"attachments"`
			Wirefold    struct {
				Reports       int
				Tellings      []struct{ Outlet, URL string }
				Disagreements []struct {
					About string
					Sides []struct {
						Value   string
						Outlets []string
					}
				}
				Who         []news.Person
				Where, When string
			} `json:"_wirefold"`
		} `json:"items"`
		Wirefold struct {
			Deleted []struct{ ID, When, Into string }
		} `json:"_wirefold"`
	}
	h := newPublisher(t, options(lively())).Handler()
	if err := json.Unmarshal(read(t, ask(h, "GET", "/topics/sea/feed.json")), &d); err != nil {
		t.Fatal(err)
	}
	if d.Version != "https://jsonfeed.org/version/1.1" || d.FeedURL != "https://example.org/news/topics/sea/feed.json" || len(d.Items) != 4 {
		t.Fatalf("%s %s with %d items", d.Version, d.FeedURL, len(d.Items))
	}
	it := d.Items[2]
	w := it.Wirefold
	if it.External != "https://wire.example/1?x=1&y=2" || it.Language != "en" || it.Image == "" || len(it.Authors) != 2 || it.Author != nil || it.Published != "2026-03-01T11:00:00Z" {
		t.Errorf("item %+v", it)
	}
	if w.Reports != 2 || len(w.Tellings) != 2 || w.Where != "Cape Low" || w.When != "2026-03-01" || len(w.Who) != 1 || len(w.Disagreements) != 1 || w.Disagreements[0].Sides[1].Outlets[0] != "Harbour Gazette" {
		t.Errorf("_wirefold %+v", w)
	}
	if len(d.Wirefold.Deleted) != 2 || !strings.HasSuffix(d.Wirefold.Deleted[1].Into, "/stories/ferryferryferry2/") {
		t.Errorf("deleted %+v", d.Wirefold.Deleted)
	}
	if err := json.Unmarshal(read(t, ask(h, "GET", "/topics/sea/all.json")), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Items[1].Attachments) != 1 {
		t.Errorf("an article's file is missing")
	}
	empty := read(t, ask(h, "GET", "/topics/empty/feed.json"))
	if !bytes.Contains(empty, []byte(`"items": []`)) {
		t.Errorf("an empty feed has no items: %s", empty)
	}
}

func TestRSSSaysWhatReadersNeed(t *testing.T) {
	body := string(read(t, ask(newPublisher(t, options(lively())).Handler(), "GET", "/topics/sea/feed.rss")))
	for _, part := range []string{
		`<guid isPermaLink="false">tag:example.org,2026:story/ferryferryferry2</guid>`, `<source url="https://wire.example/feed">Coast Wire</source>`,
		`<dc:creator>Coast Wire, Harbour Gazette</dc:creator>`, `<atom:link rel="self" type="application/rss+xml" href="https://example.org/news/topics/sea/feed.rss">`,
		`<lastBuildDate>Sun, 01 Mar 2026 12:03:00 +0000</lastBuildDate>`, `<ttl>5</ttl>`, `<pubDate>Sun, 01 Mar 2026 11:00:00 +0000</pubDate>`,
		`<content:encoded><![CDATA[<p>2 articles of 2 outlets, 2 independent reports:</p>`, `<category>shipping</category>`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("RSS does not say %s\n%s", part, body)
		}
	}
}

func TestEqualStatesGiveEqualBytes(t *testing.T) {
	paths := append(documents(), pages()...)
	first := newPublisher(t, options(lively())).Handler()
	o := options(lively())
	// Another machine, another day, another place.
	o.Now = func() time.Time { return t0.Add(1000 * time.Hour).In(time.FixedZone("x", 3600)) }
	second := newPublisher(t, o).Handler()
	rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	for _, path := range paths {
		a, b := ask(first, "GET", path), ask(second, "GET", path, "Host", "other.example")
		if !bytes.Equal(read(t, a), read(t, b)) || a.Header.Get("Etag") != b.Header.Get("Etag") || a.Header.Get("Last-Modified") != b.Header.Get("Last-Modified") {
			t.Errorf("%s differs between two machines", path)
		}
	}
}

func TestPagesCarryTheirFeedsAndNothingActive(t *testing.T) {
	h := newPublisher(t, options(lively())).Handler()
	for _, path := range pages() {
		r := ask(h, "GET", path)
		body := string(read(t, r))
		if strings.Contains(body, "<script") || strings.Contains(body, " style=") || strings.Contains(body, "javascript:") {
			t.Errorf("%s holds active markup", path)
		}
		if csp := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for _, l := range strings.Split(body, `href="`)[1:] {
			if href, _, _ := strings.Cut(l, `"`); !strings.HasPrefix(href, "https://") && href != "#main" {
				t.Errorf("%s: the link %q is not absolute", path, href)
			}
		}
	}
	page := string(read(t, ask(h, "GET", "/topics/sea/")))
	for _, want := range []string{`<link rel="alternate" type="application/atom&#43;xml" title="At sea" href="https://example.org/news/topics/sea/feed.atom">`, "feed.rss", "feed.json"} {
		if !strings.Contains(page, want) {
			t.Errorf("the topic's page lacks %s", want)
		}
	}
	if src := string(read(t, ask(h, "GET", "/sources/"))); strings.Contains(src, "secret") || !strings.Contains(src, "connection refused") {
		t.Errorf("the sources page tells a password, or not what fails")
	}
}
