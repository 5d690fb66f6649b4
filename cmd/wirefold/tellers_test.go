package main

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wirefold/internal/testtools/gen"
)

// tellers are outlets on the web, each with a feed that grows.
type tellers struct {
	servers []*httptest.Server
	vocab   *gen.Vocab
	mu      sync.Mutex
	items   [][]string
	asked   [][]time.Time // when each was asked
	slow    time.Duration // how long an answer takes
	asks    chan string   // gets the User-Agent of who asks, when somebody listens
}

// tellerHolds is how many items a teller's feed has, like those of most outlets: what is missed for longer is lost.
const tellerHolds = 30

func newTellers(t *testing.T, n int) *tellers {
	w := &tellers{items: make([][]string, n), asked: make([][]time.Time, n), vocab: gen.NewVocab(50_000, 1.05)}
	for i := range n {
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.mu.Lock()
			w.asked[i] = append(w.asked[i], time.Now())
			items := slices.Clone(w.items[i])
			w.mu.Unlock()
			select {
			case w.asks <- r.UserAgent():
			default:
			}
			select {
			case <-r.Context().Done():
				return
			case <-time.After(w.slow):
			}
			tag := fmt.Sprintf("%q", strconv.Itoa(len(items)))
			rw.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				rw.WriteHeader(http.StatusNotModified)
				return
			}
			if r.URL.RawQuery == "" {
				items = items[max(0, len(items)-tellerHolds):]
			}
			rw.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(rw, "<rss version=\"2.0\"><channel><title>Web %d</title><link>http://web%d.example/</link>%s</channel></rss>", i, i, strings.Join(items, "\n"))
		}))
		t.Cleanup(s.Close)
		w.servers = append(w.servers, s)
	}
	return w
}

func (w *tellers) hosts() (quoted []string) {
	for _, s := range w.servers {
		quoted = append(quoted, strconv.Quote(strings.TrimPrefix(s.URL, "http://")))
	}
	return quoted
}

// tellingWords is the length of a telling: long enough that the matcher knows tellings of one event from all others.
const tellingWords = 200

// seed is what a seed file tells of an event.
func (w *tellers) seed(event int) string {
	title, text := w.vocab.Telling(uint64(event), 0, tellingWords)
	return title + "\n\n" + text + "\n"
}

// tell lets a teller publish telling k of an event; another teller for each k.
func (w *tellers) tell(event, k int) {
	title, text := w.vocab.Telling(uint64(event), uint64(k), tellingWords)
	i := (event + 5*k) % len(w.items)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.items[i] = append(w.items[i], fmt.Sprintf("<item><guid>%d-%d</guid><title>%s</title><link>http://web%d.example/%d</link><pubDate>%s</pubDate><description>%s</description></item>",
		event, k, html.EscapeString(title), i, event, time.Now().UTC().Format(time.RFC1123Z), html.EscapeString(text)))
}
