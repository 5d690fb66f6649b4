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
	pair   *walker
	set    *walker
	join   *walker
	stamp  [stampBytes]byte
}

// ModelFile is the learned part of the model, as model.json holds it.
type ModelFile struct {
	Version   int      `json:"version"`
	Trained   string   `json:"trained"`   // the day
	On        []string `json:"on"`        // the files that it was trained on
	Signals   []string `json:"signals"`   // the names of the signals, by index
	Floor     float64  `json:"floor"`     // the least score of Pair that makes an edge
	Threshold float64  `json:"threshold"` // what the score of a join must exceed
	Silence   float64  `json:"silence"`   // what a pair says that is no edge
	Joins     []string `json:"joins"`     // the names of the signals of a join, by index
	// Pair scores two articles by themselves; Set scores them within their neighbourhood; Join scores two stories.
	Pair Forest `json:"pair"`
	Set  Forest `json:"set"`
	Join Forest `json:"join"`
	// Trace is the rejection trace of Pair, or nil: for every stride of trees, what the score of a pair must be by then to go on to Floor.
	Trace []float64 `json:"trace"`
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
	if err := sameNames("signal", f.Signals, signalNames[:]); err != nil {
		return nil, err
	}
	if err := sameNames("signal of a join", f.Joins, joinNames()); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		f Forest
		n int
	}{{f.Pair, int(firstSetSignal)}, {f.Set, int(numSignals)}, {f.Join, numJoin}} {
		for _, t := range x.f.Trees {
			for _, q := range t.Ask {
				if int(q.Signal) >= x.n {
					return nil, fmt.Errorf("model names signal %d of %d", q.Signal, x.n)
				}
			}
		}
	}
	if n := strides(&f.Pair); f.Trace != nil && len(f.Trace) != n {
		return nil, fmt.Errorf("model has a rejection trace of %d looks, its trees need %d", len(f.Trace), n)
	}
	tt, err := readTerms(terms)
	if err != nil {
		return nil, err
	}
	stops, places := newStopIndex(), newPlaceIndex()
	return &Model{File: f, terms: tt, stops: stops, places: places, words: newMarkLists(stops, places), stamp: stampOf(terms), pair: newWalker(&f.Pair, f.Trace, f.Floor), set: newWalker(&f.Set, nil, 0), join: newWalker(&f.Join, nil, 0)}, nil
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
