package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"wirefold/internal/news"
)

func TestCorrectionsAreReadWithTheirLines(t *testing.T) {
	path := write(t, t.TempDir(), "corrections.yaml", `# what people said
- merge: [12345678, seeds/000.txt, "https://a.example/x?y=1#z"]
  note: same meeting
- split: [1e345678, abcdef01]
- pin: abcdef01
  lead: true
  headline: "Floods: day two"
- drop: abcdef01
  purge: true
`)
	got, err := LoadCorrections(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []news.Correction{
		{Op: "merge", Articles: []string{"12345678", "seeds/000.txt", "https://a.example/x?y=1#z"}, Note: "same meeting", Origin: "file", Line: 2},
		{Op: "split", Articles: []string{"1e345678", "abcdef01"}, Origin: "file", Line: 4},
		{Op: "pin", Articles: []string{"abcdef01"}, Lead: true, Headline: "Floods: day two", Origin: "file", Line: 5},
		{Op: "drop", Articles: []string{"abcdef01"}, Purge: true, Origin: "file", Line: 8},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestNoFileIsNoCorrections(t *testing.T) {
	got, err := LoadCorrections(filepath.Join(t.TempDir(), "corrections.yaml"))
	if got != nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEveryMistakeInACorrectionIsTold(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"not a list", "merge: [a, b]\n", "corrections.yaml:1:1: corrections must be a list, not a mapping"},
		{"one article to merge", "- merge: [a]\n", "1:10: merge needs at least 2 articles"},
		{"text to merge", "- merge: a\n", "1:10: merge must be a list, not text"},
		{"twice the same", "- split: [a, a]\n", `1:14: split: "a" stands there twice`},
		{"two operations", "- merge: [a, b]\n  drop: a\n", "one correction is one of merge, split, pin and drop, not merge and drop"},
		{"no operation", "- note: x\n", "1:3: a correction needs one of merge, split, pin and drop"},
		{"idle pin", "- pin: a\n", "1:3: pin needs lead: true, a headline, or both"},
		{"lead without pin", "- drop: a\n  lead: true\n", "lead and headline belong to pin, not to drop"},
		{"purge without drop", "- pin: a\n  lead: true\n  purge: true\n", "purge belongs to drop, not to pin"},
		{"unknown key", "- mrege: [a, b]\n", `1:3: unknown key "mrege" in a correction; did you mean "merge"?`},
		{"an empty article", "- drop: ''\n", "1:9: drop: an article is a key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseCorrections("corrections.yaml", tt.text)
			var ce *Error
			if !errors.As(err, &ce) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %q in it", err, tt.want)
			}
		})
	}
}

func TestRenderedCorrectionsAreReadBackTheSame(t *testing.T) {
	if got := string(RenderCorrections(nil)); got != "[]\n" {
		t.Errorf("no corrections: %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.OneOf(rapid.StringMatching(`[0-9a-f]{8,64}`), rapid.StringMatching(`https://[a-z]{1,9}\.example/[!-~]{0,20}`), rapid.StringMatching(`seeds/[ -~é]{1,12}x`))
		refs := rapid.SliceOfNDistinct(ref, 2, 5, rapid.ID[string])
		words := rapid.StringMatching(`(\w[ -~ü"'\\:#]{0,30}\w)?`)
		var cs []news.Correction
		for range rapid.IntRange(0, 6).Draw(t, "n") {
			c := news.Correction{Op: rapid.SampledFrom([]string{"merge", "split", "pin", "drop"}).Draw(t, "op"), Note: words.Draw(t, "note")}
			c.Articles = refs.Draw(t, "articles")
			switch c.Op {
			case news.OpPin:
				c.Articles, c.Lead, c.Headline = c.Articles[:1], true, words.Draw(t, "headline")
			case news.OpDrop:
				c.Articles, c.Purge = c.Articles[:1], rapid.Bool().Draw(t, "purge")
			}
			cs = append(cs, c)
		}
		text := string(RenderCorrections(cs))
		got, err := parseCorrections("x", text)
		if err != nil {
			t.Fatalf("%v\nin\n%s", err, text)
		}
		if d := cmp.Diff(cs, got, cmpopts.IgnoreFields(news.Correction{}, "Origin", "Line"), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("(-want +got):\n%s\nin\n%s", d, text)
		}
	})
}
