package normalize

import (
	"fmt"
	"strings"
	"testing"

	"wirefold/internal/news"
)

func TestDisagreements(t *testing.T) {
	tests := []struct {
		name string
		a, b string
		want string // kind: values
	}{
		{"two names for one office", "Latvia's Deputy Transport Minister Andris Kalns met Kaja Saar in Riga.", "Latvia's Deputy Minister for Transport Peteris Ozols received Kaja Saar in Riga.", "name: Andris Kalns | Peteris Ozols"},
		{"the country may be said elsewhere", "A team from Latvia arrived. Deputy Transport Minister Andris Kalns led it.", "Latvia's Deputy Transport Minister Peteris Ozols led the team.", "name: Andris Kalns | Peteris Ozols"},
		{"two spellings are one name", "Latvia's Transport Minister Magnus Brunner spoke.", "Latvia's Transport Minister Magnus Berner spoke.", ""},
		{"two offices", "Latvia's Transport Minister Andris Kalns spoke.", "Latvia's Interior Minister Peteris Ozols spoke.", ""},
		{"two countries", "Latvia's Transport Minister Andris Kalns spoke.", "Estonia's Transport Minister Peteris Ozols spoke.", ""},
		{"who names both knows two people", "Latvia's Transport Minister Andris Kalns spoke; Ozols listened.", "Latvia's Transport Minister Peteris Ozols spoke.", ""},
		{"another toll, falling", "The flood killed at least 40 people on the coast, officials said.", "Officials put the dead at 18.", "number: 40 | 18"},
		{"a round number is no other number", "The flood killed more than 1,400 people.", "The flood killed 1,411 people.", ""},
		{"one magnitude each", "A magnitude 6.1 earthquake shook the island.", "The 5.8 quake shook the island.", "number: 6.1 | 5.8"},
		{"plus makes a sum", "United offered 75 million euros plus 10 million in add-ons for the striker.", "The offer for the striker is €85m.", ""},
		{"another sum of the same money", "The airline signed a deal worth $24 billion.", "The deal is worth $19 billion, analysts say.", "number: 24 billion | 19 billion"},
		{"another day", "Ministers Kaja Saar and Andris Kalns met in Riga on Wednesday.", "Ministers Kaja Saar and Andris Kalns met in Riga on Tuesday.", "date: 2026-03-04 | 2026-03-03"},
		{"who names both days tells of two", "Ministers Kaja Saar and Andris Kalns met in Riga on Wednesday. Talks began on Tuesday.", "Ministers Kaja Saar and Andris Kalns met in Riga on Tuesday.", ""},
		{"another city", "Ministers Kaja Saar and Andris Kalns met in Riga.", "Ministers Kaja Saar and Andris Kalns met in Vilnius.", "place: Riga | Vilnius"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Tell(news.Step{Members: []news.Article{told("a1", "north", "", tt.a, 9), told("b2", "south", "", tt.b, 10)}}, Preferences{})
			var got []string
			for _, d := range c.Disagreements {
				var values []string
				for _, s := range d.Sides {
					values = append(values, strings.TrimPrefix(s.Value, "more than "))
				}
				got = append(got, fmt.Sprintf("%s: %s", d.Kind, strings.Join(values, " | ")))
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("disagreements %q, want %q", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

func TestAGrowingTollIsAnUpdate(t *testing.T) {
	c := Tell(news.Step{Members: []news.Article{
		told("a1", "north", "", "The flood killed 40 people.", 9), told("b2", "south", "", "The flood killed 65 people.", 15)}}, Preferences{})
	if len(c.Disagreements) != 1 || !c.Disagreements[0].Update {
		t.Errorf("disagreements %+v, want one update", c.Disagreements)
	}
}

func TestCopiesDoNotContradictEachOther(t *testing.T) {
	a, b := told("a1", "north", "", "The flood killed 40 people.", 9), told("b2", "south", "", "The flood killed 18 people.", 10)
	a.Marks.Copy, b.Marks.Copy = 3, 3
	if c := Tell(news.Step{Members: []news.Article{a, b}}, Preferences{}); len(c.Disagreements) != 0 {
		t.Errorf("disagreements %+v, want none: they are one report", c.Disagreements)
	}
}

func TestTheTwoSeedsOfOneMeetingDisagreeOnTheDeputyMinister(t *testing.T) {
	var members []news.Article
	for i, text := range seedTexts(t) {
		if i < 2 {
			p := ReadPage(text, news.SeedText)
			members = append(members, news.Article{Key: news.ArticleKey(fmt.Sprint(i)), Seed: true, Title: p.Title, Headline: p.Headline, Text: p.Body, Facts: p.Facts, Published: p.Published})
		}
	}
	c := Tell(news.Step{Members: members}, Preferences{})
	if len(c.Disagreements) != 1 || c.Disagreements[0].About != "Poland’s Deputy Interior Minister" || len(c.Disagreements[0].Sides) != 2 {
		t.Errorf("disagreements %+v, want one on Poland's Deputy Interior Minister", c.Disagreements)
	}
}
