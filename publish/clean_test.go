package publish

import "testing"

func TestTitlesBecomeNoMarkup(t *testing.T) {
	for in, want := range map[string]string{
		"a < b > c": "a < b > c", "<b>bold</b>": "‹b›bold‹/b›", "x<script>y": "x‹script›y", "1<2": "1<2", "<!-- x -->": "‹!-- x --›", " two\n lines ": "two lines", "end<": "end<",
		"AT&amp;amp;T": "AT&T", "&lt;b&gt;": "‹b›", "?a=1&copy=2": "?a=1&copy=2", "&#0;x&#x41;": "xA", "&bogus;": "&bogus;",
	} {
		if got := title(in); got != want {
			t.Errorf("title(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAddressesAreWrittenAsURIs(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?y=1&z=2#f": "https://a.example/x?y=1&z=2#f", "https://a.example/a|b[c]{d}^\"": "https://a.example/a%7Cb%5Bc%5D%7Bd%7D%5E%22",
		"http://[::1]:80/": "http://[::1]:80/", "https://a.example/é": "https://a.example/%C3%A9", "https://a.example/%41 b": "https://a.example/%41%20b",
		"javascript:alert(1)": "", "/relative": "", "": "", "ftp://a.example/": "", "https:///x": "", "https://a.example/\x00": "",
	} {
		if got := web(in); got != want {
			t.Errorf("web(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExcerptsEndBetweenWords(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{{"one two three", 100, "one two three"}, {"one two three", 9, "one two…"}, {"żółw żółw", 6, "żółw…"}, {"onelongword", 5, "onelo…"}, {"", 5, ""}, {"one, two", 5, "one…"}} {
		if got := excerpt(tt.in, tt.n); got != tt.want {
			t.Errorf("excerpt(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

func TestAStoryPageDoesNotSayItsBeginningTwice(t *testing.T) {
	for _, tt := range []struct {
		body, summary string
		want          bool
	}{
		{"<p>The ferry ran aground.</p><p>Nobody was hurt.</p>", "The ferry ran aground.", true},
		{"<p>The <b>ferry</b> ran\naground &amp; stayed.</p>", "The ferry ran aground & …", true},
		{"<p>The ferry ran aground.</p>", "A ferry is stranded.", false},
		{"<p>x</p>", "", false}, {"", "A ferry.", false}, {"<p", "p", false},
	} {
		if got := opens(tt.body, tt.summary); got != tt.want {
			t.Errorf("opens(%q, %q) = %v", tt.body, tt.summary, got)
		}
	}
}
