//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Twice a year a day has 23 or 25 hours: one hour is missing, or comes twice. The schedule asks no feed too early or too
// late for that, every article is told once, the digest of that day holds what was told on it, and a machine that lives in
// another time zone publishes the same bytes.
func TestSummerTimeComesAndGoes(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		day   time.Time
		hours time.Duration
	}{
		{"an hour is missing", time.Date(2026, 3, 29, 0, 0, 0, 0, berlin), 23 * time.Hour},
		{"an hour comes twice", time.Date(2026, 10, 25, 0, 0, 0, 0, berlin), 25 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			local := newSummer(t, tt.day, tt.hours, berlin)
			local.live()
			local.onTime()
			local.digest()
			far := newSummer(t, tt.day, tt.hours, time.UTC)
			far.live()
			if diff := cmp.Diff(local.site(), far.site()); diff != "" {
				t.Errorf("a machine that lives in UTC publishes something else (-Berlin +UTC):\n%s", diff)
			}
		})
	}
}

// summer is an installation on the day of the change, and one outlet that has news whenever it is asked.
type summer struct {
	*faulty
	now   time.Time
	day   time.Time
	hours time.Duration
	asked []time.Time
	items []string
}

const summerInterval = time.Hour

func newSummer(t *testing.T, day time.Time, hours time.Duration, machine *time.Location) *summer {
	t.Helper()
	s := &summer{day: day, hours: hours, now: day.Add(-3 * time.Hour).In(machine)}
	outlet := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(s.asked)
		s.asked = append(s.asked, s.now)
		title, text := s.vocab.Telling(uint64(1000+n), 0, tellingWords)
		s.items = append(s.items, fmt.Sprintf("<item><guid>%d</guid><title>%s</title><link>http://outlet.example/%d</link><pubDate>%s</pubDate><description>%s</description></item>",
			n, html.EscapeString(title), n, s.now.Format(time.RFC1123Z), html.EscapeString(text)))
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(n)))
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, "<rss version=\"2.0\"><channel><title>Outlet</title><link>http://outlet.example/</link>%s</channel></rss>", strings.Join(s.items, ""))
	}))
	t.Cleanup(outlet.Close)
	address := strings.TrimPrefix(outlet.URL, "http://")
	s.faulty = newFaulty(t, fmt.Sprintf("  - {id: outlet, url: \"http://outlet.example/feed\", interval: %s, backfill: true, proxy: %q}\nfetch: {allow: [%q, \"outlet.example:80\"]}\n", summerInterval, outlet.URL, address))
	return s
}

// live refreshes from the evening before to the morning after, often around the change.
func (s *summer) live() {
	s.t.Helper()
	var out bytes.Buffer
	a := &app{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: s.getenv, Now: func() time.Time { return s.now }}
	do := func(args ...string) {
		s.t.Helper()
		if got := run(s.t.Context(), a, append(args, "-c", s.config)); got != 0 || out.Len() > 0 {
			s.t.Fatalf("wirefold %v at %s: exit %d\n%s", args, s.now, got, out.String())
		}
	}
	for end := s.day.Add(s.hours + 3*time.Hour); s.now.Before(end); {
		do("refresh")
		step := 3 * time.Hour
		if since := s.now.Sub(s.day); since > -time.Hour && since < 5*time.Hour {
			step = 20 * time.Minute
		}
		s.now = s.now.Add(step)
	}
	do("publish", "--out", s.path("site"))
}

func (s *summer) getenv(name string) string {
	if name == "WIREFOLD_SITE_TIMEZONE" {
		return "Europe/Berlin"
	}
	return ""
}

// site are the published files. The list of what was written names the configuration, in which the outlets' ports differ.
func (s *summer) site() map[string]string {
	files := filesOf(s.t, s.path("site"))
	delete(files, "/.wirefold-site.json")
	return files
}

// onTime looks at when the outlet was asked.
func (s *summer) onTime() {
	s.t.Helper()
	const latest = summerInterval + summerInterval/10 + 20*time.Minute
	around := 0
	for i := 1; i < len(s.asked); i++ {
		gap := s.asked[i].Sub(s.asked[i-1])
		if gap < summerInterval {
			s.t.Errorf("asked at %s and again after %s", s.asked[i-1], gap)
		}
		if from, to := s.asked[i-1].Sub(s.day), s.asked[i].Sub(s.day); from > 0 && to < 5*time.Hour {
			around++
			if gap > latest {
				s.t.Errorf("asked at %s and then only after %s", s.asked[i-1], gap)
			}
		}
	}
	if around < 2 {
		s.t.Errorf("asked %d times around the change: nothing was proven", around)
	}
}

// digest compares the day's digest, and the feed of all, with what was told.
func (s *summer) digest() {
	s.t.Helper()
	read := func(name string) map[string]jsonEntry {
		s.t.Helper()
		var doc struct{ Items []jsonEntry }
		if err := json.Unmarshal([]byte(filesOf(s.t, filepath.Join(s.path("site"), "topics/all"))["/"+name]), &doc); err != nil {
			s.t.Fatal(err)
		}
		entries := map[string]jsonEntry{}
		for _, e := range doc.Items {
			entries[e.ID] = e
		}
		if len(entries) != len(doc.Items) {
			s.t.Errorf("%d entries of %s have %d ids", len(doc.Items), name, len(entries))
		}
		return entries
	}
	if got, want := len(read("all.json")), len(s.items)+s.told; got != want {
		s.t.Errorf("%d articles are told, want %d", got, want)
	}
	told := 0
	for _, at := range s.asked {
		if at.In(s.day.Location()).YearDay() == s.day.YearDay() {
			told++
		}
	}
	digests := read("digest.json")
	e, ok := digests["tag:faults.example,2026:digest/all/"+s.day.Format(time.DateOnly)]
	if !ok {
		s.t.Fatalf("the day has no digest among %v", digests)
	}
	if n := strings.Count(e.HTML, "<li>"); n != told {
		s.t.Errorf("the digest names %d stories, %d were told on that day:\n%s", n, told, e.HTML)
	}
	if end := s.day.Add(s.hours); !e.Published.Equal(end) {
		s.t.Errorf("the digest is dated %s, the day ended %s", e.Published, end)
	}
}

type jsonEntry struct {
	ID        string    `json:"id"`
	HTML      string    `json:"content_html"`
	Published time.Time `json:"date_published"`
}
