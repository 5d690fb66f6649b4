package fetch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// inRSS is an RSS 2.0 document around items.
func inRSS(items ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Harbour News</title><link>https://harbour.example/</link><description>d</description>` +
		strings.Join(items, "") + `</channel></rss>`
}

func inAtom(entries ...string) string {
	return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour News</title><id>urn:h</id>` + strings.Join(entries, "") + `</feed>`
}

func mustRead(t *testing.T, body string, in Response) *news.Document {
	t.Helper()
	d, err := Read([]byte(body), in)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return d
}

func TestEveryFormatIsRead(t *testing.T) {
	tests := []struct{ name, body string }{
		{"RSS 2.0", inRSS(`<item><guid>g1</guid><title>Ferry runs again</title><link>https://harbour.example/1</link><description>Body</description><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>`)},
		{"RSS 0.91 with a DTD", `<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x.dtd"><rss version="0.91"><channel><item><guid>g1</guid><title>Ferry runs again</title><link>https://harbour.example/1</link><description>Body</description><pubDate>02 Mar 2026 10:00 GMT</pubDate></item></channel></rss>`},
		{"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="c"><title>h</title></channel><item rdf:about="g1"><title>Ferry runs again</title><link>https://harbour.example/1</link><description>Body</description><dc:date>2026-03-02T10:00:00Z</dc:date></item></rdf:RDF>`},
		{"Atom 1.0", inAtom(`<entry><id>g1</id><title>Ferry runs again</title><link href="https://harbour.example/1"/><summary type="html">Body</summary><updated>2026-03-02T10:00:00Z</updated></entry>`)},
		{"Atom 0.3", `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>g1</id><title mode="base64" type="text/plain">RmVycnkgcnVucyBhZ2Fpbg==</title><link rel="alternate" type="text/html" href="https://harbour.example/1"/><summary type="text/html" mode="escaped">Body</summary><modified>2026-03-02T10:00:00Z</modified></entry></feed>`},
		{"CDF", `<CHANNEL HREF="https://harbour.example/"><ITEM HREF="https://harbour.example/1" LASTMOD="2026-03-02T10:00Z"><guid>g1</guid><TITLE>Ferry runs again</TITLE><ABSTRACT>Body</ABSTRACT></ITEM></CHANNEL>`},
		{"JSON Feed 1.1", `{"version":"https://jsonfeed.org/version/1.1","title":"h","items":[{"id":"g1","title":"Ferry runs again","url":"https://harbour.example/1","summary":"Body","date_modified":"2026-03-02T10:00:00Z"}]}`},
		{"JSON Feed 1.0 with a mark", "\uFEFF" + `{"version":"https://jsonfeed.org/version/1","items":[{"id":"g1","title":"Ferry runs again","url":"https://harbour.example/1","summary":"Body","date_modified":"2026-03-02T10:00:00Z"}]}`},
		{"no namespace at all", `<feed><entry><id>g1</id><title>Ferry runs again</title><link href="https://harbour.example/1"/><summary>Body</summary><updated>2026-03-02T10:00:00Z</updated></entry></feed>`},
		{"capital letters", `<RSS><CHANNEL><ITEM><GUID>g1</GUID><TITLE>Ferry runs again</TITLE><LINK>https://harbour.example/1</LINK><DESCRIPTION>Body</DESCRIPTION><PUBDATE>Mon, 02 Mar 2026 10:00:00 GMT</PUBDATE></ITEM></CHANNEL></RSS>`},
	}
	want := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mustRead(t, tt.body, Response{URL: "https://harbour.example/feed"})
			if len(d.Items) != 1 {
				t.Fatalf("%d items, want 1; flags %v", len(d.Items), d.Flags)
			}
			it := d.Items[0]
			got := []string{it.GUID, it.Title.Value, it.Link, it.Summary.Value}
			if diff := cmp.Diff([]string{"g1", "Ferry runs again", "https://harbour.example/1", "Body"}, got); diff != "" {
				t.Error(diff)
			}
			if !it.Published.Time.Equal(want) && !it.Updated.Time.Equal(want) {
				t.Errorf("dated %v, %v, want %v", it.Published, it.Updated, want)
			}
			if it.Hash == ([32]byte{}) {
				t.Error("no hash")
			}
		})
	}
}

