package normalize

import (
	"fmt"
	"slices"
	"testing"

	"wirefold/internal/news"
)

// remember makes of items what the store would know of them after a fetch that knew known.
func remember(f news.Feed, known []news.Known, items []news.Item) []news.Known {
	for i, id := range Identify(f, answered(known, items), items) {
		if id.Twin {
			continue
		}
		a := Article(f, nil, items[i])
		k := news.Known{Key: id.Key, GUID: a.GUID, URL: a.URL, ItemHash: a.ItemHash, TextHash: a.TextHash}
		found := false
		for j := range known {
			if known[j].Key == id.Key {
				known[j], found = k, true
			}
		}
		if !found {
			known = append(known, k)
		}
	}
	return known
}

// answered is what a store that holds known answers to the two questions of a refresh.
func answered(known []news.Known, items []news.Item) []news.Known {
	var first []news.Known
	for _, g := range GUIDs(items) {
		for _, k := range known {
			if k.GUID == g && !slices.Contains(first, k) {
				first = append(first, k)
			}
		}
	}
	out := slices.Clone(first)
	urls, texts := Others(first, items)
	for _, k := range known {
		if (k.URL != "" && slices.Contains(urls, k.URL) || slices.Contains(texts, k.TextHash)) && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func item(guid, title, link, text string) news.Item {
	it := news.Item{GUID: guid, Title: news.Text{Value: title}, Link: link, Summary: news.Text{Value: text, Type: news.HTML}}
	it.Hash[0], it.Hash[1] = byte(len(text)), byte(len(title))
	for i, c := range []byte(guid + title + link + text) {
		it.Hash[2+i%30] += c * byte(i+1)
	}
	return it
}

func TestAFeedsArticlesAreCountedOnce(t *testing.T) {
	five := func(make func(fetch, i int) news.Item) func(int) []news.Item {
		return func(n int) []news.Item {
			var out []news.Item
			for i := range 5 {
				out = append(out, make(n, i))
			}
			return out
		}
	}
	tests := []struct {
		name    string
		fetch   func(n int) []news.Item
		fetches int
		want    int
	}{
		{"a guid that changes at every fetch", five(func(n, i int) news.Item {
			return item(fmt.Sprintf("g-%d-%d", n, i), fmt.Sprint("Story ", i), fmt.Sprintf("http://x.example/c/%d", i), fmt.Sprint("the same text ", i))
		}), 10, 5},
		{"no guid, a link with a new session at every fetch", five(func(n, i int) news.Item {
			return item("", fmt.Sprint("Story ", i), fmt.Sprintf("http://x.example/c/%d?utm_source=rss&sid=%d", i, n), fmt.Sprint("text ", i))
		}), 10, 5},
		{"one guid for ten stories", func(int) []news.Item {
			var out []news.Item
			for i := range 10 {
				out = append(out, item("same", fmt.Sprint("Story ", i), fmt.Sprintf("http://x.example/d/%d", i), fmt.Sprint("text ", i)))
			}
			return out
		}, 3, 10},
		{"one guid for ten stories that drop off one by one", func(n int) []news.Item {
			var out []news.Item
			for i := n; i < n+9; i++ {
				out = append(out, item("same", fmt.Sprint("Story ", i), fmt.Sprintf("http://x.example/d/%d", i), fmt.Sprint("text ", i)))
			}
			return out
		}, 3, 11},
		{"words that flip under one guid", func(n int) []news.Item {
			return []news.Item{item("flap", fmt.Sprint("Title ", n), "http://x.example/f", fmt.Sprint("body ", n))}
		}, 5, 1},
		{"all items link to the front page", func(n int) []news.Item {
			return []news.Item{item(fmt.Sprint("g", n), fmt.Sprint("Notice ", n), "http://x.example/", fmt.Sprint("words ", n))}
		}, 4, 4},
		{"two items share a link and have their own guids", func(int) []news.Item {
			return []news.Item{item("a", "Morning", "http://x.example/live", "one"), item("b", "Evening", "http://x.example/live", "two")}
		}, 3, 2},
		{"the same item twice in one document", func(int) []news.Item {
			return []news.Item{item("a", "One", "http://x.example/1", "one"), item("a", "One", "http://x.example/1", "one")}
		}, 2, 1},
		{"only some of guid, link and title", func(int) []news.Item {
			return []news.Item{item("", "", "", "only text"), item("", "only title", "", ""), item("", "", "http://x.example/only", ""), item("", "", "", "")}
		}, 3, 3},
		{"items that fall off and come back", func(n int) []news.Item {
			all := []news.Item{item("1", "a", "http://x.example/1", "a"), item("2", "b", "http://x.example/2", "b"), item("3", "c", "http://x.example/3", "c")}
			return all[:[]int{3, 1, 0, 3}[n]]
		}, 4, 3},
		{"short notices with the same words on other days", func(n int) []news.Item {
			return []news.Item{item(fmt.Sprint("day-", n), "Ferry times", fmt.Sprintf("http://x.example/times/%d", n), "Today's times")}
		}, 4, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := news.Feed{ID: "f"}
			var known []news.Known
			for n := range tt.fetches {
				known = remember(f, known, tt.fetch(n))
			}
			if len(known) != tt.want {
				t.Errorf("%d articles after %d fetches, want %d", len(known), tt.fetches, tt.want)
			}
		})
	}
}

func TestWhatSaysNothingNewIsTheSame(t *testing.T) {
	f := news.Feed{ID: "f"}
	before := []news.Item{item("1", "a", "http://x.example/1", "text"), item("2", "b", "http://x.example/2", "text b")}
	known := remember(f, nil, before)
	after := []news.Item{before[0], item("2", "b", "http://x.example/2", "text b, corrected")}
	got := Identify(f, known, after)
	if !got[0].Known || !got[0].Same || !got[1].Known || got[1].Same {
		t.Errorf("Identify = %+v, want the first the same and the second revised", got)
	}
}

func TestAFeedCannotTouchAnothersArticles(t *testing.T) {
	victim := Article(news.Feed{ID: "victim", Outlet: "Victim"}, nil, item("http://v.example/1", "Real", "http://v.example/1", "real"))
	evil := Article(news.Feed{ID: "evil", Outlet: "Evil"}, &news.Document{Title: news.Text{Value: "Victim"}}, item("http://v.example/1", "Hijacked", "http://v.example/1", "hijacked"))
	if victim.Key == evil.Key {
		t.Error("two feeds share an article's key")
	}
	if evil.Outlet != "Evil" {
		t.Errorf("outlet %q, want the configured one", evil.Outlet)
	}
}
