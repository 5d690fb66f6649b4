package validate

import (
	"strings"
	"testing"
)

const goodAtom = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en">
 <id>tag:example.org,2026:topic/t</id><title>T</title><updated>2026-03-01T08:00:00Z</updated>
 <link rel="self" href="https://example.org/topics/t/feed.atom"/><link rel="alternate" type="text/html" href="https://example.org/topics/t/"/>
 <author><name>Site</name></author>
 <at:deleted-entry ref="tag:example.org,2026:story/zz" when="2026-03-01T08:00:00Z"/>
 <entry><id>tag:example.org,2026:story/aa</id><title>A</title><updated>2026-03-01T08:00:00.25Z</updated><published>2026-03-01T08:00:00Z</published>
  <link rel="alternate" type="text/html" href="https://example.org/stories/aa/"/><content type="html">&lt;p>x&lt;/p></content>
  <source><id>https://outlet.example/feed</id><title>O</title><updated>2026-03-01T07:00:00Z</updated></source></entry>
 <entry><id>tag:example.org,2026:story/bb</id><title>B</title><updated>2026-03-01T07:00:00Z</updated><published>2026-03-01T07:00:00Z</published>
  <link rel="alternate" type="text/html" href="https://example.org/stories/bb/"/><content type="html">&lt;p>x&lt;/p></content></entry>
</feed>`

const goodRSS = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>T</title><link>https://example.org/topics/t/</link><description>D</description>
 <atom:link rel="self" href="https://example.org/topics/t/feed.rss" type="application/rss+xml"/><lastBuildDate>Sun, 01 Mar 2026 08:00:00 +0000</lastBuildDate>
 <item><title>A</title><link>https://example.org/stories/aa/</link><description>x</description><guid isPermaLink="false">tag:example.org,2026:story/aa</guid>
  <pubDate>Sun, 01 Mar 2026 08:00:00 +0000</pubDate><dc:creator>O</dc:creator><source url="https://outlet.example/feed">O</source><content:encoded><![CDATA[<p>x</p>]]></content:encoded></item>
</channel></rss>`

const goodJSON = `{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"https://example.org/topics/t/","feed_url":"https://example.org/topics/t/feed.json",
 "items":[{"id":"tag:example.org,2026:story/aa","url":"https://example.org/stories/aa/","title":"A","content_html":"<p>x</p>",
 "date_published":"2026-03-01T08:00:00Z","date_modified":"2026-03-01T08:00:00Z","authors":[{"name":"O"}],"_wirefold":{"reports":1}}]}`

const goodOPML = `<opml version="2.0"><head><title>T</title></head><body><outline text="T" type="rss" xmlUrl="https://example.org/feed.atom" htmlUrl="https://example.org/"/></body></opml>`

var checks = map[string]struct {
	good  string
	check func([]byte) []Problem
}{
	"Atom": {goodAtom, Atom},
	"RSS":  {goodRSS, RSS},
	"JSON": {goodJSON, JSONFeed},
	"OPML": {goodOPML, OPML},
}

func TestGoodDocumentsHaveNoProblem(t *testing.T) {
	for name, c := range checks {
		if ps := c.check([]byte(c.good)); len(ps) > 0 {
			t.Errorf("%s: %v", name, ps)
		}
	}
}