func TestWhatIsBrokenIsRepaired(t *testing.T) {
	two := `<item><title>one</title></item><item><title>two</title></item>`
	tests := []struct {
		name, body string
		titles     []string
		partial    bool
	}{
		{"junk before the root", "<br />\n<b>Warning</b>: x in y\n" + inRSS(two), []string{"one", "two"}, false},
		{"a root after four kilobytes", "<!-- " + strings.Repeat("x", 5000) + " -->" + inRSS(two), []string{"one", "two"}, false},
		{"another document behind", inRSS(two) + inRSS(two) + "<html>", []string{"one", "two"}, false},
		{"the last bracket missing", strings.TrimSuffix(inRSS(two), ">"), []string{"one", "two"}, false},
		{"no end tags at the end", strings.TrimSuffix(inRSS(two), "</channel></rss>"), []string{"one", "two"}, true},
		{"cut inside of an item", strings.Split(inRSS(two+"<item><title>thr"), "</channel>")[0], []string{"one", "two"}, true},
		{"cut inside of a tag", strings.Split(inRSS(two+"<item><enclosure url=\"x"), "</channel>")[0], []string{"one", "two"}, true},
		{"an item not closed", inRSS(`<item><title>one</title><item><title>two</title></item>`), []string{"one", "two"}, false},
		{"a title not closed", inRSS(`<item><title>one<link>https://a.example/</link></item><item><title>two</title></item>`), []string{"one", "two"}, false},
		{"tags that do not match", inRSS(`<item><title>one</titel></item><item><title>two</title></b></item>`), []string{"one", "two"}, false},
		{"bare ampersands and brackets", inRSS(`<item><title>AT&T & 1 < 2</title></item>`), []string{"AT&T & 1 < 2"}, false},
		{"HTML's entities", inRSS(`<item><title>caf&eacute; &bogus; &#8212;&#151;</title></item>`), []string{"café &bogus; ——"}, false},
		{"control characters", inRSS("<item><title>o\x00n\x1be&#27;&#xFFFE;</title></item>"), []string{"one"}, false},
		{"attributes without quotes", inRSS(`<item><title type=text>one</title></item>`), []string{"one"}, false},
		{"CDATA without an end", strings.Split(inRSS(two+"<item><title><![CDATA[three"), "</channel>")[0], []string{"one", "two"}, true},
		{"entries inside of RSS", inRSS(`<entry xmlns="http://www.w3.org/2005/Atom"><title>one</title></entry>`), []string{"one"}, false},
		{"items inside of Atom", inAtom(`<item><title>one</title></item>`), []string{"one"}, false},
		{"JSON that ends early", `{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"one"},{"id":"2","title":"two"},{"id":"3","ti`, []string{"one", "two"}, true},
		{"JSON with wrong types", `{"version":"https://jsonfeed.org/version/1.1","title":["x"],"authors":{"name":"A"},"items":[{"id":1,"title":"one","tags":"t"},null,{"id":"2","title":"two","attachments":[{"url":7}]}]}`, []string{"one", "two"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mustRead(t, tt.body, Response{})
			var got []string
			for _, it := range d.Items {
				got = append(got, it.Title.Value)
			}
			if diff := cmp.Diff(tt.titles, got); diff != "" {
				t.Errorf("titles: %s", diff)
			}
			if d.Partial != tt.partial {
				t.Errorf("Partial = %v, want %v; flags %q", d.Partial, tt.partial, d.Flags)
			}
		})
	}
}

