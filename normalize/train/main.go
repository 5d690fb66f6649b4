// Command train learns the model of normalize from labelled articles:
//
//	go run ./normalize/train [-o DIR] FILE…
//
// It prints the table of nested cross-validation by event and writes model.json and model_terms.bin into DIR (default: normalize). It uses
// no clock, no network and no chance: the same files give the same model. With -halves it writes nothing, and measures how a model groups events that it never saw.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"wirefold/normalize"
)

func main() {
	out := flag.String("o", "normalize", "directory of model.json and model_terms.bin; empty: only the table")
	date := flag.String("date", "", "the day to write into the model file")
	seeds := flag.String("seeds", "seeds", "directory of the five seeds")
	halves := flag.Bool("halves", false, "write nothing; learn from one half of the events and group the other half by the model that comes of it, and the reverse")
	flag.Parse()
	var err error
	if *halves {
		err = learnHalves(*seeds, flag.Args())
	} else {
		err = learnAll(*out, *date, *seeds, flag.Args())
	}
	if err != nil {
		log.Fatal(err)
	}
}

// learnAll learns from all files and writes the model.
func learnAll(dir, date, seeds string, paths []string) error {
	files, err := readFiles(paths)
	if err != nil {
		return err
	}
	t, err := learnFrom(files, paths, seeds)
	if err != nil {
		return err
	}
	report(t.sets, &t.joins)
	if dir == "" {
		return nil
	}
	for _, p := range paths {
		t.file.On = append(t.file.On, filepath.Base(p))
	}
	t.file.On, t.file.Trained = append(t.file.On, "seeds"), date
	b, err := json.Marshal(t.file)
	if err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "model.json"), b, 0o644); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "model_terms.bin"), t.terms, 0o644); err != nil {
		return fmt.Errorf("write term table: %w", err)
	}
	return nil
}

// trained is what a training gives.
type trained struct {
	file  normalize.ModelFile
	terms []byte
	joins joiners
	sets  []*set
}

// learnFrom learns from labelled articles by their path, taken in the order of paths.
func learnFrom(files map[string][]line, paths []string, seeds string) (*trained, error) {
	c := takeCensus(files, paths)
	t := &trained{terms: c.table()}
	m, err := normalize.NewModel(normalize.ModelFile{Version: normalize.Version, Signals: normalize.SignalNames(), Joins: normalize.JoinNames()}, t.terms)
	if err != nil {
		return nil, fmt.Errorf("make an empty model: %w", err)
	}
	start := time.Now()
	for _, p := range paths {
		if len(files[p]) == 0 {
			continue
		}
		for _, s := range setsOf(p, files[p]) {
			s.prepare(m, c)
			t.sets = append(t.sets, s)
			fmt.Fprintf(os.Stderr, "%s: %d articles, %d candidate pairs, recall %.4f (%.1fs)\n", s.name, len(s.as), len(s.bench.Pairs), s.recall(), time.Since(start).Seconds())
		}
	}
	ss, err := seedSets(seeds)
	if err != nil {
		return nil, err
	}
	for _, s := range append(ss, madeSets()...) {
		s.prepare(m, c)
		t.sets = append(t.sets, s)
	}
	t.file, t.joins = learn(t.sets)
	t.file.Version, t.file.Signals, t.file.Joins = normalize.Version, normalize.SignalNames(), normalize.JoinNames()
	return t, nil
}
