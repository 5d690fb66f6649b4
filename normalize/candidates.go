package normalize

import (
	"cmp"
	"slices"
	"time"

	"wirefold/internal/news"
)

// Candidates lists all pairs of articles that the rule makes candidates, a < b, in order.
func (m *Model) Candidates(as []news.Marked) [][2]int32 {
	var pairs [][2]int32
	m.eachCandidate(as, func(a, b int32) { pairs = append(pairs, [2]int32{a, b}) })
	slices.SortFunc(pairs, comparePairs)
	return pairs
}

// eachCandidate calls f with every pair of candidates, a < b. It is the rule that the store follows with SQL
// (news.KeyRule): a relation of two articles, of how many there are around them, and of how common their keys are there.
// The articles are taken in the order of their dates, so that each is only held against those of its window.
func (m *Model) eachCandidate(as []news.Marked, f func(a, b int32)) {
	ix := newHolders(as, m.Rule())
	shared := make([]uint16, len(as))
	var touched []int32
	var mine []sharable
	for i := range ix.order {
		touched, mine = touched[:0], ix.sharable(int32(i), mine[:0])
		bound := int(ix.bound[i]) - ix.rule.Undated
		rest := 0
		for _, k := range mine {
			rest += int(k.says)
		}
		// The keys that say most come first. What those still to come say together bounds what an article that was not
		// met so far can reach: the long lists of light keys only add to those that were.
		for _, k := range mine {
			enough := rest >= bound
			rest -= int(k.says)
			for _, ps := range k.with {
				for _, p := range ps {
					if shared[p.at] == 0 {
						if !enough || p.says == 0 {
							continue
						}
						touched = append(touched, p.at)
					}
					shared[p.at] += uint16(min(p.says, k.says))
				}
			}
		}
		a := ix.order[i]
		for _, j := range touched {
			if int(shared[j]) >= int(max(ix.bound[i], ix.bound[j]))+ix.rule.Apart(int(ix.day[i]), int(ix.day[j])) {
				if b := ix.order[j]; as[a].InWindow(as[b]) {
					f(min(a, b), max(a, b))
				}
			}
			shared[j] = 0
		}
	}
}

// sharable is a key that an article can share: what that says, and the earlier holders within its window.
type sharable struct {
	says uint8
	with [2][]posting
}

// posting is one article that holds a key, and what it says for it to share it.
type posting struct {
	at   int32
	says uint8
}

// holders lists who holds each key, in the order of their dates. The undated come first: they are in every window.
type holders struct {
	rule   news.KeyRule
	order  []int32   // articles by date
	day    []int32   // of each in that order
	step   []uint8   // the power of two of the number of articles around each
	bound  []uint16  // what it must share with another
	keys   []int32   // the keys of all articles, as numbers
	from   []int32   // where the keys of each article begin
	weight []uint8   // of each key
	lists  []posting // the holders of each key
	start  []int32   // where they begin
	dated  []int32   // where the dated ones begin
	open   []int32   // where the window of the article at hand begins
	here   []int32   // where the article at hand stands
}

// undated is the day of articles without a date, before all others.
const undated = 0

func dayOf(a *news.Marked) int32 {
	if !a.Published.Known() {
		return undated
	}
	return int32(min(max(a.Published.Time.Unix()/86400, 1), 1<<16-1))
}

// windowDays is news.Window in days.
const windowDays = int32(news.Window / (24 * time.Hour))

func newHolders(as []news.Marked, rule news.KeyRule) *holders {
	ix := &holders{rule: rule, order: make([]int32, len(as)), day: make([]int32, len(as)), from: make([]int32, len(as)+1)}
	for i := range as {
		ix.order[i] = int32(i)
	}
	days := make([]int32, len(as))
	for i := range as {
		days[i] = dayOf(&as[i])
	}
	slices.SortFunc(ix.order, func(a, b int32) int { return cmp.Or(cmp.Compare(days[a], days[b]), cmp.Compare(a, b)) })
	total := 0
	for i, a := range ix.order {
		ix.day[i] = days[a]
		total += len(as[a].Marks.Keys)
	}
	ix.number(as, total)
	ix.list()
	ix.weigh()
	return ix
}