func TestWhatIsNoFeedSaysWhatItIs(t *testing.T) {
	for name, tt := range map[string]struct{ body, says string }{
		"empty": {"  \n", "empty"}, "binary": {"\x89PNG\r\n\x1a\n\x00\x00", "no element of a feed"}, "null": {"null", "without an object"},
		"other JSON": {`{"a":1}`, "no JSON Feed"}, "deep JSON": {`{"items":` + strings.Repeat("[", 5000), "deeper"},
		"OPML": {`<opml><head/><body><outline text="x"/></body></opml>`, "OPML"}, "page": {`<!doctype html><h1>Sign in</h1>`, "web page"},
	} {
		_, err := Read([]byte(tt.body), Response{})
		if !errors.Is(err, ErrNotAFeed) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want ErrNotAFeed that says %q", name, err, tt.says)
		}
	}
	if _, err := Read(make([]byte, MaxBody+1), Response{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a body over the bound: %v, want ErrTooLarge", err)
	}
}

func TestAPageOffersItsFeeds(t *testing.T) {
	page := `<html><head><title>Harbour
	News</title><base href="/en/"><link rel="alternate" type="application/rss+xml" title="All" href="all.rss"><link rel=alternate type="application/atom+xml" href="https://x.example/a">
	<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd"><link rel="alternate" hreflang="de" href="/de/"></head><body><a href="/feed/">f</a></body></html>`
	_, err := Read([]byte(page), Response{URL: "https://harbour.example/x"})
	var pe *PageError
	if !errors.As(err, &pe) {
		t.Fatalf("error %v, want a PageError", err)
	}
	got := []string{pe.Title}
	for _, f := range pe.Feeds {
		got = append(got, f.Href)
	}
	if diff := cmp.Diff([]string{"Harbour News", "https://harbour.example/en/all.rss", "https://x.example/a"}, got); diff != "" {
		t.Error(diff)
	}
	if ls := Discover([]byte(`<a href="/blog/feed/">RSS</a><a href="/about">x</a>`), Response{URL: "https://harbour.example/"}); len(ls) != 1 || ls[0].Href != "https://harbour.example/blog/feed/" {
		t.Errorf("an anchor that looks like a feed: %v", ls)
	}
}

