package main

import (
	"fmt"
	"testing"
)

// What a model of one half is measured on must be news to it: every event is in one half, and each fold has events of both.
func TestHalvesShareNoEvent(t *testing.T) {
	files := map[string][]line{}
	for e := range 200 {
		for range 1 + e%3 {
			files["a.jsonl"] = append(files["a.jsonl"], line{Event: fmt.Sprint("event", e)})
		}
	}
	first, second := half(files, 0)["a.jsonl"], half(files, 1)["a.jsonl"]
	if len(first)+len(second) != len(files["a.jsonl"]) {
		t.Fatalf("%d and %d lines of %d", len(first), len(second), len(files["a.jsonl"]))
	}
	in := map[string]bool{}
	var perFold [2][folds]int
	for _, l := range first {
		in[l.Event] = true
		perFold[0][foldOf(l.Event)]++
	}
	for _, l := range second {
		if in[l.Event] {
			t.Fatalf("%s is in both halves", l.Event)
		}
		perFold[1][foldOf(l.Event)]++
	}
	for h, ns := range perFold {
		for f, n := range ns {
			if n < len(files["a.jsonl"])/(4*folds) {
				t.Errorf("half %d has %d articles of fold %d", h, n, f)
			}
		}
	}
}
