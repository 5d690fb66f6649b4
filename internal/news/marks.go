package news

import (
	"math/bits"
	"time"
)

// Window is how far apart two articles may lie and still be compared (docs/design.md section 3, rule 3).
const Window = 7 * 24 * time.Hour

// Key is one candidate key of an article. Its low four bits are its weight (1-15), so equal keys have equal weights.
type Key uint64

// MakeKey packs a hash and a weight of 1 to 15.
func MakeKey(hash uint64, weight int) Key { return Key(hash&^15 | uint64(weight)&15) }

// Weight is how much sharing this key says.
func (k Key) Weight() int { return int(k & 15) }

// Marks is what grouping knows of an article: made once from it by normalize, stored beside it, read by normalize alone.
type Marks struct {
	// Keys are distinct, the heaviest (rarest) first, ties by value.
	Keys []Key
	// Copy is the copy class: articles with the same non-zero value carry the same text, whatever their bylines.
	Copy uint64
	// Blob is private to normalize; its first bytes name the version of the marks.
	Blob []byte
	// Derived says that normalize makes the same Keys of Blob again, so that nobody has to keep them.
	Derived bool
}

// Marked is an article as grouping sees it.
type Marked struct {
	Key       ArticleKey
	Published Date
	Seen      time.Time
	Seed      bool
	Marks     Marks
}

// InWindow says whether two articles may be compared at all. It is a relation between the two, never with the clock.
func (a Marked) InWindow(b Marked) bool {
	if a.Published.Known() && b.Published.Known() {
		return a.Published.Time.Sub(b.Published.Time).Abs() <= Window
	}
	return a.Seed && b.Seed || a.Seen.Sub(b.Seen).Abs() <= Window
}

// KeyRule is the symmetric rule that makes two articles candidates: what the keys say that both hold reaches a bound. It
// knows three counts of the articles around each of the two, within the window: how many there are, and how many of them
// hold a key. All are taken as powers of two and the weaker of the two sides counts, so order of arrival has no part in it.
type KeyRule struct {
	// MaxHolders is how many articles of a window may hold a key; one that more hold says nothing.
	MaxHolders int
	// MinShared is the bound where Bounds is empty. Then a key says its weight.
	MinShared int
	// Bounds is the bound by the power of two of the number of articles; the last serves all larger ones. A key then
	// says its weight in bits, but not more than the bits by which its holders are fewer than all (of 1<<Small articles
	// at least), less Loss: among many keys some are shared by chance.
	Bounds      []int
	Small, Loss int
	// Far is added to the bound of two articles that are dated more than a day apart: tellings of one event come together.
	// Undated is taken off where one has no date, since then its words must do.
	Far, Undated int
}

// Step is the power of two that n articles count as: the least that is not below n.
func (r KeyRule) Step(n int) int { return bits.Len(uint(max(n, 1) - 1)) }

// Bound is what two articles must share among 1<<step of them.
func (r KeyRule) Bound(step int) int {
	if len(r.Bounds) == 0 {
		return r.MinShared
	}
	return r.Bounds[min(step, len(r.Bounds)-1)]
}

// Apart is what is added to the bound for two articles published on these days; 0 = unknown.
func (r KeyRule) Apart(a, b int) int {
	switch {
	case a == 0 || b == 0:
		return -r.Undated
	case max(a, b)-min(a, b) > 1:
		return r.Far
	}
	return 0
}

// Says is what it says to share k, which so many of 1<<step articles hold; 0 when nothing.
func (r KeyRule) Says(k Key, holders, step int) int {
	if holders > r.MaxHolders {
		return 0
	}
	if len(r.Bounds) == 0 {
		return k.Weight()
	}
	return max(0, min(k.Weight(), max(step, r.Small)-r.Step(holders)-r.Loss))
}

// Edge ties two articles of those at hand, by their indexes. Which of the two is A says nothing.
type Edge struct {
	A, B  int32
	Score float64
}

// Neighbourhood is a set of articles connected by edges: what one decision of grouping sees. Its order says nothing.
type Neighbourhood struct {
	Members []Marked
	Edges   []Edge // of Members
	// Closed are stories that may gain members but neither merge nor split, as indexes into Members.
	Closed  [][]int
	Rulings []Ruling
}

// Ruling is a correction that the store has resolved to articles.
type Ruling struct {
	Op       string // OpMerge or OpSplit
	Articles []ArticleKey
}
