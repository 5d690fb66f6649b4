package normalize

import (
	"math/rand/v2"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// FuzzClean looks for markup that stays active, or that a second pass would change.
func FuzzClean(f *testing.F) {
	for _, s := range attacks {
		if len(s) < 2000 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(news.Text{Value: s, Type: news.HTML, Base: "https://feed.example/"})
		if bad := active(got.HTML); bad != "" {
			t.Errorf("Clean(%q) leaves %s in %q", s, bad, got.HTML)
		}
		if again := Clean(news.Text{Value: got.HTML, Type: news.HTML}); again.HTML != got.HTML {
			t.Errorf("Clean(%q) = %q, and again %q", s, got.HTML, again.HTML)
		}
		if got.Text != visible(got.Text) {
			t.Errorf("Clean(%q).Text = %q holds what no text may", s, got.Text)
		}
		sameBothWays(t, s)
	})
}

// sameBothWays compares what the short way makes of HTML with what parsing makes of it, and says whether it took it.
func sameBothWays(t *testing.T, s string) bool {
	t.Helper()
	w := writer{base: parseBase("https://feed.example/a/b")}
	if !cleanStraight(s, &w) {
		return false
	}
	got := Cleaned{HTML: strings.TrimSpace(w.html.String()), Text: w.plain()}
	if want := cleanParsed(s, w.base); got != want {
		t.Errorf("the short way makes of %q\n%q\nparsing\n%q", s, got, want)
	}
	return true
}

// pieces are what the random documents of the next test are made of, with one of odd now and then.
var pieces = []string{
	"<p>", "<p>", "<div>", "<ul>", "<ol start=\"3\">", "<li>", "<b>", "<i>", "<em>",
	"<strong>", "<a href=\"/x?a=1&amp;b=2\" rel=\"nofollow\">", "<a href='https://b.example/y'>", "<a>", "<h2>", "<h3 class=\"x\">",
	"<br>", "<br/>", "<br />", "<hr>", "<img src=\"https://c.example/p.jpg\" alt=\"a &quot;b&quot; &#60;\">", "<img src=\"//t.example/p.gif\" width=\"1\" height=\"1\">", "<img alt=\"\">",
	"<blockquote cite=\"https://d.example/\">", "<figure>", "<figcaption>", "<code>", "<span lang=\"de\" dir=\"rtl\">",
	"<center>", "<sub>", "<time datetime=\"2026-11-20\">", "words ", " and more", "\n", "&amp;", "&lt;b&gt;", "&nbsp;", "&#8217;",
}

var odd = []string{
	"</p>", "</div>", "</ul>", "</li>", "</b>", "</a>", "</h2>", "<pre>", "</pre>", "<table>", "<td>", "<section>", "</section>", "<P>", "<font color=\"red\">",
	"<!-- c -->", "<script>", "</script>", "words ", " and more", "\n", "\r\n", "&amp;", "&lt;b&gt;", "&nbsp;", "&#8217;", "&hellip", "&bogus;", "a < b", "\u00a0", "\u202e", "\x00", "\xff", "é", "<q cite=\"javascript:x\">", "</q>",
	"<li value=\"x\" value=\"4\">", "<wbr>", "<p", ">", "\"", "<a href=\"https://e.example/\tz\">", "<p/>", "</br>", "<del title=\"a&lt;b\">", "</del>", "<img src=x>", "<h2><h3>", "<a href=\"https://f.example/%zz\">",
}

func TestTheShortWayCleansAsParsingDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	took, open := 0, []string{}
	for range 40_000 {
		var b strings.Builder
		open = open[:0]
		for range 1 + r.IntN(14) {
			switch n := r.IntN(10); {
			case n < 3 && len(open) > 0: // end what is open, so that many of them nest
				b.WriteString("</" + open[len(open)-1] + ">")
				open = open[:len(open)-1]
			default:
				p := pieces[r.IntN(len(pieces))]
				if r.IntN(15) == 0 {
					p = odd[r.IntN(len(odd))]
				}
				b.WriteString(p)
				if name := strings.TrimPrefix(p, "<"); name != p && name[0] >= 'a' && name[0] <= 'z' {
					name, _, _ = strings.Cut(strings.TrimRight(name, "/>"), " ")
					if name != "br" && name != "hr" && name != "img" && name != "wbr" {
						open = append(open, name)
					}
				}
			}
		}
		for i := len(open) - 1; i >= 0 && r.IntN(8) > 0; i-- {
			b.WriteString("</" + open[i] + ">")
		}
		if sameBothWays(t, b.String()) {
			took++
		}
		if t.Failed() {
			return
		}
	}
	if took < 8_000 {
		t.Errorf("only %d of 40000 documents went the short way: the comparison says little", took)
	}
}

// FuzzCanonicalURL looks for an address whose canonical form is not its own canonical form, or for one that the short
// cut and the long way see differently.
func FuzzCanonicalURL(f *testing.F) {
	for _, s := range []string{"https://a.example/b", "http://A.example:80/%7Eb/../c?utm_source=x&y=1#z", "https://www.google.com/url?q=https://b.example/c", "http://0x7f.1/", "https://a.example/x-y-z/amp/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := CanonicalURL(s)
		if !ok {
			return
		}
		if again, ok := CanonicalURL(got); !ok || again != got {
			t.Errorf("CanonicalURL(%q) = %q, and of that %q, %v", s, got, again, ok)
		}
		if isCanonical(s) {
			if long, ok := canonicalSlow(s); !ok || long != s {
				t.Errorf("%q is taken as it stands, but the long way makes it %q", s, long)
			}
		}
	})
}
