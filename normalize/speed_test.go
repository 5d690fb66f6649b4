package normalize

import (
	"fmt"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/testtools/gen"
)

// stream is a week's news: events with 1 to 20 tellings of 300 words, in the order of their times.
func stream(n int) []news.Article {
	v := gen.NewVocab(200000, 1.05)
	as := make([]news.Article, 0, n)
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for e := uint64(0); len(as) < n; e++ {
		tellings := 1 + e*e%20
		for k := uint64(0); k < tellings && len(as) < n; k++ {
			title, text := v.Telling(e, k, 300)
			at := start.Add(time.Duration(len(as)) * 7 * 24 * time.Hour / time.Duration(n))
			as = append(as, news.Article{Key: news.ArticleKey(fmt.Sprintf("%08d", len(as))), Title: title, Text: text, Lang: "en", Published: news.Date{Time: at}})
		}
	}
	return as
}

func perArticle(b *testing.B, articles int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(articles*b.N), "µs/article")
	b.ReportMetric(float64(articles*b.N)/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkMark is the cost of one article's signals and keys.
func BenchmarkMark(b *testing.B) {
	m, as := Load(), stream(500)
	for b.Loop() {
		for i := range as {
			m.Mark(&as[i])
		}
	}
	perArticle(b, len(as))
}

// BenchmarkStages is the cost of candidates, links and grouping with so many live articles.
func BenchmarkStages(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		m, as := Load(), stream(n)
		ms := m.marked(as)
		var pairs [][2]int32
		var edges []news.Edge
		b.Run(fmt.Sprintf("candidates/%d", n), func(b *testing.B) {
			for b.Loop() {
				pairs = m.Candidates(ms)
			}
			perArticle(b, n)
			b.ReportMetric(float64(len(pairs))/float64(n), "pairs/article")
		})
		b.Run(fmt.Sprintf("link/%d", n), func(b *testing.B) {
			for b.Loop() {
				edges = m.Link(ms, pairs)
			}
			perArticle(b, n)
		})
		b.Run(fmt.Sprintf("group/%d", n), func(b *testing.B) {
			for b.Loop() {
				m.Group(news.Neighbourhood{Members: ms, Edges: edges})
			}
			perArticle(b, n)
		})
	}
}
