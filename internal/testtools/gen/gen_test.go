package gen

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheSameFeedIsMadeEachTime(t *testing.T) {
	a, b := NewVocab(5000, 1.05), NewVocab(5000, 1.05)
	for f := range 3 {
		x, y := a.Feed(f, 30, 95, 0, 0, "http://a.example/f", 0.2), b.Feed(f, 30, 95, 0, 0, "http://a.example/f", 0.2)
		if !bytes.Equal(x, y) {
			t.Errorf("feed %d differs between two runs", f)
		}
	}
}

func TestAnAdditionBringsOneNewItem(t *testing.T) {
	v := NewVocab(5000, 1.05)
	before, after := string(v.Feed(0, 30, 20, 0, 0, "", 0)), string(v.Feed(0, 30, 20, 1, 0, "", 0))
	news := 0
	for _, guid := range strings.SplitAfter(after, "</guid>")[:30] {
		if !strings.Contains(before, guid[strings.Index(guid, "<guid"):]) {
			news++
		}
	}
	if news != 1 {
		t.Errorf("%d new items, want 1", news)
	}
}
