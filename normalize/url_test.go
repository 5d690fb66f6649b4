package normalize

import (
	"encoding/base64"
	"testing"
)

func TestCanonicalURLs(t *testing.T) {
	old := base64.RawURLEncoding.EncodeToString([]byte("\x08\x13\x22\x24https://harbour.example/news/ferry-back\xd2\x01\x00"))
	tests := []struct{ name, in, want string }{
		{"as it stands", "https://harbour.example/news/1", "https://harbour.example/news/1"},
		{"host and scheme fold, the path does not", "HTTPS://Harbour.EXAMPLE:443/News/%7ea", "https://harbour.example/News/~a"},
		{"an empty path is the root", "http://harbour.example", "http://harbour.example/"},
		{"dots", "https://harbour.example/a/./b/../c", "https://harbour.example/a/c"},
		{"tracking", "https://harbour.example/n?utm_source=rss&id=7&fbclid=x&b=2", "https://harbour.example/n?id=7&b=2"},
		{"nothing but tracking", "https://harbour.example/n?utm_medium=feed#top", "https://harbour.example/n"},
		{"a page behind the fragment", "https://harbour.example/#!/n/7", "https://harbour.example/#!/n/7"},
		{"internationalised", "https://hafen-köln.example/ä", "https://xn--hafen-kln-67a.example/%C3%A4"},
		{"AMP behind a slug", "https://harbour.example/ferry-runs-again/amp/", "https://harbour.example/ferry-runs-again/"},
		{"AMP by parameter", "https://harbour.example/n?amp=1", "https://harbour.example/n"},
		{"AMP's cache", "https://harbour-example.cdn.ampproject.org/c/s/harbour.example/n?x=1", "https://harbour.example/n?x=1"},
		{"a wrapper", "https://www.google.com/url?sa=t&url=https%3A%2F%2Fharbour.example%2Fn%3Futm_source%3Dg", "https://harbour.example/n"},
		{"a wrapped wrapper", "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fharbour.example%252Fn", "https://harbour.example/n"},
		{"an old id of Google News", "https://news.google.com/rss/articles/" + old + "?oc=5", "https://harbour.example/news/ferry-back"},
		{"a new id of Google News stays", "https://news.google.com/rss/articles/CBMiAAA", "https://news.google.com/rss/articles/CBMiAAA"},
		{"a number is an address", "http://2130706433/x", "http://127.0.0.1/x"},
		{"a password is nobody's page", "https://u:p@harbour.example/n", "https://harbour.example/n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := CanonicalURL(tt.in); !ok || got != tt.want {
				t.Errorf("CanonicalURL(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
			}
		})
	}
	for _, s := range []string{"", "/n", "mailto:a@b.example", "javascript:alert(1)", "ftp://harbour.example/", "https://", "https:///", "data:text/html,x"} {
		if got, ok := CanonicalURL(s); ok {
			t.Errorf("CanonicalURL(%q) = %q, want none", s, got)
		}
	}
}

func TestDifferentPagesKeepDifferentAddresses(t *testing.T) {
	pairs := [][2]string{
		{"https://a.example/n", "http://a.example/n"}, {"https://a.example/n", "https://www.a.example/n"}, {"https://a.example/n", "https://a.example/n/"},
		{"https://a.example/n", "https://a.example/N"}, {"https://a.example/n?a=1&b=2", "https://a.example/n?b=2&a=1"}, {"https://a.example/n?id=1", "https://a.example/n?id=2"},
		{"https://a.example/n?ref=7", "https://a.example/n"}, {"https://a.example/n?source=x", "https://a.example/n"}, {"https://a.example/a%2Fb", "https://a.example/a/b"},
		{"https://a.example/guitar/amp", "https://a.example/guitar"}, {"https://a.example:8080/n", "https://a.example/n"}, {"https://a.example//n", "https://a.example/n"},
		{"https://a.example/#/n/1", "https://a.example/#/n/2"}, {"https://a.example/n?q=a+b", "https://a.example/n?q=a%2Bb"},
	}
	for _, p := range pairs {
		a, _ := CanonicalURL(p[0])
		b, _ := CanonicalURL(p[1])
		if a == b {
			t.Errorf("%s and %s are both %s", p[0], p[1], a)
		}
	}
}
