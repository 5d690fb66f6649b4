package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

const fourArticles = `{"id":"a","title":"Quake of magnitude 6.1 hits Lisbon","text":"An earthquake of magnitude 6.1 struck Lisbon on Monday, the Portuguese institute IPMA said. Mayor Carlos Moedas asked residents to stay outside.","published":"2026-03-02T10:00:00Z","lang":"en","event":"quake"}
{"id":"b","title":"Lisbon shaken by 6.1 earthquake","text":"Lisbon was shaken by a magnitude 6.1 earthquake on Monday, Portugal's IPMA said.","published":"2026-03-02T11:00:00Z","lang":"en","event":"quake"}
{"id":"c","title":"Oslo opens new tram line","text":"A new tram line opened in Oslo on Monday. Transport chief Kari Nordmann cut the ribbon.","published":"2026-03-02","lang":"en","event":"tram"}
{"id":"d","title":"","text":"","published":"","lang":"","event":"none"}
`

// answered runs the program, which must end with 0, and gives the JSON objects that it printed.
func answered(t *testing.T, args ...string) []map[string]any {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{Stdin: strings.NewReader(fourArticles), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now}
	if code := run(t.Context(), a, args); code != exitDone || errs.Len() > 0 {
		t.Fatalf("%v ended with %d: %s", args, code, errs.String())
	}
	var objects []map[string]any
	for d := json.NewDecoder(&out); d.More(); {
		var o map[string]any
		if err := d.Decode(&o); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, o)
	}
	return objects
}

func keysOf(o map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(o)), " ") }

// Scripts rely on these names (docs/design.md section 6).
func TestGroupingPrintsTheFieldsOfTheContract(t *testing.T) {
	file := write(t, "articles.jsonl", fourArticles)
	for _, o := range answered(t, "group", file) {
		if keysOf(o) != "id story" {
			t.Errorf("group printed %v", o)
		}
	}
	for _, o := range answered(t, "eval", "--json", file) {
		if got, want := keysOf(o), "articles_per_s b3 candidate_recall docs events file floor_f1 pair"; got != want {
			t.Errorf("eval printed %q, want %q", got, want)
		}
		for _, k := range []string{"b3", "pair"} {
			if m, ok := o[k].(map[string]any); !ok || keysOf(m) != "f1 p r" {
				t.Errorf("eval printed %q as %v", k, o[k])
			}
		}
	}
	x := answered(t, "explain", "--in", file, "a", "b", "--json")[0]
	if got, want := keysOf(x), "candidates decided_by same_story score signals threshold"; got != want {
		t.Errorf("explain printed %q, want %q", got, want)
	}
}

func TestContributionsThatArePrintedSumToTheScoreThatIsPrinted(t *testing.T) {
	file := write(t, "articles.jsonl", fourArticles)
	for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}, {"a", "c"}, {"c", "d"}} {
		x := answered(t, "explain", "--in", file, pair[0], pair[1], "--json")[0]
		sum, bias := 0.0, 0
		for _, s := range x["signals"].([]any) {
			signal := s.(map[string]any)
			if keysOf(signal) != "contribution name value" {
				t.Errorf("a signal is printed as %v", signal)
			}
			if signal["name"] == "bias" {
				bias++
			}
			sum += signal["contribution"].(float64)
		}
		if bias != 1 || math.Abs(sum-x["score"].(float64)) > 1e-9 {
			t.Errorf("%v: contributions with %d bias sum to %v, the score is %v", pair, bias, sum, x["score"])
		}
	}
}

func TestEveryOrderOfTheInputGivesTheSameStories(t *testing.T) {
	lines := strings.SplitAfter(strings.TrimSuffix(fourArticles, "\n")+"\n", "\n")[:4]
	want := map[string]any{}
	for _, o := range answered(t, "group") {
		want[o["id"].(string)] = o["story"]
	}
	for i := range lines {
		turned := slices.Concat(lines[i:], lines[:i])
		slices.Reverse(turned)
		for _, o := range answered(t, "group", write(t, "turned.jsonl", strings.Join(turned, ""))) {
			if o["story"] != want[o["id"].(string)] {
				t.Errorf("order %d: %v, want story %v", i, o, want[o["id"].(string)])
			}
		}
	}
}