func TestAddressesResolveAgainstTheInnermostBase(t *testing.T) {
	body := `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="sub/"><link href="."/><link rel="self" href="/self"/><entry xml:base="e/"><id>/local</id><link href="1"/>
	<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="in/"><a href="2">x</a></div></content><author><name>A</name><uri>me</uri></author></entry>
	<entry xml:base="javascript:alert(1)//"><id>HTTP://Harbour.example/%7eA</id><link href="3"/></entry></feed>`
	d := mustRead(t, body, Response{URL: "https://harbour.example/dir/feed.xml", ContentLocation: "/moved/feed.xml"})
	got := []string{d.Link, d.Self, d.Items[0].Link, d.Items[0].Content.Base, d.Items[0].Authors[0].URI, d.Items[0].GUID, d.Items[1].Link, d.Items[1].GUID}
	want := []string{"https://harbour.example/moved/sub/", "https://harbour.example/self", "https://harbour.example/moved/sub/e/1", "https://harbour.example/moved/sub/e/in/",
		"https://harbour.example/moved/sub/e/me", "https://harbour.example/local", "https://harbour.example/moved/sub/3", "HTTP://Harbour.example/%7eA"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextsKeepTheirType(t *testing.T) {
	tests := []struct {
		name, element string
		want          news.Text
	}{
		{"plain", `<title>1 &lt; 2 &amp;amp; 3</title>`, news.Text{Value: "1 < 2 &amp; 3", Type: news.HTML}},
		{"a tag talked about", `<title>the &lt;blink&gt; tag</title>`, news.Text{Value: "the <blink> tag"}},
		{"stated as text", `<title type="text">&lt;b&gt;x&lt;/b&gt;</title>`, news.Text{Value: "<b>x</b>"}},
		{"HTML", `<title type="html">&lt;b&gt;x&lt;/b&gt;</title>`, news.Text{Value: "<b>x</b>", Type: news.HTML}},
		{"XHTML loses its div", `<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a &lt; <b>b</b><br/></div></title>`, news.Text{Value: "a &lt; <b>b</b><br>", Type: news.HTML}},
		{"XHTML with a prefix", `<title type="xhtml" xmlns:h="http://www.w3.org/1999/xhtml"><h:div><h:b>b</h:b></h:div></title>`, news.Text{Value: "<b>b</b>", Type: news.HTML}},
		{"base64", `<title type="text/html" mode="base64">PGI+eDwvYj4=</title>`, news.Text{Value: "<b>x</b>", Type: news.HTML}},
		{"markup that nobody escaped", `<title>a <b>b</b></title>`, news.Text{Value: "a <b>b</b>", Type: news.HTML}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mustRead(t, inAtom("<entry><id>1</id>"+tt.element+"</entry>"), Response{})
			if diff := cmp.Diff(tt.want, d.Items[0].Title); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatGofeedLosesIsFilledIn(t *testing.T) {
	d := mustRead(t, inRSS(`<ttl>90</ttl><skipHours><hour>3</hour><hour>99</hour></skipHours><skipDays><day>Sunday</day></skipDays><atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://harbour.example/feed"/>
	<item><guid isPermaLink="false"> Case-Kept/%7e </guid><title>t</title><atom:link rel="alternate" href="https://harbour.example/a"/><dc:creator>Ann</dc:creator><dc:creator>Bo</dc:creator>
	<author>c@x.example (Cy)</author><category domain="https://d.example">sea</category><category>sea</category><dc:subject>ships</dc:subject><comments>https://harbour.example/a#c</comments>
	<enclosure url="https://harbour.example/a.mp3" length="9" type="audio/mpeg"/><media:group><media:content url="https://harbour.example/v.mp4"/><media:thumbnail url="https://harbour.example/t.jpg"/></media:group>
	<source url="https://other.example/feed">Other</source><dc:rights>free</dc:rights></item>`), Response{})
	it := d.Items[0]
	got := map[string]any{
		"poll": d.Poll, "hubs": d.Hubs, "self": d.Self, "guid": it.GUID, "permalink": it.Permalink, "link": it.Link, "authors": it.Authors, "categories": it.Categories,
		"comments": it.Comments, "enclosures": it.Enclosures, "media": it.Media, "image": it.Image, "rights": it.Rights.Value, "source": it.Source.Title.Value + " " + it.Source.Link,
	}
	want := map[string]any{
		"poll": news.Poll{Every: 90 * time.Minute, SkipHours: []int{3}, SkipDays: []time.Weekday{time.Sunday}}, "hubs": []string{"https://hub.example/"}, "self": "https://harbour.example/feed",
		"guid": "Case-Kept/%7e", "permalink": false, "link": "https://harbour.example/a", "authors": []news.Author{{Name: "Cy", Email: "c@x.example"}, {Name: "Ann"}, {Name: "Bo"}},
		"categories": []news.Category{{Term: "sea", Scheme: "https://d.example"}, {Term: "ships"}}, "comments": "https://harbour.example/a#c",
		"enclosures": []news.Enclosure{{URL: "https://harbour.example/a.mp3", Type: "audio/mpeg", Length: "9"}}, "media": []string{"https://harbour.example/v.mp4", "https://harbour.example/t.jpg"},
		"image": "https://harbour.example/t.jpg", "rights": "free", "source": "Other https://other.example/feed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBoundsHoldBeforeAnythingIsParsed(t *testing.T) {
	deep := strings.Repeat("<a:x>", 1_000_000)
	many := strings.Repeat("<item><title>t</title><guid>g</guid></item>", maxItems+5)
	var attrs strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&attrs, ` a%d="x"`, i)
	}
	tests := []struct {
		name, body string
		items      int
		flag       string
	}{
		{"depth", inRSS("<item><title>t</title>" + deep + "</item>"), 1, "deeper than 100"},
		{"items", inRSS(many), maxItems, "more than 2000 items"},
		{"attributes", inRSS("<item><title" + attrs.String() + ">t</title></item>"), 1, "64 attributes"},
		{"text", inRSS("<item><title>t</title><description>" + strings.Repeat("é", 200_000) + "</description></item>"), 1, "256 KiB"},
		{"entities of entities", strings.Replace(inRSS("<item><title>&b;</title></item>"), "<rss", `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss`, 1), 1, ""},
		{"an external entity", strings.Replace(inRSS("<item><title>&x;</title></item>"), "<rss", `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss`, 1), 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := mustRead(t, tt.body, Response{})
			if len(d.Items) != tt.items {
				t.Errorf("%d items, want %d", len(d.Items), tt.items)
			}
			if all := strings.Join(d.Flags, "; "); !strings.Contains(all, tt.flag) {
				t.Errorf("flags %q, want one with %q", all, tt.flag)
			}
		})
	}
}

func TestLongFieldsAreCutOnAGrapheme(t *testing.T) {
	family := "👩‍👩‍👧‍👦" // one grapheme of 25 bytes
	d := mustRead(t, inRSS("<item><guid>"+strings.Repeat("g", 5000)+"</guid><link>https://a.example/"+strings.Repeat("l", 5000)+"</link><title>x"+strings.Repeat(family, 200)+"</title>"+strings.Repeat("<category>c</category>", 3)+"</item>"), Response{})
	it := d.Items[0]
	title := strings.TrimPrefix(it.Title.Value, "x")
	if len(title) == 0 || len(title) > maxTitle || len(title)%len(family) != 0 {
		t.Errorf("title of %d bytes, want whole graphemes of %d within %d", len(title), len(family), maxTitle)
	}
	if !strings.HasPrefix(it.GUID, "sha256:") || it.Link != "" || len(it.Flags) == 0 {
		t.Errorf("guid %.20q, link %.20q, flags %v: want a hash, none, and a flag", it.GUID, it.Link, it.Flags)
	}
}

func TestTheHashSeesEveryField(t *testing.T) {
	base := `<guid>1</guid><title>t</title><link>https://a.example/1</link><description>d</description>`
	hash := func(extra string) [32]byte {
		return mustRead(t, inRSS("<item>"+base+extra+"</item>"), Response{}).Items[0].Hash
	}
	if first, second := hash(""), hash(""); first != second {
		t.Error("the same item has two hashes")
	}
	for _, extra := range []string{`<author>x</author>`, `<category>x</category>`, `<enclosure url="https://a.example/x"/>`, `<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>`,
		`<comments>https://a.example/c</comments>`, `<source url="https://b.example/">x</source>`, `<media:content url="https://a.example/m"/>`, `<dc:rights>r</dc:rights>`} {
		if hash(extra) == hash("") {
			t.Errorf("%s changes nothing", extra)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(inRSS(`<item><guid>g</guid><title>a &lt;b&gt;</title><link>/x</link><pubDate>Mon, 02 Mar 2026 10:00 GMT</pubDate></item>`)), "application/rss+xml")
	f.Add([]byte(inAtom(`<entry xml:base="x/"><id>1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x<br/></div></title><link href="y"/></entry>`)), "text/xml; charset=iso-8859-1")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"authors":[{"name":"x"}]}]}`), "application/feed+json")
	f.Add([]byte(`<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item>&a;<![CDATA[`), "")
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00>\x00"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		d, err := Read(body, Response{URL: "https://a.example/", ContentType: contentType})
		if err != nil {
			if strings.Contains(err.Error(), "reader failed") {
				t.Fatal(err)
			}
			return
		}
		if len(d.Items) > maxItems {
			t.Errorf("%d items", len(d.Items))
		}
		again, err := Read(body, Response{URL: "https://a.example/", ContentType: contentType})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Errorf("the second reading differs: %s", diff)
		}
	})
}
