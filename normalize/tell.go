package normalize

import "wirefold/internal/news"

// Preferences is whose telling leads a story when several are as good.
type Preferences struct {
	Outlets   []string // best first
	Languages []string // BCP 47, best first
	Excerpt   int      // runes of others' texts in Account.Body and Telling.Excerpt
	// Republish are the feeds whose articles may be shown in full.
	Republish map[news.FeedID]bool
}

// Tell is what a story says: a pure function of its members, and of what was sticky in Old.
func Tell(s news.Step, p Preferences) news.Account {
	return news.Account{}
}
