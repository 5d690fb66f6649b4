package normalize

import "wirefold/internal/news"

// Link scores pairs of articles by themselves and returns those at or above the link floor as edges, in the order of
// the pairs. Articles whose marks are of another version are linked to nothing.
func (m *Model) Link(as []news.Marked, pairs [][2]int32) []news.Edge { return m.Linker(as)(nil, pairs) }

// Linker is Link for articles that are compared with many others, some of those at a time. A pair is one of the articles, and
// one of the articles or, counted on behind them, of the others. The marks of the articles are read once; those of another for
// the pairs of one call that follow each other. What it answers with is safe for concurrent use.
func (m *Model) Linker(own []news.Marked) func(others []news.Marked, pairs [][2]int32) []news.Edge {
	ps := newPrepared(own)
	for i := range own {
		ps.get(int32(i))
	}
	return func(others []news.Marked, pairs [][2]int32) []news.Edge {
		l := linker{m: m, own: ps, others: others, other: -1}
		var es []news.Edge
		for _, p := range pairs {
			if score, ok := l.reaches(p); ok {
				es = append(es, news.Edge{A: p[0], B: p[1], Score: score})
			}
		}
		return es
	}
}

// linker is one call of what Linker answers with.
type linker struct {
	m      *Model
	own    *preparedCache
	others []news.Marked
	other  int32 // whose marks were read last
	marks  *prepared

	x     signals
	cross crossing
}

// reaches is the score of a pair, and whether it makes an edge.
func (l *linker) reaches(p [2]int32) (float64, bool) {
	a, b := l.own.ps[p[0]], l.marksOf(p[1])
	if a == nil || b == nil || l.own.as[p[0]].Key == l.keyOf(p[1]) {
		return 0, false
	}
	if l.marks == b {
		a, b = b, a // its table serves the pairs that follow
	}
	compareSharing(&l.x, a, b, l.cross.shared(a, b), l.cross.sameText(a, b))
	say, _ := a.vector.says(&b.vector)
	return l.m.edge(&l.x, say)
}

func (l *linker) keyOf(i int32) news.ArticleKey {
	if own := int32(len(l.own.as)); i >= own {
		return l.others[i-own].Key
	}
	return l.own.as[i].Key
}

func (l *linker) marksOf(i int32) *prepared {
	own := int32(len(l.own.as))
	if i < own {
		return l.own.ps[i]
	}
	if i != l.other {
		l.other, l.marks = i, readPrepared(&l.others[i-own])
	}
	return l.marks
}

// preparedCache decodes the marks of articles when they are first asked for.
type preparedCache struct {
	as   []news.Marked
	ps   []*prepared
	done []bool
}

func newPrepared(as []news.Marked) *preparedCache {
	return &preparedCache{as: as, ps: make([]*prepared, len(as)), done: make([]bool, len(as))}
}

func (c *preparedCache) get(i int32) *prepared {
	if !c.done[i] {
		c.done[i] = true
		c.ps[i] = readPrepared(&c.as[i])
	}
	return c.ps[i]
}

// readPrepared decodes the marks of an article; nil when they are of another version.
func readPrepared(a *news.Marked) *prepared {
	s, err := decodeSketch(a.Marks.Blob)
	if err != nil {
		return nil
	}
	return prepare(s)
}

// forget lets go of an article that is not asked for any more.
func (c *preparedCache) forget(i int32) { c.ps[i], c.done[i] = nil, false }
