package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
	"wirefold/internal/testtools/evilfeed"
)

func TestReadOPML(t *testing.T) {
	const text = `<?xml version="1.0" encoding="windows-1252"?>
<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<opml version="2.0"><head><title>My list</title></head><body>
 <outline text="Folder"><outline type="rss" text="Caf` + "\xe9" + `" xmlUrl=" http://a.example/rss "/>
  <outline text="Deeper"><outline title="By title" XMLURL="https://b.example/atom?x=1&amp;y=2"/></outline></outline>
 <outline text="again" xmlUrl="http://a.example/rss"/>
 <outline text="feed scheme" xmlUrl="feed://c.example/rss"/>
 <outline text="a page" htmlUrl="http://d.example/"/>
 <outline type="include" text="more" url="http://127.0.0.1/list.opml"/>
 <outline text="run" xmlUrl="exec:touch pwned"/><outline text="filter" xmlUrl="filter:cat:http://e.example/"/>
 <outline text="js" xmlUrl="javascript:alert(1)"/><outline text="file" xmlUrl="file:///etc/hostname"/>
 <outline text="a` + "\x1b" + `[31m &x;" xmlUrl="http://f.example/"/>
</body></opml>`
	got, err := ReadOPML([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []news.Feed{
		{URL: "http://a.example/rss", Outlet: "Café", Enabled: true}, {URL: "https://b.example/atom?x=1&y=2", Outlet: "By title", Enabled: true},
		{URL: "http://c.example/rss", Outlet: "feed scheme", Enabled: true}, {URL: "http://f.example/", Outlet: "a[31m &x;", Enabled: true},
	}
	if diff := cmp.Diff(want, got.Feeds); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}
	if got.Title != "My list" || len(got.Problems) != 4 {
		t.Errorf("title %q, problems %v", got.Title, got.Problems)
	}
	again, err := ReadOPML(WriteOPML("A & B", got.Feeds))
	if diff := cmp.Diff(want, again.Feeds); err != nil || diff != "" || again.Title != "A & B" {
		t.Errorf("written and read again: %v, title %q (-want +got):\n%s", err, again.Title, diff)
	}
	for _, bad := range []string{"", "no markup", "<rss/>", "<html><body><opml/></body></html>", "<opml><body><outline", strings.Repeat("x", MaxBody+1)} {
		if list, err := ReadOPML([]byte(bad)); err == nil {
			t.Errorf("%.20q gives %+v", bad, list)
		}
	}
}

func TestAHostileListIsBounded(t *testing.T) {
	sv := startEvil(t, evilfeed.Options{})
	c := newTestClient(t, newClock(), func(o *Options) { o.Guard.Allow = []string{sv.Addr} })
	list, err := c.FetchList(t.Context(), sv.URL("/opml/evil"))
	if err != nil || len(list.Feeds) > maxOutlines || len(list.Problems) == 0 || len(list.Problems) > maxListProblems+2 {
		t.Errorf("%d feeds, %d problems, %v", len(list.Feeds), len(list.Problems), err)
	}
	if len(sv.Canary())+len(sv.Hits("")) != 1 {
		t.Errorf("reading a list made %d requests", len(sv.Canary())+len(sv.Hits("")))
	}
	if _, err := c.FetchList(t.Context(), "http://"+sv.CanaryAddr+"/"); !errors.Is(err, ErrRefused) {
		t.Errorf("a list at a private address: %v", err)
	}
}

func TestCompareLists(t *testing.T) {
	feeds := func(urls ...string) (out []news.Feed) {
		for _, u := range urls {
			out = append(out, news.Feed{URL: u})
		}
		return out
	}
	added, gone := CompareLists(feeds("a", "b", ""), feeds("b", "c"))
	if diff := cmp.Diff([][]news.Feed{feeds("c"), feeds("a")}, [][]news.Feed{added, gone}); diff != "" {
		t.Error(diff)
	}
}

func TestFindLooksForTheFeedsOfASite(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed.xml", "/direct":
			_, _ = w.Write([]byte(rssOf("one", "two")))
		case "/old":
			http.Redirect(w, r, "/feed.xml", http.StatusMovedPermanently)
		case "/offers":
			fmt.Fprintf(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel=alternate type="application/rss+xml" href="/dead">`+
				`<link rel=alternate type="application/atom+xml" href="http://127.0.0.1:1/private"><link rel=alternate type="application/rss+xml" href="file:///etc/hostname"></head></html>`)
		case "/silent":
			_, _ = w.Write([]byte(`<!doctype html><title>no feed named</title>`))
		default:
			http.NotFound(w, r)
		}
	})
	c := newTestClient(t, newClock(), nil, s)
	feed := []Found{{URL: s.URL + "/feed.xml", Title: "A feed", Items: 2}}
	for path, want := range map[string][]Found{"/direct": {{URL: s.URL + "/direct", Title: "A feed", Items: 2}}, "/old": feed, "/offers": feed, "/silent": feed, "/nothing": nil} {
		got, err := c.Find(t.Context(), s.URL+path)
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (want != nil) {
			t.Errorf("Find(%s): %v (-want +got):\n%s", path, err, diff)
		}
	}
	for typed, want := range map[string]string{"example.org/x": "https://example.org/x", "feed://example.org/x": "https://example.org/x", "feed:http://example.org/": "http://example.org/", " http://example.org ": "http://example.org"} {
		if got, err := typedAddress(typed); err != nil || got.String() != want {
			t.Errorf("typedAddress(%q) = %v, %v, want %s", typed, got, err, want)
		}
	}
}

func TestDiscoveryTouchesNoPrivateAddress(t *testing.T) {
	sv := startEvil(t, evilfeed.Options{})
	c := newTestClient(t, newClock(), func(o *Options) { o.Guard.Allow = []string{sv.Addr} })
	if got, err := c.Find(t.Context(), sv.URL("/body/html-alternate")); err == nil || len(sv.Canary()) > 0 {
		t.Errorf("found %v, %v; the canary was asked %d times", got, err, len(sv.Canary()))
	}
}

// articleHTML is the page of an article, with consent text and navigation around it.
func articleHTML(paragraph string) string {
	return `<!doctype html><html lang="en"><head><title>The title | Outlet</title><meta property="og:site_name" content="The Outlet">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"The title","datePublished":"2026-03-01T08:30:00+02:00","author":{"@type":"Person","name":"A. Writer"},"publisher":{"@type":"Organization","name":"The Outlet"}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>The title</h1>` + strings.Repeat("<p>"+paragraph+"</p>", 12) + `</article><footer>imprint</footer><script>evil()</script></body></html>`
}

func TestFullTextComesFromTheArticlesPage(t *testing.T) {
	const paragraph = "The ministers met on Sunday and spoke, among other things, about the border, the treaty and the next round of talks."
	tests := []struct {
		name   string
		robots string // "" = 404, "500" = an error
		page   string
		asked  bool
		taken  bool
	}{
		{"a site without robots.txt", "", articleHTML(paragraph), true, true},
		{"a site that allows it", "User-agent: *\nDisallow: /private\n", articleHTML(paragraph), true, true},
		{"a site that forbids it to all", "User-agent: *\nDisallow: /news\n", articleHTML(paragraph), false, false},
		{"a site that forbids it to us", "User-agent: wirefold\nDisallow: /\n\nUser-agent: *\nAllow: /\n", articleHTML(paragraph), false, false},
		{"a site whose rules cannot be read", "500", articleHTML(paragraph), false, false},
		{"a page without an article", "", "<html><body><h1>Do you accept cookies?</h1></body></html>", true, false},
		{"nested beyond sense", "", strings.Repeat("<div>", 100_000), true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path != "/robots.txt":
					w.Header().Set("Content-Type", "text/html; charset=utf-8")
					_, _ = w.Write([]byte(tt.page))
				case tt.robots == "500":
					w.WriteHeader(http.StatusInternalServerError)
				case tt.robots == "":
					http.NotFound(w, r)
				default:
					_, _ = w.Write([]byte(tt.robots))
				}
			})
			c := newTestClient(t, newClock(), nil, s)
			it := news.Item{Link: s.URL + "/news/1?from=rss", Content: news.Text{Value: "An excerpt."}}
			c.FullText(t.Context(), feedAt(s.URL+"/feed"), &it)
			asked := 0
			for _, r := range s.requests() {
				if r.URL.Path == "/news/1" {
					asked++
				}
			}
			if taken := strings.Contains(it.Content.Value, "among other things"); asked > 0 != tt.asked || taken != tt.taken || len(it.Flags) > 0 == tt.taken {
				t.Errorf("asked %d times, taken %v, flags %v", asked, taken, it.Flags)
			}
			if tt.taken && (it.Published.String() != "2026-03-01T06:30:00Z" || it.Authors[0].Name != "A. Writer" || it.Content.Type != news.HTML || it.Content.Base != it.Link || strings.Contains(it.Content.Value, "evil")) {
				t.Errorf("item %+v", it)
			}
			again := news.Item{Link: it.Link}
			c.FullText(t.Context(), feedAt(s.URL+"/feed"), &again)
			if n := len(s.requests()); n > 2 {
				t.Errorf("the second time cost requests: %d in all", n)
			}
		})
	}
}

func TestFullTextObeysTheGuardAndItsBounds(t *testing.T) {
	canary := newSite(t, func(http.ResponseWriter, *http.Request) {})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/away") {
			http.Redirect(w, r, canary.URL, http.StatusFound)
			return
		}
		http.NotFound(w, r)
	})
	c := newTestClient(t, newClock(), nil, s)
	for _, link := range []string{"", "javascript:alert(1)", canary.URL + "/x", "http://169.254.169.254/", s.URL + "/away", "file:///etc/hostname"} {
		it := news.Item{Link: link}
		c.FullText(t.Context(), feedAt(s.URL), &it)
		if len(it.Flags) != 1 || it.Content.Value != "" {
			t.Errorf("%q: flags %v", link, it.Flags)
		}
	}
	if n := len(canary.requests()); n > 0 {
		t.Errorf("the canary was asked %d times", n)
	}
}

func TestPagesOfOneHostAreAskedWithAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClient(Options{Guard: &Guard{}, Now: time.Now})
		defer c.Close()
		began := time.Now()
		for range 3 {
			if err := c.pause(t.Context(), "http://a.example:80", 4*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(began); got != 8*time.Second {
			t.Errorf("three pages took %v, want two pauses of 4 s", got)
		}
	})
}
