package main

import (
	"context"
	"database/sql"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wirefold/internal/store"
)

type leaseKey struct{}

// lease STORE: takes the lock of refreshes, as another process that refreshes would, until unlease.
func takeLease(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "lease STORE", len(args) == 1)
	ctx := context.Background()
	s, err := store.Open(ctx, ts.MkAbs(args[0]), store.Options{})
	ts.Check(err)
	l, err := s.Lease(ctx, refreshLease, time.Minute)
	ts.Check(err)
	free := func() {
		ts.Check(l.Release(ctx))
		ts.Check(s.Close())
	}
	held := ts.Value(leaseKey{}).(*func())
	*held = free
	ts.Defer(func() {
		if *held != nil {
			free()
		}
	})
}

// unlease: gives it back.
func giveLease(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "unlease", len(args) == 0)
	held := ts.Value(leaseKey{}).(*func())
	(*held)()
	*held = nil
}

// newer STORE: makes a store look as if a newer version of the program had written it.
func makeNewer(ts *testscript.TestScript, neg bool, args []string) {
	noNegation(ts, neg, "newer STORE", len(args) == 1)
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec("INSERT INTO schema_steps (number, at) VALUES (9999, 0)")
	ts.Check(err)
}
