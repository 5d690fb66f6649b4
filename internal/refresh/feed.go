package refresh

import (
	"context"
	"fmt"

	"wirefold/internal/news"
)

// one fetches a feed and stores what it brought. The error is the store's; what went wrong with the feed is in the report.
func (r *Refresher) one(ctx context.Context, j *job, force bool, quiet *stateSaver) (FeedReport, error) {
	var rep FeedReport
	for {
		r.Step("fetch.before")
		got := r.Fetch.Fetch(ctx, j.feed, j.state, j.host, force)
		r.Step("fetch.after")
		if r.Fetched != nil {
			r.Fetched(got)
		}
		rep = reportOf(rep, j.feed, got)
		if ctx.Err() != nil {
			// A fetch that we ourselves broke off says nothing about the feed.
			return rep, ctx.Err()
		}
		if got.Document == nil {
			return rep, quiet.add(ctx, got.State, got.Host)
		}
		if err := r.keep(ctx, j, got, &rep); err != nil {
			return rep, err
		}
		if !got.More {
			return rep, nil
		}
		// A large folder comes in parts, so that its texts are never all in memory.
		j.state = got.State
	}
}

// keep stores what a fetch brought.
func (r *Refresher) keep(ctx context.Context, j *job, got news.Fetched, rep *FeedReport) error {
	if got.Done != nil {
		if r.FullText != nil && j.feed.FullText {
			got.Done() // pages are asked for one by one, seconds apart: no other feed is to wait for that
		}
		defer got.Done()
	}
	b, items, err := r.batch(ctx, j, got)
	rep.Items += items
	if err != nil {
		return err
	}
	r.Step("save.before")
	saved, err := r.Keep.Save(ctx, b)
	if err != nil {
		return fmt.Errorf("save feed %s: %w", j.feed.ID, err)
	}
	r.Step("save.after")
	rep.New += saved.New
	rep.Revised += saved.Revised
	return nil
}

// batch makes articles of the items that say something new.
func (r *Refresher) batch(ctx context.Context, j *job, got news.Fetched) (b news.Batch, items int, err error) {
	d := got.Document
	now := r.Now()
	known, err := r.known(ctx, j.feed.ID, got)
	if err != nil {
		return b, 0, fmt.Errorf("look up known articles of %s: %w", j.feed.ID, err)
	}
	b = news.Batch{State: got.State, Host: got.Host, At: now, Renames: map[news.ArticleKey]string{}}
	known = renamed(known, got.Renames, b.Renames)
	first := j.state.Good.IsZero() && !j.feed.Backfill
	for i, id := range r.Normal.Identify(j.feed, known, d.Items) {
		if id.Twin {
			continue
		}
		items++
		if d.Partial && i == len(d.Items)-1 && cutShort(id, d.Items[i]) {
			continue
		}
		if id.Known && id.GUID != "" {
			b.Renames[id.Key] = id.GUID
		}
		if id.Same {
			continue
		}
		it := d.Items[i]
		if r.FullText != nil && j.feed.FullText && !id.Known {
			r.FullText(ctx, j.feed, &it)
		}
		a := r.Normal.Article(j.feed, d, it)
		a.Key = id.Key
		a.Backfill = first && !a.Seed && a.Published.Known() && a.Published.Time.Before(now.Add(-BackfillAge))
		b.Articles = append(b.Articles, a)
	}
	if r.Embed != nil && len(b.Articles) > 0 {
		r.Embed(ctx, b.Articles)
	}
	return b, items, nil
}

// known asks the store for the articles that a document's items may be. Most are known by their guid, and then nothing
// else is asked about them.
func (r *Refresher) known(ctx context.Context, feed news.FeedID, got news.Fetched) ([]news.Known, error) {
	guids := r.Normal.GUIDs(got.Document.Items)
	for _, old := range got.Renames {
		guids = append(guids, old)
	}
	known, err := r.Keep.Known(ctx, feed, guids, nil, nil)
	if err != nil {
		return nil, err
	}
	urls, texts := r.Normal.Others(known, got.Document.Items)
	if len(urls)+len(texts) == 0 {
		return known, nil
	}
	more, err := r.Keep.Known(ctx, feed, nil, urls, texts)
	if err != nil {
		return nil, err
	}
	have := make(map[news.ArticleKey]bool, len(known))
	for _, k := range known {
		have[k.Key] = true
	}
	for _, k := range more {
		if !have[k.Key] {
			known = append(known, k)
		}
	}
	return known, nil
}

// cutShort says that the last item of a document that ends too early must wait for the whole document: what it lacks
// would take text and dates from the article that we hold, or make an article that nothing can be known again by.
func cutShort(id Identity, it news.Item) bool {
	return id.Known || it.GUID == "" && it.Link == ""
}

// renamed gives the articles of seed files that only moved their new GUID: the same bytes under another path are the
// same article. What it writes into renames is stored.
func renamed(known []news.Known, moved map[string]string, renames map[news.ArticleKey]string) []news.Known {
	now := make(map[string]string, len(moved))
	for path, old := range moved {
		now[old] = path
	}
	out := make([]news.Known, len(known))
	for i, k := range known {
		if path, ok := now[k.GUID]; ok {
			k.GUID = path
			renames[k.Key] = path
		}
		out[i] = k
	}
	return out
}
