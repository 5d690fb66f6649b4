package normalize

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"wirefold/internal/news"
)

// TestDisagreementsOfLabelledMeetings lists what would be shown for each gold event of the labelled meetings, for a reader
// to judge (-v), and counts how many of the recorded contradictions are among it.
func TestDisagreementsOfLabelledMeetings(t *testing.T) {
	allFound, allRecorded := 0, 0
	for _, name := range []string{"meetings", "meetings2"} {
		f, err := os.Open("../../shared/events/" + name + ".dev.jsonl")
		if err != nil {
			t.Skip("../shared/events is not beside the project: the labelled meetings are not compared")
		}
		defer f.Close()
		events, notes := make(map[string][]news.Article), make(map[string]string)
		var order []string
		for sc := bufio.NewScanner(f); sc.Scan(); {
			var d struct{ ID, Title, Text, Published, Source, Lang, Event, Note string }
			if err := json.Unmarshal(sc.Bytes(), &d); err != nil {
				t.Fatal(err)
			}
			date, _ := news.ParseDate(d.Published)
			a := news.Article{Key: news.ArticleKey(d.ID), Title: d.Title, Headline: d.Title, Text: d.Text, Outlet: d.Source, Lang: d.Lang, Published: date}
			ExtractFacts(&a)
			if events[d.Event] == nil {
				order = append(order, d.Event)
			}
			events[d.Event] = append(events[d.Event], a)
			if strings.Contains(d.Note, "disagree") {
				notes[d.Event] += d.ID + ": " + d.Note + "; "
			}
		}
		recorded, found, shown := 0, 0, 0
		for _, e := range order {
			c := Tell(news.Step{Members: events[e]}, Preferences{})
			if notes[e] != "" {
				recorded++
				if len(c.Disagreements) > 0 {
					found++
				}
			}
			if len(c.Disagreements) == 0 && notes[e] == "" {
				continue
			}
			t.Logf("%s  %s", e, notes[e])
			for _, d := range c.Disagreements {
				shown++
				t.Logf("      %s %q update=%v", d.Kind, d.About, d.Update)
				for _, s := range d.Sides {
					t.Logf("            %s %v", s.Value, s.Articles)
				}
			}
		}
		t.Logf("%s: %d shown; %d of %d events with a recorded contradiction show something", name, shown, found, recorded)
		allFound, allRecorded = allFound+found, allRecorded+recorded
	}
	if 5*allFound < 3*allRecorded {
		t.Errorf("%d of %d recorded contradictions are found: fewer than 60 %%", allFound, allRecorded)
	}
}
