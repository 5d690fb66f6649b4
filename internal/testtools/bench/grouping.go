package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
	"wirefold/internal/store"
	"wirefold/internal/testtools/gen"
	"wirefold/internal/testtools/meter"
	"wirefold/normalize"
	"wirefold/publish"
)

// stream is a week's news: events with 1 to 20 tellings of 300 words that come within two days of each other.
type stream struct {
	vocab *gen.Vocab
	live  int // articles of a week
	n     int
	open  []telling
	event uint64
	told  int // events that have an article
}

type telling struct{ event, n, left uint64 }

func newStream(live int) *stream { return &stream{vocab: gen.NewVocab(200_000, 1.05), live: live} }

// week0 is when the streams begin.
var week0 = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// next is the next article. As many events are told at once as two days of the week bring.
func (s *stream) next() news.Article {
	for len(s.open) < max(s.live/35, 10) {
		s.open = append(s.open, telling{event: s.event, left: 1 + s.event*7919%20})
		s.event++
	}
	i := (s.n * 7919) % len(s.open)
	t := &s.open[i]
	if t.n == 0 {
		s.told++
	}
	title, text := s.vocab.Telling(t.event, t.n, 300)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d", t.event, t.n))
	a := news.Article{
		Key: news.ArticleKey(hex.EncodeToString(sum[:])), Feed: news.FeedID(fmt.Sprintf("feed%d", s.n%100)), Revision: 1,
		GUID: fmt.Sprintf("https://outlet%d.example/2026/03/%d", s.n%100, s.n), URL: fmt.Sprintf("https://outlet%d.example/2026/03/%d", s.n%100, s.n),
		Title: title, Headline: title, Text: text, HTML: "<p>" + strings.ReplaceAll(text, "\n\n", "</p><p>") + "</p>", Lang: "en",
		ItemHash: sum, TextHash: sum,
		Published: news.Date{Time: week0.Add(time.Duration(float64(s.n) / float64(s.live) * float64(7*24*time.Hour)))},
	}
	a.Seen = a.Published.Time
	s.n++
	if t.n, t.left = t.n+1, t.left-1; t.left == 0 {
		s.open[i] = s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
	}
	return a
}

// lap measures the CPU time of one part, with the garbage that it leaves.
func lap(f func()) time.Duration {
	runtime.GC()
	start := meter.Self()
	f()
	return meter.Self() - start
}

// pure prints what the pure functions cost an article when so many are live, on one core.
func pure(live int) {
	m, src := normalize.Load(), newStream(live)
	as := make([]news.Article, live)
	var marking time.Duration
	for i := 0; i < live; i += 1000 {
		part := as[i:min(i+1000, live)]
		for k := range part {
			part[k] = src.next()
		}
		start := meter.Self()
		for k := range part {
			part[k].Marks = m.Mark(&part[k])
		}
		marking += meter.Self() - start
		for k := range part {
			part[k].Title, part[k].Headline, part[k].Text, part[k].HTML = "", "", "", ""
		}
	}
	ms := make([]news.Marked, live)
	keys := 0
	for i := range as {
		ms[i] = news.Marked{Key: as[i].Key, Published: as[i].Published, Seen: as[i].Seen, Marks: as[i].Marks}
		keys += len(as[i].Marks.Keys)
	}
	var pairs [][2]int32
	var edges []news.Edge
	var parts [][]int
	finding := lap(func() { pairs = m.Candidates(ms) })
	linking := lap(func() { edges = m.Link(ms, pairs) })
	grouping := lap(func() { parts = m.Group(news.Neighbourhood{Members: ms, Edges: edges}) })
	each := func(d time.Duration) float64 { return d.Seconds() * 1e6 / float64(live) }
	all := finding + linking + grouping
	fmt.Printf("%9d live: mark %6.1f µs | candidates %6.1f  link %6.1f  group %6.1f µs an article = %6.0f articles/CPU-s (with marks %.0f) | %.1f keys, %.1f candidates, %.1f edges an article, %d stories of %d events\n",
		live, each(marking), each(finding), each(linking), each(grouping), float64(live)/all.Seconds(), float64(live)/(all+marking).Seconds(),
		float64(keys)/float64(live), 2*float64(len(pairs))/float64(live), 2*float64(len(edges))/float64(live), len(parts), src.told)
}

