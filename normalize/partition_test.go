package normalize

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/news"
)

// seedArticles are the five seeds as the program reads them, and as plainly as can be: the first line is the headline.
func seedArticles(t *testing.T) map[string][]news.Article {
	t.Helper()
	files, err := filepath.Glob("../seeds/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatalf("seeds: %d files, %v; want 5", len(files), err)
	}
	as := map[string][]news.Article{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		key := news.ArticleKey(filepath.Base(f)[:3])
		a := Article(news.Feed{ID: "seeds"}, nil, news.Item{GUID: filepath.Base(f), Content: news.Text{Value: string(raw)}, Seed: &news.Seed{Path: f, Format: news.SeedText}})
		a.Key = key
		as["read as pages"] = append(as["read as pages"], a)
		head, text, _ := strings.Cut(strings.TrimSpace(string(raw)), "\n")
		as["read plainly"] = append(as["read plainly"], news.Article{Key: key, Headline: head, Text: text, Seed: true})
	}
	return as
}

// keysOf names every part by its articles' keys.
func keysOf(as []news.Article, parts [][]int) [][]string {
	var out [][]string
	for _, p := range parts {
		var ks []string
		for _, i := range p {
			ks = append(ks, string(as[i].Key))
		}
		out = append(out, ks)
	}
	return out
}

// permutations calls f with every order of n things.
func permutations(n int, f func([]int)) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var rec func(k int)
	rec = func(k int) {
		if k == n {
			f(order)
			return
		}
		for i := k; i < n; i++ {
			order[k], order[i] = order[i], order[k]
			rec(k + 1)
			order[k], order[i] = order[i], order[k]
		}
	}
	rec(0)
}

func TestSeedsAreFourStoriesInEveryOrder(t *testing.T) {
	m := Load()
	want := [][]string{{"000", "001"}, {"002"}, {"003"}, {"004"}}
	for how, as := range seedArticles(t) {
		permutations(len(as), func(order []int) {
			shuffled := make([]news.Article, len(as))
			for i, j := range order {
				shuffled[i] = as[j]
			}
			if diff := cmp.Diff(want, keysOf(shuffled, m.Partition(shuffled, nil))); diff != "" {
				t.Fatalf("%s, order %v (-want +got):\n%s", how, order, diff)
			}
		})
	}
}

func TestSeedsStayRightWhenOneOrTwoAreMissing(t *testing.T) {
	m := Load()
	for how, as := range seedArticles(t) {
		for i := range as {
			for j := i; j < len(as); j++ {
				some := slices.Clone(as)
				some = slices.Delete(some, j, j+1)
				if i != j {
					some = slices.Delete(some, i, i+1)
				}
				if diff := cmp.Diff(seedStories(some), keysOf(some, m.Partition(some, nil))); diff != "" {
					t.Errorf("%s, without %s and %s (-want +got):\n%s", how, as[i].Key, as[j].Key, diff)
				}
			}
		}
	}
}

// seedStories are the stories of some of the seeds, which are in the order of their keys: 000 and 001 are one.
func seedStories(some []news.Article) [][]string {
	var out [][]string
	for _, a := range some {
		if a.Key == "001" && len(out) == 1 {
			out[0] = append(out[0], "001")
			continue
		}
		out = append(out, []string{string(a.Key)})
	}
	return out
}
