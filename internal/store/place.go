package store

import (
	"time"

	"wirefold/internal/news"
)

// Rules are the pure functions that Place decides by. All but Mark are required.
type Rules struct {
	// Rule says which articles are candidates of each other.
	Rule news.KeyRule
	// MarksVersion is what the Blob of up-to-date marks begins with; empty means that all are. When it differs from
	// what the store was marked with, articles that can still be reached are marked again.
	MarksVersion []byte
	Mark         func(*news.Article) news.Marks
	// Link answers for each pair from the two articles alone: the store hands it pairs in any company and order.
	Link      func(as []news.Marked, pairs [][2]int32) []news.Edge
	Group     func(n news.Neighbourhood) [][]int
	Reconcile func(old []news.Standing, parts [][]news.ArticleKey, seen map[news.ArticleKey]time.Time) news.Assigned
	// Mint makes the id of a new story; n = 0 first, then 1, 2 … while the answer was ever used.
	Mint    func(founder news.ArticleKey, n int) news.StoryID
	Advance func(news.Step) news.Story
	// Batch is how many articles one Place takes at most; 0 means DefaultBatch.
	Batch int
}

// DefaultBatch is how many articles one Place takes. More are faster together, but hold the lease longer.
const DefaultBatch = 1000

// Placed counts what one Place did.
type Placed struct {
	Articles   int // placed or placed again
	New        int // stories
	Changed    int // stories that were there before and say something else now
	Merged     int // stories that became an alias
	Split      int // stories that came out of another
	Generation int64
	// More says that there was more to do than one batch: call again.
	More bool
	Took Took
}

// Took is where the time of a Place went.
type Took struct {
	Read, Candidates, Link, Group, Advance, Write time.Duration
}
