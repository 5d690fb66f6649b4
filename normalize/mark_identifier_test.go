package normalize

import (
	"slices"
	"testing"

	"wirefold/internal/news"
)

func TestIdentifiersWithAHyphen(t *testing.T) {
	for text, want := range map[string]string{
		"a hole, CVE-2026-6482: heap": "cve-2026-6482", "An F-16 fell": "f-16", "the virus SARS-CoV-2 is": "sars-cov-2", "a Covid-19 test": "covid-19",
		"In mid-2024 the top-10": "", "Mid-2024 was": "", "on Oct-12-2025": "", "Leeds 2-1 York": "", "Jean-Luc met 3": "", "the G-7 - 12 men": "g-7", "from A- 12": "",
		"X-1-2-3-4-5 and on": "x-1-2-3",
	} {
		got := ""
		ws := readWords(nil, text, inBody, maxWords)
		for i := range ws {
			if fold, _ := identifier(ws, i); fold != "" {
				got += fold
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTwoIdentifiersWithOneBeginningAreNotInCommon(t *testing.T) {
	a, b := news.Article{Title: "DSA-6000-1 libpng security update"}, news.Article{Title: "DSA-6001-1 OpenSSH security update"}
	if c := Load().InCommon(&a, &b); slices.Contains(c.Both, "DSA-6000-1") || !slices.Contains(c.Both, "security") {
		t.Errorf("both have %q", c.Both)
	}
	a2, b2 := news.Article{Title: "Pilot dies as a Mig-29 falls"}, news.Article{Title: "Pilot saved as a Mig-31 falls"}
	if c := Load().InCommon(&a2, &b2); slices.Contains(c.Both, "Mig-29") || !slices.Contains(c.Both, "Pilot") {
		t.Errorf("of two aircraft, both have %q", c.Both)
	}
	if c := Load().InCommon(&a, &a); !slices.Contains(c.Both, "DSA-6000-1") {
		t.Errorf("of itself, it has %q", c.Both)
	}
}
