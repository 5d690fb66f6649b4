package normalize

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// goldPage is what seeds.gold.json says that a seed states.
type goldPage struct {
	Title      string `json:"title"`
	Headline   string `json:"best_headline"`
	Standfirst string `json:"standfirst"`
	Published  string `json:"published"`
	EventDate  string `json:"event_date"`
	Dateline   string `json:"dateline_place"`
	Venue      string `json:"venue_place"`
	Detail     string `json:"venue"`
	Byline     string `json:"byline"`
	Outlet     string `json:"outlet"`
	Agency     string `json:"agency"`
	People     []struct {
		Name string `json:"name"`
		Role string `json:"role"`
	} `json:"people"`
	Numbers []struct {
		Value float64 `json:"value"`
		Unit  string  `json:"unit"`
	} `json:"numbers"`
}

func TestSeedsStateWhatTheGoldSays(t *testing.T) {
	raw, err := os.ReadFile("../../shared/seeds.gold.json")
	if err != nil {
		t.Skip("../shared/seeds.gold.json is not beside the project: the gold of the seeds is not compared")
	}
	var gold struct {
		Facts map[string]goldPage `json:"facts"`
	}
	if err := json.Unmarshal(raw, &gold); err != nil {
		t.Fatal(err)
	}
	if len(gold.Facts) == 0 {
		t.Fatal("the gold has no seeds")
	}
	for name, g := range gold.Facts {
		text, err := os.ReadFile(filepath.Join("../seeds", name))
		if err != nil {
			t.Fatal(err)
		}
		p := ReadPage(string(text), news.SeedText)
		f := p.Facts
		same := func(what, got, want string) {
			if foldGold(got) != foldGold(want) {
				t.Errorf("%s: %s = %q, want %q", name, what, got, want)
			}
		}
		same("title", p.Title, g.Title)
		same("headline", p.Headline, g.Headline)
		if g.Standfirst != "" {
			same("standfirst", p.Standfirst, g.Standfirst)
		}
		same("published", p.Published.String(), g.Published)
		same("event date", f.EventDate.String(), g.EventDate)
		same("dateline", f.Dateline, g.Dateline)
		same("venue", f.Venue, g.Venue)
		same("venue detail", f.VenueDetail, g.Detail)
		same("byline", f.Byline, g.Byline)
		same("outlet", f.Outlet, g.Outlet)
		same("agency", f.Agency, firstWord(g.Agency))
		for _, want := range g.People {
			if want.Name == "" {
				continue
			}
			role, ok := roleOf(f.People, want.Name)
			if !ok {
				t.Errorf("%s: %s is missing", name, want.Name)
			}
			if sharedWords(role, want.Role) == 0 && foldGold(role) != foldGold(want.Role) && !strings.Contains(foldGold(want.Role), foldGold(role)) {
				t.Errorf("%s: role of %s = %q, want %q", name, want.Name, role, want.Role)
			}
		}
		for _, want := range g.Numbers {
			found := false
			for _, n := range f.Numbers {
				found = found || n.Value == want.Value && n.Unit == want.Unit
			}
			if !found {
				t.Errorf("%s: %v %s is missing in %v", name, want.Value, want.Unit, f.Numbers)
			}
		}
	}
}

func roleOf(people []news.Person, name string) (string, bool) {
	for _, p := range people {
		if p.Name == name {
			return p.Role, true
		}
	}
	return "", false
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// foldGold folds case, quotes, spaces and parentheses, as the comparison of the contract does.
func foldGold(s string) string {
	return strings.ToLower(strings.NewReplacer("’", "", "'", "", "“", "", "”", "", `"`, "", "(", "", ")", "", " ", "").Replace(s))
}

// seedTexts are the five seeds of the project, in the order of their names.
func seedTexts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../seeds/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatalf("%d seeds, %v; want 5", len(files), err)
	}
	var texts []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	return texts
}
