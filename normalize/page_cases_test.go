package normalize

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// wantPage is what a page dump of testdata/pages states. A missing string means that the page states nothing; "*" that anything will do.
type wantPage struct {
	Title, Headline, Standfirst, Published, Updated, Section, Dateline, Venue, Byline, Outlet, Agency string
	VenueDetail                                                                                       string          `json:"venue_detail"`
	EventDate                                                                                         string          `json:"event_date"`
	People                                                                                            [][2]string     `json:"people"`
	Numbers                                                                                           [][]interface{} `json:"numbers"`
	BodyNot                                                                                           []string        `json:"body_not"`
}

func TestPagesStateWhatTheyPrint(t *testing.T) {
	files, err := filepath.Glob("testdata/pages/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d page cases, %v; want at least 30", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var w wantPage
			if err := json.Unmarshal(raw, &w); err != nil {
				t.Fatal(err)
			}
			page, format := name+".txt", news.SeedText
			for ext, f := range map[string]news.SeedFormat{".html": news.SeedHTML, ".md": news.SeedMarkdown} {
				if _, err := os.Stat("testdata/pages/" + name + ext); err == nil {
					page, format = name+ext, f
				}
			}
			text, err := os.ReadFile("testdata/pages/" + page)
			if err != nil {
				t.Fatal(err)
			}
			comparePage(t, ReadPage(string(text), format), w)
		})
	}
}

func comparePage(t *testing.T, p Page, w wantPage) {
	t.Helper()
	f := p.Facts
	for _, c := range []struct{ what, got, want string }{
		{"title", p.Title, w.Title}, {"standfirst", p.Standfirst, w.Standfirst}, {"published", day(p.Published), w.Published}, {"updated", day(p.Updated), w.Updated},
		{"section", f.Section, w.Section}, {"dateline", f.Dateline, w.Dateline}, {"venue", f.Venue, w.Venue}, {"venue detail", f.VenueDetail, w.VenueDetail},
		{"event date", f.EventDate.String(), w.EventDate}, {"byline", f.Byline, w.Byline}, {"outlet", f.Outlet, w.Outlet}, {"agency", f.Agency, w.Agency},
	} {
		if c.want != "*" && foldGold(c.got) != foldGold(c.want) {
			t.Errorf("%s = %q, want %q", c.what, c.got, c.want)
		}
	}
	if want := firstOf(w.Headline, w.Title, p.Headline); p.Headline == "" || foldGold(p.Headline) != foldGold(want) {
		t.Errorf("headline = %q, want %q", p.Headline, want)
	}
	for _, person := range w.People {
		role, ok := roleOf(f.People, person[0])
		if !ok || !strings.Contains(foldGold(role), foldGold(person[1])) {
			t.Errorf("%s is %q, want %q; people %v", person[0], role, person[1], f.People)
		}
	}
	for _, n := range w.Numbers {
		found := false
		for _, have := range f.Numbers {
			found = found || have.Value == n[0].(float64) && have.Unit == n[1].(string)
		}
		if !found {
			t.Errorf("%v %v is missing in %v", n[0], n[1], f.Numbers)
		}
	}
	for _, s := range w.BodyNot {
		if strings.Contains(p.Body, s) {
			t.Errorf("the body has %q: %q", s, p.Body)
		}
	}
	if len(f.People) > len(w.People) {
		t.Logf("more people: %v", f.People)
	}
}

func day(d news.Date) string {
	if !d.Known() {
		return ""
	}
	return d.Time.Format("2006-01-02")
}
