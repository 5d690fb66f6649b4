package normalize

import (
	"testing"

	"wirefold/internal/news"
)

func TestATitleIsTextAndHarmless(t *testing.T) {
	tests := []struct{ in, want string }{
		{"AT&T, a < b > c && d", "AT&T, a < b > c && d"}, {"Q&amp;A", "Q&amp;amp;A"}, {"<script>x</script>", "&lt;script>x&lt;/script>"},
		{"the <blink> tag", "the &lt;blink> tag"}, {"<IMG SRC=x onerror=y>", "&lt;IMG SRC=x onerror=y>"}, {"a <wibble>", "a <wibble>"}, {"<wibble onclick=x>", "&lt;wibble onclick=x>"},
		{"<img src=x onerror=y ", "&lt;img src=x onerror=y"}, {"<!--x", "&lt;!--x"}, {"&lt;b&gt;", "&amp;lt;b&amp;gt;"}, {"<a<script>x", "&lt;a&lt;script>x"},
	}
	for _, tt := range tests {
		if got := TitleHTML(news.Text{Value: tt.in}); got != tt.want {
			t.Errorf("TitleHTML(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
