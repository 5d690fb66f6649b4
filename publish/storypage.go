package publish

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"wirefold/internal/news"
)

// storyPage is one event, or what became of it.
func (p *Publisher) storyPage(ctx context.Context, cf *config, id news.StoryID) (content, error) {
	s, err := p.o.Stories.Story(ctx, id)
	if err != nil {
		return content{}, fmt.Errorf("read story %s: %w", id, err)
	}
	if s.Life.Published.IsZero() {
		return content{}, fmt.Errorf("story %s is not published: %w", id, news.ErrNotFound)
	}
	if s.Life.State != news.Live {
		return cf.endedPage(s)
	}
	var why []Why
	if p.o.Why != nil && len(s.Account.Tellings) > 1 {
		keys := make([]news.ArticleKey, len(s.Account.Tellings))
		for i, t := range s.Account.Tellings {
			keys[i] = t.Article
		}
		if why, err = p.o.Why(ctx, keys); err != nil {
			return content{}, fmt.Errorf("explain story %s: %w", id, err)
		}
	}
	return cf.livePage(s, why)
}

// endedPage tells a browser what a merged or dropped story became. The server redirects for a merged one; the file of a
// static site says it in words.
func (cf *config) endedPage(s news.Story) (content, error) {
	data := struct {
		Head              head
		Title, Text, Into string
	}{Head: cf.head(orWithdrawn(s.Account.Headline), ""), Title: orWithdrawn(s.Account.Headline), Text: endText(s.Life.State)}
	data.Head.NoIndex = true
	status, location := http.StatusGone, ""
	if s.Life.State == news.Merged {
		data.Into = cf.storyURL(s.Life.Into)
		data.Head.Canonical = data.Into
		status, location = http.StatusMovedPermanently, strings.TrimPrefix(data.Into, cf.base)
		location = cf.basePath + location
	}
	c, err := render("ended", data, s.Life.Touched)
	c.status, c.location, c.noindex = status, location, true
	return c, err
}

func orWithdrawn(s string) string {
	if s = title(s); s != "" {
		return s
	}
	return "Withdrawn"
}

// differLine is a disagreement as a page shows it: what it is about, and each value with who says it.
type differLine struct {
	About string
	Sides []sideLine
}

type sideLine struct{ Value, Who string }

func differLineOf(a news.Account, d news.Disagreement) differLine {
	l := differLine{About: clean(d.About)}
	if d.Update {
		l.About += " (in the order of time)"
	}
	for _, s := range d.Sides {
		value := clean(s.Value)
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			value = day.Format("2 January 2006") // as all dates of the page
		}
		l.Sides = append(l.Sides, sideLine{value, strings.Join(speakers(a, s), ", ")})
	}
	return l
}

type fact struct{ Name, Value string }

type tellingLine struct {
	Outlet, URL, Title, Lang, Dir, CopyOf, Page string
	When                                        moment
}

type timeLine struct {
	When moment
	Text string
}

func (cf *config) livePage(s news.Story, why []Why) (content, error) {
	a := s.Account
	data := struct {
		Head                   head
		Title, Lang, Dir, Told string
		Summary                string
		Published, Updated     moment
		Facts                  []fact
		Differ                 []differLine
		Tellings               []tellingLine
		Body                   template.HTML
		Timeline               []timeLine
		Why                    []string
	}{
		Head: cf.head(orUntitled(a.Headline), cf.storyURL(s.ID)), Title: orUntitled(a.Headline), Lang: language(a.Lang), Dir: direction(a.Lang),
		Told: told(a), Summary: clean(a.Summary), Published: cf.moment(s.Life.Published),
		Body:  template.HTML(legal(a.Body)), // sanitised by normalize
		Facts: factLines(a),
	}
	if opens(a.Body, data.Summary) {
		data.Summary = ""
	}
	data.Head.About = clean(excerpt(a.Summary, 200))
	if len(s.Life.Changes) > 1 {
		data.Updated = cf.moment(s.Life.Updated)
	}
	for _, slug := range s.Life.Topics {
		if t, ok := cf.topics[slug]; ok {
			data.Head.Up = append(data.Head.Up, feedLink{Title: clean(t.Title), Href: cf.topicURL(slug)})
			data.Head.Feeds = append(data.Head.Feeds, cf.topicFeeds(t.Topic)[:3]...)
		}
	}
	for _, d := range a.Disagreements {
		data.Differ = append(data.Differ, differLineOf(a, d))
	}
	for _, t := range a.Tellings {
		l := tellingLine{
			Outlet: outletOf(t), URL: cf.tellingURL(t), Title: orUntitled(t.Title), Lang: language(t.Lang), Dir: direction(t.Lang),
			Page: cf.articleURL(t.Article), When: cf.tellingMoment(t),
		}
		if l.Page == l.URL {
			l.Page = ""
		}
		if t.CopyOf != "" {
			l.CopyOf = copied(a, t)
		}
		data.Tellings = append(data.Tellings, l)
	}
	for _, c := range s.Life.Changes {
		data.Timeline = append(data.Timeline, timeLine{cf.moment(c.At), clean(c.Text)})
	}
	for _, w := range why {
		data.Why = append(data.Why, whyText(a, w))
	}
	return render("story", data, later(s.Life.Touched, s.Life.Updated))
}