// number gives every key a number, in the order of their first holders.
func (ix *holders) number(as []news.Marked, total int) {
	ix.keys = make([]int32, 0, total)
	numbers := make(map[news.Key]int32, total/4)
	for i, a := range ix.order {
		for _, k := range as[a].Marks.Keys {
			n, ok := numbers[k]
			if !ok {
				n = int32(len(numbers))
				numbers[k] = n
				ix.weight = append(ix.weight, uint8(k.Weight()))
			}
			ix.keys = append(ix.keys, n)
		}
		ix.from[i+1] = int32(len(ix.keys))
	}
	ix.start = make([]int32, len(numbers)+1)
}

// list fills the lists of holders.
func (ix *holders) list() {
	for _, k := range ix.keys {
		ix.start[k+1]++
	}
	for k := 1; k < len(ix.start); k++ {
		ix.start[k] += ix.start[k-1]
	}
	n := len(ix.start) - 1
	next := slices.Clone(ix.start[:n])
	ix.lists, ix.dated = make([]posting, len(ix.keys)), make([]int32, n)
	for i := range ix.order {
		for _, k := range ix.keys[ix.from[i]:ix.from[i+1]] {
			ix.lists[next[k]].at = int32(i)
			next[k]++
			if ix.day[i] == undated {
				ix.dated[k]++
			}
		}
	}
	for k := range ix.dated {
		ix.dated[k] += ix.start[k]
	}
	ix.open, ix.here = slices.Clone(ix.dated), slices.Clone(ix.start[:n])
}

// weigh notes how many articles stand around each, and what it says to share its keys.
func (ix *holders) weigh() {
	ix.step, ix.bound = make([]uint8, len(ix.order)), make([]uint16, len(ix.order))
	ix.around(len(ix.order), func(i int) int32 { return ix.day[i] }, func(i, n int) {
		step := ix.rule.Step(n)
		ix.step[i], ix.bound[i] = uint8(step), uint16(ix.rule.Bound(step))
	})
	for k := range ix.dated {
		list := ix.lists[ix.start[k]:ix.start[k+1]]
		if len(list) == 1 {
			continue
		}
		key := news.Key(ix.weight[k])
		ix.around(len(list), func(i int) int32 { return ix.day[list[i].at] }, func(i, n int) {
			list[i].says = uint8(ix.rule.Says(key, n, int(ix.step[list[i].at])))
		})
	}
}

// around tells of each of n articles in the order of their days how many of them lie in its window.
func (ix *holders) around(n int, day func(int) int32, tell func(i, n int)) {
	first := 0
	for first < n && day(first) == undated {
		tell(first, n)
		first++
	}
	lo, hi := first, first
	for i := first; i < n; i++ {
		d := day(i)
		for day(lo) < d-windowDays {
			lo++
		}
		for hi < n && day(hi) <= d+windowDays {
			hi++
		}
		tell(i, first+hi-lo)
	}
}

// sharable appends what the i-th article can share with earlier ones, what says most first. It is asked for each article
// in turn.
func (ix *holders) sharable(i int32, out []sharable) []sharable {
	day := ix.day[i]
	for _, k := range ix.keys[ix.from[i]:ix.from[i+1]] {
		here := ix.here[k]
		ix.here[k]++
		x := sharable{says: ix.lists[here].says}
		if x.says == 0 || here == ix.start[k] {
			continue
		}
		if day == undated {
			x.with[0] = ix.lists[ix.start[k]:here]
		} else {
			open := ix.open[k]
			for ix.day[ix.lists[open].at] < day-windowDays {
				open++
			}
			ix.open[k] = open
			x.with[0], x.with[1] = ix.lists[ix.start[k]:ix.dated[k]], ix.lists[open:here]
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b sharable) int { return cmp.Compare(b.says, a.says) })
	return out
}
