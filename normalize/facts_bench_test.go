package normalize

import (
	"strings"
	"testing"

	"wirefold/internal/news"
)

// BenchmarkExtractFacts reads an English report of 300 words; every article of every feed goes through this.
func BenchmarkExtractFacts(b *testing.B) {
	a := news.Article{Title: "Harbour ministers agree on joint patrols", Text: strings.TrimSpace(strings.Repeat(benchPassage, 4)), Lang: "en"}
	b.ReportMetric(float64(wordCount(a.Text)), "words")
	for b.Loop() {
		c := a
		ExtractFacts(&c)
	}
}

const benchPassage = `TALLINN: Estonia's Deputy Transport Minister Marek Tamm met the Latvian harbour commissioner, Ilze Berzina, at the Port Authority House in
Tallinn on Tuesday and agreed that 14 patrol boats would watch the strait from next month. The two sides also signed a memorandum on rescue work worth
$12 million, officials said. “We have waited for this for three years,” Tamm told reporters, and added that traffic had grown by 17 percent since spring.
Captain Juhan Kask and the head of the coast guard attended the talks, which lasted four hours.

`
