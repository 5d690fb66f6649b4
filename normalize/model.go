package normalize

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed model.json
var modelJSON []byte

//go:embed model_terms.bin
var modelTerms []byte

// Model is everything that grouping has learned: how rare words are, and how signals of two articles speak for or
// against one event. It never changes after it was made, so it is safe for concurrent use.
type Model struct {
	File         ModelFile
	terms        termTable
	stops        *stopIndex
	places       *placeIndex
	words        *markLists
	known, scant judge
	stamp        [stampBytes]byte
}

// ModelFile is the learned part of the model, as model.json holds it.
type ModelFile struct {
	Version   int      `json:"version"`
	Trained   string   `json:"trained"`   // the day
	On        []string `json:"on"`        // the files that it was trained on
	Signals   []string `json:"signals"`   // the names of the signals, by index
	Threshold float64  `json:"threshold"` // what the score of a join must exceed
	Silence   float64  `json:"silence"`   // what a pair says that is no edge
	Joins     []string `json:"joins"`     // the names of the signals of a join, by index
	// Known judges where enough is known of two texts, Scant where it is not: both are bare headlines, or both in languages that the term table does not know.
	Known Judge `json:"known"`
	Scant Judge `json:"scant"`
}

// Load gives the embedded model. It is made once and shared.
func Load() *Model { return loadOnce() }

// A model that is embedded and does not load is a broken build, not an error that a caller could handle.
var loadOnce = sync.OnceValue(func() *Model {
	var f ModelFile
	if err := json.Unmarshal(modelJSON, &f); err != nil {
		panic(fmt.Sprintf("embedded model.json: %v", err))
	}
	m, err := NewModel(f, modelTerms)
	if err != nil {
		panic(fmt.Sprintf("embedded model: %v", err))
	}
	return m
})

// floor is the least score that an edge can have.
func (f *ModelFile) floor() float64 { return min(f.Known.Floor, f.Scant.Floor) }

// NewModel makes a model of its two files. It refuses a model whose signals are not this program's.
func NewModel(f ModelFile, terms []byte) (*Model, error) {
	if f.Version != sketchVersion {
		return nil, fmt.Errorf("model is of version %d, the program of %d", f.Version, sketchVersion)
	}
	if err := sameNames("signal", f.Signals, signalNames[:]); err != nil {
		return nil, err
	}
	if err := sameNames("signal of a join", f.Joins, joinNames()); err != nil {
		return nil, err
	}
	for _, j := range []*Judge{&f.Known, &f.Scant} {
		if err := j.check(); err != nil {
			return nil, err
		}
	}
	tt, err := readTerms(terms)
	if err != nil {
		return nil, err
	}
	stops, places := newStopIndex(), newPlaceIndex()
	return &Model{File: f, terms: tt, stops: stops, places: places, words: newMarkLists(stops, places), stamp: stampOf(terms), known: newJudge(&f.Known), scant: newJudge(&f.Scant)}, nil
}

// sameNames refuses a model whose signals are not this program's.
func sameNames(what string, have, want []string) error {
	if len(have) != len(want) {
		return fmt.Errorf("model knows %d %ss, the program %d", len(have), what, len(want))
	}
	for i, n := range have {
		if n != want[i] {
			return fmt.Errorf("%s %d is %q in the model and %q in the program", what, i, n, want[i])
		}
	}
	return nil
}
