package normalize

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"wirefold/internal/news"
	"wirefold/internal/testtools/meter"
)

// shared is where the larger lists lie when the project is checked out beside them.
const shared = "../../shared"

// active names the first thing in markup that a browser could run, load or be led astray by; "" if there is none. It
// reads the markup twice: as a whole page, and as the content of an element.
func active(markup string) string {
	page, err := html.Parse(strings.NewReader("<!DOCTYPE html><body><div>" + markup + "</div>"))
	if err != nil {
		return err.Error()
	}
	bad := ""
	var walk func(n *html.Node, in bool)
	walk = func(n *html.Node, in bool) {
		if in && bad == "" {
			bad = activeNode(n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in || n.DataAtom == atom.Body)
		}
	}
	walk(page, false)
	if bad != "" {
		return bad
	}
	ns, err := html.ParseFragment(strings.NewReader(markup), &html.Node{Type: html.ElementNode, Data: "td", DataAtom: atom.Td})
	if err != nil {
		return err.Error()
	}
	for _, n := range ns {
		walk(n, true)
	}
	return bad
}

func activeNode(n *html.Node) string {
	switch n.Type {
	case html.CommentNode, html.DoctypeNode:
		return "comment"
	case html.TextNode:
		if s := n.Data; s != strings.ToValidUTF8(s, "") || s != visible(s) {
			return fmt.Sprintf("text %q", s)
		}
	case html.ElementNode:
		if n.Namespace != "" {
			return "foreign " + n.Data
		}
		if _, ok := allowed[n.DataAtom]; !ok || n.DataAtom == 0 {
			return "<" + n.Data + ">"
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "id", a.Key == "name", a.Key == "class", a.Key == "srcset":
				return "attribute " + a.Key
			case a.Key == "href" || a.Key == "src" || a.Key == "cite":
				if !strings.HasPrefix(strings.ToLower(a.Val), "http://") && !strings.HasPrefix(strings.ToLower(a.Val), "https://") {
					return a.Key + "=" + a.Val
				}
			}
		}
	}
	return ""
}

// attacks are spellings of the known ways to smuggle markup past a cleaner: one of each kind.
var attacks = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<img src=x onerror=alert(1)>`, `<img/src=x/onerror=alert(1)//`,
	`<a href="javascript:alert(1)">x</a>`, "<a href=\"java\tscript:alert(1)\">x</a>", `<a href="&#106;avascript&colon;alert(1)">x</a>`,
	"<a href=\"\x01javascript:alert(1)\">x</a>", `<a href="//evil.example">x</a>`, `<a href=data:text/html,<script>alert(1)</script>>x</a>`,
	`<svg><script>alert(1)</script></svg>`, `<svg><style><img src=x onerror=alert(1)></style></svg>`, `<math><mi><mglyph><style><img src onerror=alert(1)>`,
	`<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<table><caption><svg><desc><td><style><a title="</style><img src onerror=alert(1)>">`,
	`<iframe srcdoc="<script>alert(1)</script>"></iframe>after`, `<object data=x><embed src=x></object>`, `<base href="http://evil.example/">`, `<meta http-equiv=refresh content="0;url=x">`,
	`<link rel=stylesheet href=x>`, `<style>@import "x"</style>`, `<p style="background:url(javascript:alert(1))">x</p>`, `<input autofocus onfocus=alert(1)>`,
	`<textarea><img src=x onerror=alert(1)></textarea>`, `<title><img src=x onerror=alert(1)></title>`, `<xmp><img src=x onerror=alert(1)></xmp>`, `<plaintext>x`,
	`<!--><img src=x onerror=alert(1)>-->`, `<!--[if IE]><script>alert(1)</script><![endif]-->`, `<![CDATA[<img src=x onerror=alert(1)>]]>`, `<?php <img src=x onerror=alert(1)> ?>`,
	`<template><script>alert(1)</script></template>`, `<select><option><img src=x onerror=alert(1)></select>`, `<video><source onerror=alert(1)></video>`, `<details open ontoggle=alert(1)>x</details>`,
	`<a id=x name=y href=https://ok.example/>x</a>`, `<img src="https://t.example/p.gif" width=1 height=1>`, `"><img src=x onerror=alert(1)>`, `&lt;script&gt;alert(1)&lt;/script&gt;`,
	`<a href="https://ok.example/&quot; onclick=&quot;alert(1)">x</a>`, `<img src="https://ok.example/x" alt="--><img src=x onerror=alert(1)>">`, "\x1b]8;;http://evil.example\x07x", "a\u202Egnp.exe",
	`<b><a href=https://a.example/><b><table><a href=https://b.example/><td><a href=https://c.example/>`, `<p><table><p><td><p></table>x`, "<pre>\n\nx</pre>", `<ruby><rt><rp>x`,
	strings.Repeat("<b>", 600) + "deep", strings.Repeat("<div>", 5000) + "deeper", strings.Repeat("<table><td>", 300) + "x", strings.Repeat("<a><i><nobr>", 200) + "x",
}

