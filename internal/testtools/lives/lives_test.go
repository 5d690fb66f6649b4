package lives

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"wirefold/internal/testtools/validate"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func options(seed uint64) Options {
	return Options{Seed: seed, Outlets: 7, Start: start, PerHour: 0.5}
}

func TestALifeIsAFunctionOfItsSeed(t *testing.T) {
	a, b, c := New(options(1)), New(options(1)), New(options(2))
	differs := false
	for range 200 {
		x, y, z := a.Next(), b.Next(), c.Next()
		if !reflect.DeepEqual(x, y) {
			t.Fatalf("two lives of one seed differ at %s", x.At)
		}
		differs = differs || !reflect.DeepEqual(x, z)
	}
	if !differs {
		t.Error("two seeds give the same life")
	}
}

// A life in which something never happens proves nothing about it.
func TestALongLifeHasSeenEverything(t *testing.T) {
	l := New(options(3))
	var back, future bool
	var last time.Time
	ops := map[string]bool{}
	for range 1000 {
		m := l.Next()
		back = back || m.At.Before(last)
		future = future || m.At.Sub(last) > 12*time.Hour
		last = m.At
		for _, c := range m.Corrections {
			ops[c.Op] = true
		}
	}
	v := reflect.ValueOf(l.Counts)
	for i := range v.NumField() {
		if v.Field(i).Int() == 0 {
			t.Errorf("no %s in 1,000 refreshes: %+v", v.Type().Field(i).Name, l.Counts)
		}
	}
	if !back || !future || len(ops) != 4 {
		t.Errorf("clock back %v, ahead %v, corrections %v", back, future, ops)
	}
	t.Logf("%+v", l.Counts)
}

func TestGoodAnswersAreWellFormed(t *testing.T) {
	l := New(options(4))
	for range 100 {
		for id, a := range l.Next().Answers {
			if a.Status != 200 || a.ContentType == "text/html" || l.outletDown(string(id)) {
				continue
			}
			if a.ContentType == "application/feed+json" {
				if !json.Valid(a.Body) {
					t.Fatalf("%s is not JSON: %s", id, a.Body)
				}
				continue
			}
			if ps := validate.WellFormed(a.Body); len(ps) > 0 {
				t.Fatalf("%s: %v\n%s", id, ps, a.Body)
			}
		}
	}
}

func (l *Life) outletDown(id string) bool {
	for _, o := range l.outlets {
		if string(o.id) == id {
			return o.down > 0
		}
	}
	return false
}

func TestEveryTellingCarriesItsEventsMarker(t *testing.T) {
	l := New(options(5))
	marked := 0
	for range 50 {
		for _, a := range l.Next().Answers {
			marked += bytes.Count(a.Body, []byte(Marker(0)))
		}
	}
	if marked == 0 {
		t.Error("no article of the first event carries its marker")
	}
	for _, o := range l.outlets {
		for _, a := range o.articles {
			if !a.copied && !strings.Contains(a.text(), Marker(a.event.n)) {
				t.Errorf("an article of event %d lacks its marker: %s", a.event.n, a.text())
			}
		}
	}
}
