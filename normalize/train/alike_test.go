package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestLookAlikesDifferInNamesAndNumbersOnly(t *testing.T) {
	var ls []line
	for e := range 40 {
		for k := range 2 {
			ls = append(ls, line{
				ID: fmt.Sprint(e, "-", k), Event: fmt.Sprint(e), Title: fmt.Sprintf("Court jails Karla Vint%d for %d days", e, 11+e),
				Text: fmt.Sprintf("On Monday a court in Vint%d sent Karla Vint%d to prison for %d days because of the bribes that it had seen paid.", e, e, 11+e),
			})
		}
	}
	likes := map[string]map[string]bool{} // of each event
	changed := 0
	for _, l := range alike(ls, 1) {
		of := labelled(l.Event)
		if likes[of] == nil {
			likes[of] = map[string]bool{}
		}
		likes[of][l.Event] = true
		if !strings.HasPrefix(l.Title, "Court jails ") || !strings.Contains(l.Title, " for ") || !strings.HasSuffix(l.Title, " days") {
			t.Errorf("the look-alike %q has lost the common words", l.Title)
		}
		if strings.HasSuffix(l.Event, alikeOf+"0") != strings.HasSuffix(l.Title, "for "+fmt.Sprint(11+eventNumber(t, of))+" days") {
			changed++
		}
	}
	many := 0
	for e, ks := range likes {
		if len(ks) > mostAlike {
			t.Errorf("event %s has %d look-alikes", e, len(ks))
		}
		many += len(ks)
	}
	// One number in ninety is replaced by itself.
	if len(likes) != 40 || many < 80 || changed > 6 {
		t.Errorf("%d look-alikes of %d events, %d of which have the number of another", many, len(likes), changed)
	}
}

func eventNumber(t *testing.T, of string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(of, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
