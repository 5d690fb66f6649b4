package news

import "time"

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

// KeyRule is the symmetric rule that makes two articles candidates: they share keys of at least MinShared weight
// together, not counting keys that more than MaxHolders articles hold within the window.
type KeyRule struct {
	MinShared  int
	MaxHolders int
}

// Edge ties two articles, A < B.
type Edge struct {
	A, B  ArticleKey
	Score float64
}

// Neighbourhood is a set of articles connected by edges: what one decision of grouping sees. Its order says nothing.
type Neighbourhood struct {
	Members []Marked
	Edges   []Edge
	// Closed are stories that may gain members but neither merge nor split, as indexes into Members.
	Closed  [][]int
	Rulings []Ruling
}

// Ruling is a correction that the store has resolved to articles.
type Ruling struct {
	Op       string // OpMerge or OpSplit
	Articles []ArticleKey
}
