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
	File   ModelFile
	terms  termTable
	stops  *stopIndex
	places *placeIndex
	words  *markLists
	stamp  [stampBytes]byte
}

// ModelFile is the learned part of the model, as model.json holds it.
type ModelFile struct {
	Version   int      `json:"version"`
	Trained   string   `json:"trained"`   // the day
	On        []string `json:"on"`        // the files that it was trained on
	Signals   []string `json:"signals"`   // the names of the signals, by index
	Floor     float64  `json:"floor"`     // the least score of Pair that makes an edge
	Threshold float64  `json:"threshold"` // what two stories must agree on average to be joined
	Silence   float64  `json:"silence"`   // what a pair says that is no edge
	// Pair scores two articles by themselves; Set scores them within their neighbourhood.
	Pair Forest `json:"pair"`
	Set  Forest `json:"set"`
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

// NewModel makes a model of its two files. It refuses a model whose signals are not this program's.
func NewModel(f ModelFile, terms []byte) (*Model, error) {
	if f.Version != sketchVersion {
		return nil, fmt.Errorf("model is of version %d, the program of %d", f.Version, sketchVersion)
	}
	if len(f.Signals) != int(numSignals) {
		return nil, fmt.Errorf("model knows %d signals, the program %d", len(f.Signals), numSignals)
	}
	for i, n := range f.Signals {
		if n != signalNames[i] {
			return nil, fmt.Errorf("signal %d is %q in the model and %q in the program", i, n, signalNames[i])
		}
	}
	for _, t := range append(f.Pair.Trees[:len(f.Pair.Trees):len(f.Pair.Trees)], f.Set.Trees...) {
		for _, i := range [3]uint8{t.Root, t.Low, t.High} {
			if i >= uint8(numSignals) {
				return nil, fmt.Errorf("model names signal %d of %d", i, numSignals)
			}
		}
	}
	tt, err := readTerms(terms)
	if err != nil {
		return nil, err
	}
	stops, places := newStopIndex(), newPlaceIndex()
	return &Model{File: f, terms: tt, stops: stops, places: places, words: newMarkLists(stops, places), stamp: stampOf(terms)}, nil
}