// lists gives every attack string: those above, and those of the shared lists where they are.
func lists(t testing.TB) []string {
	out := append([]string(nil), attacks...)
	for name, field := range map[string]string{"xss-lists": "s", "bluemonday-cases": "in", "blns": "s", "xss-bodies": "s", "bad-links": "s"} {
		f, err := os.Open(filepath.Join(shared, "attacks", name+".jsonl"))
		if err != nil {
			t.Logf("%s: not beside this checkout, own strings alone", name)
			continue
		}
		defer f.Close()
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 1<<24)
		for sc.Scan() {
			var row map[string]any
			if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
				t.Fatal(err)
			}
			if s, ok := row[field].(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

func TestNothingActiveSurvivesInAnyField(t *testing.T) {
	const limit = 50 * time.Millisecond
	slowest := time.Duration(0)
	for _, s := range lists(t) {
		start := meter.Self()
		body := Clean(news.Text{Value: s, Type: news.HTML, Base: "https://feed.example/dir/"})
		slowest = max(slowest, meter.Self()-start)
		if bad := active(body.HTML); bad != "" {
			t.Errorf("Clean(%.200q) leaves %s in %.300q", s, bad, body.HTML)
		}
		if again := Clean(news.Text{Value: body.HTML, Type: news.HTML}); again.HTML != body.HTML {
			t.Errorf("a second pass over Clean(%.200q) changes\n%.400q to\n%.400q", s, body.HTML, again.HTML)
		}
		a := Article(news.Feed{ID: "f"}, &news.Document{Title: news.Text{Value: s, Type: news.HTML}}, news.Item{
			GUID: s, Title: news.Text{Value: s, Type: news.HTML}, Link: s, Image: s, Summary: news.Text{Value: s}, Content: news.Text{Value: s, Type: news.HTML},
			Authors: []news.Author{{Name: s, Email: s, URI: s}}, Categories: []news.Category{{Term: s}}, Enclosures: []news.Enclosure{{URL: s, Type: s, Length: s}},
		})
		for _, line := range []string{a.Title, a.Headline, a.Outlet, a.Rights, a.Lang} {
			if line != oneLine(line) {
				t.Errorf("%.200q: %.200q is no clean line", s, line)
			}
		}
		for _, u := range append([]string{a.Link, a.URL, a.Image}, urlsOf(a)...) {
			if u != "" && !strings.HasPrefix(strings.ToLower(u), "http://") && !strings.HasPrefix(strings.ToLower(u), "https://") {
				t.Errorf("%.200q: %q is no address of the web", s, u)
			}
		}
		if bad := active(a.HTML); bad != "" {
			t.Errorf("Article of %.200q holds %s", s, bad)
		}
	}
	t.Logf("slowest Clean: %v", slowest)
	if slowest > 10*limit { // ten times: it is CPU time, and of the collector as well
		t.Errorf("slowest Clean took %v, want under %v", slowest, limit)
	}
}

func urlsOf(a news.Article) []string {
	var out []string
	for _, x := range a.Authors {
		out = append(out, x.URI)
	}
	for _, f := range a.Files {
		out = append(out, f.URL)
	}
	return out
}
