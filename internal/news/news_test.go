package news

import (
	"testing"
	"time"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestADateIsPrintedAndReadBackTheSame(t *testing.T) {
	for _, tt := range []struct {
		date Date
		want string
	}{
		{Date{}, ""},
		{Date{Time: at("2026-02-27T00:00:00Z"), DayOnly: true}, "2026-02-27"},
		{Date{Time: at("2026-02-27T14:05:06+05:00")}, "2026-02-27T14:05:06+05:00"},
	} {
		if got := tt.date.String(); got != tt.want {
			t.Errorf("String() = %q, want %q", got, tt.want)
		}
		back, err := ParseDate(tt.want)
		if err != nil || !back.Time.Equal(tt.date.Time) || back.DayOnly != tt.date.DayOnly {
			t.Errorf("ParseDate(%q) = %v, %v; want %v", tt.want, back, err, tt.date)
		}
	}
	if _, err := ParseDate("yesterday"); err == nil {
		t.Error("ParseDate took a date that is none")
	}
}

func TestTheWindowIsARelationOfTwoArticles(t *testing.T) {
	seen := at("2026-03-01T00:00:00Z")
	dated := func(published string) Marked { return Marked{Published: Date{Time: at(published)}, Seen: seen} }
	undated := func(seen string) Marked { return Marked{Seen: at(seen)} }
	seed := func(seen string) Marked { return Marked{Seen: at(seen), Seed: true} }
	for _, tt := range []struct {
		name string
		a, b Marked
		want bool
	}{
		{"both dated, seven days apart", dated("2026-02-01T00:00:00Z"), dated("2026-02-08T00:00:00Z"), true},
		{"both dated, a second more", dated("2026-02-01T00:00:00Z"), dated("2026-02-08T00:00:01Z"), false},
		{"both dated, seen together, published far apart", dated("2025-02-01T00:00:00Z"), dated("2026-02-01T00:00:00Z"), false},
		{"one undated, seen together", dated("2025-02-01T00:00:00Z"), undated("2026-03-05T00:00:00Z"), true},
		{"one undated, seen far apart", dated("2026-02-01T00:00:00Z"), undated("2026-03-09T00:00:00Z"), false},
		{"undated seeds, seen years apart", seed("2020-01-01T00:00:00Z"), seed("2026-01-01T00:00:00Z"), true},
		{"a seed and a feed's article, undated, seen far apart", seed("2020-01-01T00:00:00Z"), undated("2026-01-01T00:00:00Z"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, back := tt.a.InWindow(tt.b), tt.b.InWindow(tt.a); got != tt.want || back != tt.want {
				t.Errorf("InWindow = %v, and back %v; want %v", got, back, tt.want)
			}
		})
	}
}

func TestAKeyCarriesItsWeight(t *testing.T) {
	a, b := MakeKey(0xabcdef0123456789, 7), MakeKey(0xabcdef0123456780, 7)
	if a.Weight() != 7 {
		t.Errorf("weight %d, want 7", a.Weight())
	}
	if a != b {
		t.Errorf("the low four bits of a hash count: %x, %x", a, b)
	}
}
