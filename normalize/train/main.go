// Command train learns the model of normalize from labelled articles:
//
//	go run ./normalize/train [-o DIR] FILE…
//
// It prints the table of nested cross-validation by event and writes model.json and model_terms.bin into DIR (default: normalize). It uses
// no clock, no network and no chance: the same files give the same model.
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
	flag.Parse()
	if err := run(*out, *date, *seeds, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(dir, date, seeds string, paths []string) error {
	files := map[string][]line{}
	var names []string
	for _, p := range paths {
		ls, err := readFile(p)
		if err != nil {
			return err
		}
		files[p] = ls
		names = append(names, filepath.Base(p))
	}
	tt := terms(files, paths)
	m, err := normalize.NewModel(normalize.ModelFile{Version: normalize.Version, Signals: normalize.SignalNames(), Joins: normalize.JoinNames()}, tt)
	if err != nil {
		return fmt.Errorf("make an empty model: %w", err)
	}
	var sets []*set
	start := time.Now()
	for _, p := range paths {
		if len(files[p]) == 0 {
			continue
		}
		for _, s := range setsOf(p, files[p]) {
			s.prepare(m)
			sets = append(sets, s)
			fmt.Fprintf(os.Stderr, "%s: %d articles, %d candidate pairs, recall %.4f (%.1fs)\n", s.name, len(s.as), len(s.bench.Pairs), s.recall(), time.Since(start).Seconds())
		}
	}
	ss, err := seedSets(seeds)
	if err != nil {
		return err
	}
	for _, s := range append(ss, madeSets()...) {
		s.prepare(m)
		sets = append(sets, s)
	}
	names = append(names, "seeds")
	f, joins := learn(sets)
	f.On, f.Trained = names, date
	f.Version, f.Signals, f.Joins = normalize.Version, normalize.SignalNames(), normalize.JoinNames()
	report(sets, &joins)
	if dir == "" {
		return nil
	}
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "model.json"), b, 0o644); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "model_terms.bin"), tt, 0o644); err != nil {
		return fmt.Errorf("write term table: %w", err)
	}
	return nil
}