// Every row breaks one good document in one way, and exactly that must be found.
func TestEachFaultIsFound(t *testing.T) {
	tests := []struct {
		format, name, old, now, want string
	}{
		{"Atom", "cut", "</feed>", "", "not well-formed"},
		{"Atom", "a second root", "</feed>", "</feed><feed/>", "second root"},
		{"Atom", "a DTD", "<feed ", "<!DOCTYPE feed><feed ", "document type"},
		{"Atom", "another encoding", `encoding="utf-8"`, `encoding="latin1"`, "encoding"},
		{"Atom", "a control character", "<title>T", "<title>\x1b", "U+001B"},
		{"Atom", "a C1 control", "<title>T", "<title>\u0085", "U+0085"},
		{"Atom", "a lost character", "<title>T", "<title>\ufffd", "U+FFFD"},
		{"Atom", "a reference to a control character", "<title>T", "<title>&#1;", "not well-formed"},
		{"Atom", "a broken byte", "<title>T", "<title>\xff", "UTF-8"},
		{"Atom", "an attribute twice", `<link rel="self"`, `<link rel="self" rel="self"`, "twice"},
		{"Atom", "an undeclared prefix", "<title>T</title>", "<title>T</title><x:y/>", "not declared"},
		{"Atom", "no title", "<title>T</title>", "", "0 of http://www.w3.org/2005/Atom title"},
		{"Atom", "no entry title", "<title>A</title>", "", "0 of http://www.w3.org/2005/Atom title"},
		{"Atom", "an empty title", "<title>A</title>", "<title> </title>", "empty"},
		{"Atom", "markup in a text title", "<title>A</title>", "<title>&lt;b>A</title>", "markup"},
		{"Atom", "an empty date", "<updated>2026-03-01T08:00:00Z</updated>", "<updated></updated>", "RFC 3339"},
		{"Atom", "a date of year 9999", "<updated>2026-03-01T08:00:00Z</updated>", "<updated>9999-03-01T08:00:00Z</updated>", "plausible"},
		{"Atom", "an id that is an address", "<id>tag:example.org,2026:story/aa</id>", "<id>https://example.org/aa</id>", "tag URI"},
		{"Atom", "an id twice", "story/bb</id>", "story/aa</id>", "id of another entry"},
		{"Atom", "a date twice", "<updated>2026-03-01T07:00:00Z</updated><published>", "<updated>2026-03-01T08:00:00.25Z</updated><published>", "date of another entry"},
		{"Atom", "no author", "<author><name>Site</name></author>", "", "no author"},
		{"Atom", "no self link", `<link rel="self" href="https://example.org/topics/t/feed.atom"/>`, "", "0 self"},
		{"Atom", "a relative link", `href="https://example.org/stories/aa/"`, `href="/stories/aa/"`, "absolute"},
		{"Atom", "a script link", `href="https://example.org/stories/aa/"`, `href="javascript:x"`, "absolute"},
		{"Atom", "two alternates", `<content type="html">&lt;p>x`, `<link type="text/html" href="https://example.org/x"/><content type="html">&lt;p>x`, "second alternate"},
		{"Atom", "a source without id", "<id>https://outlet.example/feed</id>", "", "0 of http://www.w3.org/2005/Atom id"},
		{"Atom", "a source as text", "<source><id>", "<source>Outlet<id>", "has text"},
		{"Atom", "a category as text", "<author><name>Site", "<category>x</category><author><name>Site", "lacks attribute term"},
		{"Atom", "an unknown element", "<author><name>Site", "<foo/><author><name>Site", "may not stand here"},
		{"Atom", "a tombstone of a live entry", "story/zz", "story/aa", "also an entry"},
		{"Atom", "metadata after an entry", "</entry>\n</feed>", "</entry><rights>r</rights></feed>", "after the first entry"},
		{"Atom", "an archive that leads nowhere", "<author>", `<a:archive xmlns:a="http://purl.org/syndication/history/1.0"/><author>`, "current"},
		{"RSS", "a guid that claims to be a link", ` isPermaLink="false"`, "", "lacks attribute isPermaLink"},
		{"RSS", "a source without url", ` url="https://outlet.example/feed"`, "", "lacks attribute url"},
		{"RSS", "a year of two digits", "Mar 2026 08:00:00 +0000</pubDate>", "Mar 26 08:00:00 +0000</pubDate>", "RFC 822"},
		{"RSS", "the wrong weekday", "Sun, 01 Mar 2026 08:00:00 +0000</pubDate>", "Mon, 01 Mar 2026 08:00:00 +0000</pubDate>", "RFC 822"},
		{"RSS", "no self link", `rel="self" `, "", "self link"},
		{"RSS", "a name as author", "<dc:creator>O</dc:creator>", "<author>O</author>", "may not stand here"},
		{"RSS", "a broken CDATA", "<![CDATA[<p>x</p>]]>", "<![CDATA[<p>]]>x</p>]]>", "not well-formed"},
		{"JSON", "no items", `"items"`, `"entries"`, "lacks items"},
		{"JSON", "a number for an id", `"tag:example.org,2026:story/aa"`, `7`, "is integer, not string"},
		{"JSON", "an empty id", `"tag:example.org,2026:story/aa"`, `""`, "does not match"},
		{"JSON", "no content", `"content_html"`, `"content"`, "lacks content_html"},
		{"JSON", "a key twice", `"title":"A",`, `"title":"A","title":"A",`, "twice"},
		{"JSON", "an unknown key", `"title":"A",`, `"title":"A","banner_":"x",`, "may not stand here"},
		{"JSON", "an escaped control character", `"title":"A"`, `"title":"A\u0007"`, "U+0007"},
		{"JSON", "a date without zone", `"date_modified":"2026-03-01T08:00:00Z"`, `"date_modified":"2026-03-01T08:00:00"`, "does not match"},
		{"JSON", "an author without anything", `{"name":"O"}`, `{}`, "is empty"},
		{"JSON", "an id twice", `"items":[`, `"items":[{"id":"tag:example.org,2026:story/aa","url":"https://example.org/b","title":"B","content_html":"b","date_published":"2026-03-01T08:00:00Z","date_modified":"2026-03-01T08:00:00Z"},`, "id of another item"},
		{"OPML", "a feed without address", ` xmlUrl="https://example.org/feed.atom"`, "", "go together"},
		{"OPML", "no text", ` text="T"`, "", "lacks attribute text"},
	}
	for _, tt := range tests {
		t.Run(tt.format+" "+tt.name, func(t *testing.T) {
			c := checks[tt.format]
			broken := strings.Replace(c.good, tt.old, tt.now, 1)
			if broken == c.good {
				t.Fatal("the row breaks nothing")
			}
			ps := c.check([]byte(broken))
			found := false
			for _, p := range ps {
				found = found || strings.Contains(p.String(), tt.want)
			}
			if !found {
				t.Errorf("got %v, want a problem with %q", ps, tt.want)
			}
		})
	}
}

func TestTheSchemaUsesNoKeywordInVain(t *testing.T) {
	s := jsonSchema{}
	if ps := s.check("$", map[string]any{"maxItems": 1.0}, []any{}); len(ps) != 1 {
		t.Errorf("an unknown keyword went unnoticed: %v", ps)
	}
}