// opens reports whether a body begins with what the summary says: nobody wants to read that twice.
func opens(body, summary string) bool {
	var text strings.Builder
	for rest := body; rest != ""; {
		before, tag, _ := strings.Cut(rest, "<")
		text.WriteString(before)
		_, rest, _ = strings.Cut(tag, ">")
		text.WriteByte(' ')
	}
	says := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return summary != "" && strings.HasPrefix(says(html.UnescapeString(text.String())), says(strings.TrimSuffix(summary, "…")))
}

// factLines are who, where and when, as far as known.
func factLines(a news.Account) []fact {
	var out []fact
	var who []string
	for _, p := range a.Who {
		name := clean(p.Name)
		if role := clean(p.Role); role != "" {
			name += " (" + role + ")"
		}
		who = append(who, name)
	}
	if len(who) > 0 {
		out = append(out, fact{"Who", strings.Join(who, ", ")})
	}
	if where := clean(a.Where); where != "" {
		out = append(out, fact{"Where", where})
	}
	if a.When.Known() {
		out = append(out, fact{"When", a.When.Time.UTC().Format("2 January 2006")})
	}
	return out
}

// headline is a telling's title in quotes: what tells two articles of one outlet apart.
func headline(a news.Account, k news.ArticleKey) string {
	for _, t := range a.Tellings {
		if t.Article == k {
			return speaker(news.Telling{Title: t.Title})
		}
	}
	return "another article"
}

// maxSignals is how many signals for and against a pair a page names: the strongest. Weaker ones than leastSignal say nothing.
const (
	maxSignals  = 3
	leastSignal = .2
)

// whyText says what ties two articles together.
func whyText(a news.Account, w Why) string {
	name := func(k news.ArticleKey) string {
		for _, t := range a.Tellings {
			if t.Article == k {
				return speaker(t)
			}
		}
		return "another article"
	}
	x, y := name(w.A), name(w.B)
	if x == y {
		x, y = headline(a, w.A), headline(a, w.B)
	}
	text := x + " and " + y + ": "
	if w.Ruling != "" {
		return text + "decided by the editor (" + clean(w.Ruling) + ")."
	}
	text += chance(w.Score) + " that both tell one event."
	signals := slices.Clone(w.Signals)
	slices.SortStableFunc(signals, func(x, y Signal) int {
		if c := cmp.Compare(math.Abs(y.Contribution), math.Abs(x.Contribution)); c != 0 {
			return c
		}
		return cmp.Compare(x.Name, y.Name)
	})
	var pro, contra []string
	for _, s := range signals {
		switch {
		case s.Contribution >= leastSignal && len(pro) < maxSignals:
			pro = append(pro, clean(s.Name))
		case s.Contribution <= -leastSignal && len(contra) < maxSignals:
			contra = append(contra, clean(s.Name))
		}
	}
	if len(pro) > 0 {
		text += " For it: " + strings.Join(pro, ", ") + "."
	}
	if len(contra) > 0 {
		text += " Against it: " + strings.Join(contra, ", ") + "."
	}
	return text
}

// chance is a log-odds in words.
func chance(score float64) string {
	switch p := 100 / (1 + math.Exp(-score)); {
	case p > 99:
		return "a chance of over 99 %"
	case p < 1:
		return "a chance of under 1 %"
	default:
		return fmt.Sprintf("a chance of %.0f %%", p)
	}
}
