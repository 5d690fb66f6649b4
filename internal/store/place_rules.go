package store

import (
	"time"

	"wirefold/internal/news"
)

// Rules are the pure functions that Place decides by. All but Mark and Cut are required.
type Rules struct {
	// Rule says which articles are candidates of each other.
	Rule news.KeyRule
	// MarksVersion is what the Blob of up-to-date marks begins with; empty means that all are. When it differs from
	// what the store was marked with, articles that can still be reached are marked again.
	MarksVersion []byte
	Mark         func(*news.Article) news.Marks
	// Keys makes the keys of derived marks from their Blob; required when there are any.
	Keys func(blob []byte) []news.Key
	// Link is handed the articles that want edges, and answers with a function that is handed those they may have edges to, some
	// at a time, and pairs: one of the first, and one of the first or, counted on behind them, of the others. That answers with
	// edges by the same numbers, for each pair from the two articles alone. It is called from several goroutines. Link itself reads
	// what it needs of the marks: when many articles wait, their blobs are let go once it has answered.
	Link  func(own []news.Marked) func(others []news.Marked, pairs [][2]int32) []news.Edge
	Group func(n news.Neighbourhood) [][]int
	// Cut parts a large neighbourhood into sets that Group decides one by one, by no more of the articles than their keys,
	// dates and copy classes. nil: Group is asked about the whole.
	Cut       func(n news.Neighbourhood) [][]int
	Reconcile func(old []news.Standing, parts [][]news.ArticleKey, seen map[news.ArticleKey]time.Time) news.Assigned
	// Mint makes the id of a new story; n = 0 first, then 1, 2 … while the answer was ever used.
	Mint    func(founder news.ArticleKey, n int) news.StoryID
	Advance func(news.Step) news.Story
	// Linkers is how many calls of Link may run at once; 0 means one.
	Linkers int
	// Batch is how many articles one Place takes at most; 0 means DefaultBatch.
	Batch int
	// MaxRegion is how many articles of one neighbourhood are read; 0 means DefaultRegion.
	MaxRegion int
}

// DefaultRegion bounds a neighbourhood. Group cuts at 2,000 articles by a rule of the set; five times that is read so
// that it has the set to cut. One that is larger still (an endless live blog) is read from the batch outwards, whole
// story by whole story, and what lies farther away stays as it is.
const DefaultRegion = 10_000

// DefaultBatch is how many articles one Place takes all the way. When more wait, they go together in stages
// (place_stages.go). More at once take more memory and hold the lease longer.
const DefaultBatch = 2000
