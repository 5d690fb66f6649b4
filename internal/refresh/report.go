package refresh

import (
	"time"

	"wirefold/internal/news"
)

// Report is what a run did, as `refresh --json` prints it (docs/design.md section 6).
type Report struct {
	Feeds          []FeedReport `json:"feeds"`
	ArticlesNew    int          `json:"articles_new"`
	StoriesNew     int          `json:"stories_new"`
	StoriesChanged int          `json:"stories_changed"`
	Merged         int          `json:"merged"`
	Split          int          `json:"split"`
	WallMS         int64        `json:"wall_ms"`
}

// FeedReport is what a run did with one feed.
type FeedReport struct {
	ID      news.FeedID      `json:"id"`
	Status  news.FetchStatus `json:"status"`
	HTTP    int              `json:"http"`
	Items   int              `json:"items"`
	New     int              `json:"new"`
	Revised int              `json:"revised"`
	Error   string           `json:"error"`
	NextDue string           `json:"next_due"`
	// Problems are what was wrong with parts of a feed, one line each. A seed folder with a bad file has failed.
	Problems []string `json:"problems,omitempty"`
}

// Failed reports whether the feed counts as failed for the exit code.
func (f FeedReport) Failed() bool {
	return f.Status == news.FetchFailed || f.Status == news.FetchGone
}

// Failed counts the feeds that failed.
func (r Report) Failed() int {
	n := 0
	for _, f := range r.Feeds {
		if f.Failed() {
			n++
		}
	}
	return n
}

// reportOf is the report of a feed after one more fetch of it; sofar is what it was before.
func reportOf(sofar FeedReport, f news.Feed, got news.Fetched) FeedReport {
	rep := sofar
	rep.ID, rep.HTTP = f.ID, got.State.HTTP
	if rep.Status != news.FetchFailed {
		rep.Status = got.Status
	}
	if got.Err != nil {
		rep.Error = got.Err.Error()
	}
	for _, p := range got.Problems {
		rep.Problems = append(rep.Problems, p.Error())
	}
	if f.Seeds != "" && len(rep.Problems) > 0 {
		rep.Status = news.FetchFailed
	}
	if !got.State.NextDue.IsZero() {
		rep.NextDue = got.State.NextDue.UTC().Format(time.RFC3339)
	}
	return rep
}
