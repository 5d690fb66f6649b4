package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/store/storetest"
)

// stream makes articles of 300 words with realistic word frequencies, 1 to 20 tellings an event that come within
// two days, all within one window of seven days for n articles.
type stream struct {
	rnd    *rand.Rand
	zipf   *rand.Zipf
	n, i   int
	events []*event // that still have tellings to come
}

type event struct {
	id    uint64
	left  int
	terms []int // word numbers that tell it
}

const vocabulary = 200_000

func newStream(n int) *stream {
	rnd := rand.New(rand.NewPCG(1, 2))
	return &stream{rnd: rnd, zipf: rand.NewZipf(rnd, 1.1, 8, vocabulary-1), n: n}
}

func (s *stream) next() news.Article {
	if len(s.events) < max(s.n/20, 10) {
		e := &event{id: s.rnd.Uint64(), left: 1 + s.rnd.IntN(20)}
		for range 16 {
			e.terms = append(e.terms, 200+int(s.zipf.Uint64())*7%vocabulary)
		}
		s.events = append(s.events, e)
	}
	// The latest events are told most.
	at := max(0, len(s.events)-1-int(s.rnd.ExpFloat64()*float64(len(s.events))/8))
	e := s.events[at]
	e.left--
	if e.left == 0 {
		s.events = append(s.events[:at], s.events[at+1:]...)
	}
	s.i++
	words := make([]int, 0, 300)
	lead := map[int]bool{}
	for len(words) < 300 {
		w := int(s.zipf.Uint64())
		if len(words) < 60 && len(words)%4 == 0 {
			w = e.terms[s.rnd.IntN(len(e.terms))]
		}
		if len(words) < 60 {
			lead[w] = true
		}
		words = append(words, w)
	}
	seed := [16]byte{}
	binary.LittleEndian.PutUint64(seed[:], uint64(s.i))
	binary.LittleEndian.PutUint64(seed[8:], e.id)
	sum := sha256.Sum256(seed[:])
	text := make([]string, len(words))
	for i, w := range words {
		text[i] = strconv.FormatInt(int64(w)*2654435761%1_000_000_007, 36)
	}
	body := strings.Join(text, " ")
	a := news.Article{
		Key: news.ArticleKey(fmt.Sprintf("%x", sum)), Feed: news.FeedID(fmt.Sprintf("feed%d", s.i%100)),
		GUID: fmt.Sprintf("https://outlet%d.example/2026/03/%d", s.i%100, s.i), URL: fmt.Sprintf("https://outlet%d.example/2026/03/%d", s.i%100, s.i),
		Title: strings.Join(text[:10], " "), Headline: strings.Join(text[:10], " "), Text: body, HTML: "<p>" + body[:len(body)/2] + "</p><p>" + body[len(body)/2:] + "</p>",
		ItemHash: sum, TextHash: sum,
		Published: news.Date{Time: storetest.T0.Add(time.Duration(float64(s.i) / float64(s.n) * float64(6*24*time.Hour)))},
	}
	for w := range lead {
		// The share of articles that hold word w, roughly: 300 draws of a Zipf law.
		p := 300 * math.Pow(float64(w+9), -1.1) / 6
		idf := -math.Log(min(p, 1))
		weight := 0
		for _, step := range []float64{3.6, 4.8, 6.5, 8.5} {
			if idf >= step {
				weight++
			}
		}
		if weight > 0 {
			a.Marks.Keys = append(a.Marks.Keys, news.MakeKey(uint64(w+1)*0x9E3779B97F4A7C15, weight))
		}
	}
	a.Marks.Blob = make([]byte, 400)
	binary.LittleEndian.PutUint64(a.Marks.Blob, e.id)
	return a
}

func streamRules() store.Rules {
	r := storetest.Rules()
	r.Rule = news.KeyRule{MinShared: 5, MaxHolders: 1500}
	r.Link = storetest.AtOnce(func(as []news.Marked, pairs [][2]int32) []news.Edge {
		var out []news.Edge
		for _, p := range pairs {
			a, b := &as[p[0]], &as[p[1]]
			if string(a.Marks.Blob[:8]) == string(b.Marks.Blob[:8]) {
				out = append(out, news.Edge{A: p[0], B: p[1], Score: 1})
			}
		}
		return out
	})
	return r
}

// BenchmarkPlace reports what an article costs from Save to its story, with n articles live: feeds of 50, Place after
// each full batch. WIREFOLD_BENCH_LIVE=1000000 adds a million, which takes some minutes to fill.
func BenchmarkPlace(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if n, err := strconv.Atoi(os.Getenv("WIREFOLD_BENCH_LIVE")); err == nil {
		sizes = []int{n}
	}
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchPlace(b, n) })
	}
}

func benchPlace(b *testing.B, live int) {
	ctx := context.Background()
	dsn := filepath.Join(b.TempDir(), "bench.db")
	if os.Getenv("WIREFOLD_BENCH_POSTGRES") != "" {
		dsn = storetest.StartPostgres(b).NewDSN(b)
	}
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	src := newStream(live)
	rules := streamRules()
	rules.Batch = store.DefaultBatch
	if n, err := strconv.Atoi(os.Getenv("WIREFOLD_BENCH_BATCH")); err == nil {
		rules.Batch = n
	}
	var html int64
	var saving, placing time.Duration
	var took store.Took
	var pairs int
	run := func(n int) {
		saving, placing, took, pairs = 0, 0, store.Took{}, 0
		for done := 0; done < n; {
			for range min(rules.Batch/50, (n-done+49)/50) {
				var as []news.Article
				for range 50 {
					as = append(as, src.next())
					html += int64(len(as[len(as)-1].HTML))
				}
				at := as[len(as)-1].Published.Time
				start := time.Now()
				if _, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: as[0].Feed}, Articles: as, At: at}); err != nil {
					b.Fatal(err)
				}
				saving += time.Since(start)
				done += 50
			}
			for more := true; more; {
				start := time.Now()
				p, err := s.Place(ctx, storetest.T0.Add(6*24*time.Hour), rules)
				if err != nil {
					b.Fatal(err)
				}
				placing += time.Since(start)
				more = p.More
				pairs += p.Pairs
				took.Read += p.Took.Read
				took.Candidates += p.Took.Candidates
				took.Link += p.Took.Link
				took.Group += p.Took.Group
				took.Advance += p.Took.Advance
				took.Write += p.Took.Write
			}
		}
	}
	run(live)
	b.Logf("filled %d: save %v, place %v", live, saving, placing)
	const measured = 12_000
	for b.Loop() {
		run(measured)
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / measured }
	b.ReportMetric(measured/placing.Seconds(), "placed/s")
	b.ReportMetric(measured/saving.Seconds(), "saved/s")
	b.ReportMetric(each(took.Read), "read-µs")
	b.ReportMetric(each(took.Candidates), "candidates-µs")
	b.ReportMetric(each(took.Link), "link-µs")
	b.ReportMetric(each(took.Group), "group-µs")
	b.ReportMetric(each(took.Advance), "advance-µs")
	b.ReportMetric(each(took.Write), "write-µs")
	b.ReportMetric(float64(pairs)/measured, "pairs")
	if err := s.Close(); err != nil { // which checkpoints
		b.Fatal(err)
	}
	if info, err := os.Stat(dsn); err == nil {
		b.ReportMetric(float64(info.Size())/float64(html), "size/html")
	}
}
