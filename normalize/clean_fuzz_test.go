package normalize

import (
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
	})
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