// measured is how many articles are placed on top of those that are live.
const measured = 6000

// stored prints what an article costs from its marks to its story in SQLite when so many are live.
func (b *bench) stored(live int) error {
	ctx := context.Background()
	path := filepath.Join(b.dir, fmt.Sprintf("grouping-%d.db", live))
	s, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	m, src := normalize.Load(), newStream(live)
	rules := store.Rules{
		Rule: m.Rule(), MarksVersion: m.MarksVersion(), Mark: m.Mark, Keys: m.Keys, Link: m.Linker, Cut: m.Cut, Group: m.Group, Reconcile: normalize.Reconcile,
		Mint: func(founder news.ArticleKey, n int) news.StoryID {
			return normalize.Mint("bench.example,2026", founder, n)
		},
		Advance: func(st news.Step) news.Story {
			return publish.Advance(st, normalize.Tell(st, normalize.Preferences{}), []publish.Admission{{Slug: "all", Matches: true}}, news.Publishing{})
		},
	}
	var saving, placing time.Duration
	var took store.Took
	var pairs int
	run := func(n int) error {
		saving, placing, took, pairs = 0, 0, store.Took{}, 0
		for done := 0; done < n; {
			for range store.DefaultBatch / 50 {
				as := make([]news.Article, 50)
				for i := range as {
					as[i] = src.next()
					as[i].Marks = m.Mark(&as[i])
				}
				at := as[len(as)-1].Seen
				start := meter.Self()
				if _, err := s.Save(ctx, news.Batch{State: news.FeedState{Feed: as[0].Feed}, Articles: as, At: at}); err != nil {
					return err
				}
				saving += meter.Self() - start
				done += len(as)
			}
			for more := true; more; {
				start := meter.Self()
				p, err := s.Place(ctx, week0.Add(time.Duration(float64(src.n)/float64(live)*float64(7*24*time.Hour))), rules)
				if err != nil {
					return err
				}
				placing += meter.Self() - start
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
		return nil
	}
	if err := run(live); err != nil {
		return err
	}
	runtime.GC()
	if err := run(measured); err != nil {
		return err
	}
	each := func(d time.Duration) float64 { return d.Seconds() * 1e6 / measured }
	if err := s.Close(); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	// The split is of wall time, scaled to the CPU time of the whole.
	wall := took.Read + took.Candidates + took.Link + took.Group + took.Advance + took.Write
	part := func(d time.Duration) float64 { return each(placing) * d.Seconds() / wall.Seconds() }
	fmt.Printf("%9d live in SQLite: save %.0f µs, place %.0f µs an article = %.0f articles/CPU-s placed, %.0f with saving | about: read %.0f, candidates %.0f, link %.0f, group %.0f, advance %.0f, write %.0f | %.1f pairs; %.0f bytes an article\n",
		live, each(saving), each(placing), 1e6/each(placing), 1e6/(each(placing)+each(saving)),
		part(took.Read), part(took.Candidates), part(took.Link), part(took.Group), part(took.Advance), part(took.Write),
		float64(pairs)/measured, float64(info.Size())/float64(src.n))
	return os.Remove(path)
}

// grouping measures one stage list at the given numbers of live articles: "pure:N" or "stored:N".
func (b *bench) grouping(what string) error {
	runtime.GOMAXPROCS(1)
	dir, err := os.MkdirTemp("", "wirefold-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	if b.profile != "" {
		f, err := os.Create(b.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for w := range strings.SplitSeq(what, ",") {
		kind, size, _ := strings.Cut(w, ":")
		live, err := strconv.Atoi(size)
		if err != nil {
			return fmt.Errorf("-grouping %s: %w", w, err)
		}
		switch kind {
		case "pure":
			pure(live)
		case "stored":
			if err := b.stored(live); err != nil {
				return err
			}
		default:
			return fmt.Errorf("-grouping %s: want pure:N or stored:N", w)
		}
		debug.FreeOSMemory()
	}
	return nil
}
