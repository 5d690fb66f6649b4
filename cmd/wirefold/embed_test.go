//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wirefold/internal/store/storetest"
)

// embedService is an embedding service on this machine: the vector of a text is a random one, but texts of one event, which
// begin alike, have nearly the same.
type embedService struct {
	*httptest.Server
	texts  atomic.Int64 // that were asked for
	broken atomic.Bool
	hangs  atomic.Pointer[chan bool] // gets word of each request, which is then never answered
}

func newEmbedService(t *testing.T) *embedService {
	s := &embedService{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked := s.hangs.Load(); asked != nil {
			if _, err := io.Copy(io.Discard, r.Body); err != nil { // only then does a server notice that the client is gone
				t.Error(err)
			}
			*asked <- true
			<-r.Context().Done()
			return
		}
		if s.broken.Load() {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		var q struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.Header.Get("Authorization") != "Bearer sesame" {
			t.Errorf("asked wrongly: %v, %v", err, r.Header)
		}
		type item struct {
			Index     int       `json:"index"`
			Embedding []float64 `json:"embedding"`
		}
		var data []item
		for i, text := range q.Input {
			s.texts.Add(1)
			h := fnv.New64a()
			h.Write([]byte(text[:10]))
			v, rnd := make([]float64, 256), rand.New(rand.NewPCG(h.Sum64(), 1))
			for k := range v {
				v[k] = rnd.NormFloat64()
			}
			data = append(data, item{i, v})
		}
		json.NewEncoder(w).Encode(map[string]any{"data": data}) // the client is there
	}))
	t.Cleanup(s.Close)
	return s
}

// embedded is an installation that asks the service, and runs in this process.
type embedded struct {
	*faulty
	a   *app
	out bytes.Buffer
}

func newEmbedded(t *testing.T, s *embedService) *embedded {
	t.Helper()
	e := &embedded{faulty: newFaulty(t, fmt.Sprintf("fetch: {allow: [%q]}\nembedding: {url: \"%s/v1\", model: small, token_file: token, unrelated: 0.1, same: 0.9}\n", strings.TrimPrefix(s.URL, "http://"), s.URL))}
	if err := os.WriteFile(e.path("token"), []byte("sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e.a = &app{Stdin: strings.NewReader(""), Stdout: &e.out, Stderr: &e.out, Getenv: func(string) string { return "" }, Now: time.Now}
	return e
}

// write puts the k-th telling of an event into the desk's folder.
func (e *embedded) write(name string, event, k int) {
	e.t.Helper()
	title, text := e.vocab.Telling(uint64(event), uint64(k), tellingWords)
	if err := os.WriteFile(e.path("desk/"+name), []byte(title+"\n\n"+text), 0o600); err != nil {
		e.t.Fatal(err)
	}
}

func (e *embedded) do(want int, args ...string) string {
	e.t.Helper()
	e.out.Reset()
	if got := run(e.t.Context(), e.a, append(args, "-c", e.config)); got != want {
		e.t.Fatalf("wirefold %v: exit %d, want %d\n%s", args, got, want, e.out.String())
	}
	return e.out.String()
}

// Each article is asked for once, its vector is data of it from then on: it is shown by explain, and goes along with a
// backup and a move to the other engine. A new text is asked for anew.
func TestAnEmbeddingServiceAddsASignal(t *testing.T) {
	t.Parallel()
	s := newEmbedService(t)
	e := newEmbedded(t, s)
	e.write("1.txt", 500, 0)
	e.write("2.txt", 500, 1)
	if out := e.do(0, "refresh"); out != "" || s.texts.Load() != 2 {
		t.Fatalf("the refresh asked for %d texts, want 2, and said %q", s.texts.Load(), out)
	}
	const says = "meaning, by the embedding service"
	explained := e.do(0, "explain", "desk/1.txt", "desk/2.txt")
	if !strings.Contains(explained, says) {
		t.Errorf("explain says nothing of it:\n%s", explained)
	}
	var x struct {
		Score   float64
		Signals []struct {
			Name                string
			Value, Contribution float64
		}
	}
	if err := json.Unmarshal([]byte(e.do(0, "explain", "--json", "desk/1.txt", "desk/2.txt")), &x); err != nil {
		t.Fatal(err)
	}
	sum, found := 0.0, false
	for _, g := range x.Signals {
		sum += g.Contribution
		found = found || g.Name == says && g.Contribution >= -1.5 && g.Contribution <= 1.5
	}
	if d := sum - x.Score; !found || d > 1e-9 || d < -1e-9 {
		t.Errorf("signals sum to %v, the score is %v: %+v", sum, x.Score, x.Signals)
	}
	if e.do(0, "refresh"); s.texts.Load() != 2 {
		t.Errorf("a refresh without news asked for %d texts more", s.texts.Load()-2)
	}
	e.write("2.txt", 501, 0)
	if e.do(0, "refresh"); s.texts.Load() != 3 {
		t.Errorf("a new text: %d texts were asked for in all, want 3", s.texts.Load())
	}
	explained = e.do(0, "explain", "desk/1.txt", "desk/2.txt")

	copied, dsn, back := e.path("copy.db"), storetest.StartPostgres(t).NewDSN(t), e.path("back.db")
	e.do(0, "backup", copied)
	for _, move := range [][2]string{{copied, dsn}, {dsn, back}} {
		if got := run(t.Context(), e.a, []string{"migrate", move[0], move[1]}); got != 0 {
			t.Fatalf("migrate: exit %d\n%s", got, e.out.String())
		}
	}
	for _, store := range []string{dsn, back} {
		e.a.Getenv = func(name string) string { return map[string]string{"WIREFOLD_STORE": store}[name] }
		if diff := cmp.Diff(explained, e.do(0, "explain", "desk/1.txt", "desk/2.txt")); diff != "" || !strings.Contains(explained, says) {
			t.Errorf("explained from %s (-before +after):\n%s", store, diff)
		}
		if out := e.do(0, "integrity"); out != "ok\n" {
			t.Errorf("integrity of %s: %s", store, out)
		}
	}
}

// A service that fails costs its signal: one line, and the same stories as if there had never been one.
func TestAnEmbeddingServiceThatFailsCostsOnlyItsSignal(t *testing.T) {
	t.Parallel()
	s := newEmbedService(t)
	s.broken.Store(true)
	e := newEmbedded(t, s)
	for i := range 6 {
		e.write(fmt.Sprintf("%d.txt", i), 500+i/2, i%2)
	}
	out := e.do(0, "refresh")
	if strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "wirefold: embedding service: it answered HTTP 404; 6 articles are grouped without it") || strings.Contains(out, "sesame") {
		t.Errorf("the refresh said %q, want one line", out)
	}
	e.do(0, "publish", "--out", e.path("with"))
	text, err := os.ReadFile(e.config)
	if err != nil {
		t.Fatal(err)
	}
	without, _, _ := strings.Cut(string(text), "embedding:")
	if err := os.WriteFile(e.config, []byte(without), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(e.path("data")); err != nil {
		t.Fatal(err)
	}
	e.do(0, "refresh")
	e.do(0, "publish", "--out", e.path("without"))
	if diff := cmp.Diff(e.stories("without"), e.stories("with")); diff != "" {
		t.Errorf("stories (-without +with a service that fails):\n%s", diff)
	}
	// When it is well again, what comes then has vectors; what is there stays as it is.
	if err := os.WriteFile(e.config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s.broken.Store(false)
	e.write("new.txt", 600, 0)
	if out := e.do(0, "refresh"); out != "" || s.texts.Load() != 1 {
		t.Errorf("the next refresh said %q and asked for %d texts, want 1", out, s.texts.Load())
	}
	// A server says it in its log, and serves what came.
	s.broken.Store(true)
	server := e.serve(nil)
	before := server.articles()
	e.write("newer.txt", 601, 0)
	server.reload()
	server.says("embedding service: it answered HTTP 404; 1 articles are grouped without it")
	server.await("publishes the article", func() bool { return server.articles() == before+1 })
	server.end()
}

// A refresh that is ended while it waits for the service is silent, and stores no article without its vector for that.
func TestARefreshEndsWhileItWaitsForTheEmbeddingService(t *testing.T) {
	t.Parallel()
	s := newEmbedService(t)
	e := newEmbedded(t, s)
	asked := make(chan bool, 1)
	s.hangs.Store(&asked)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-asked
		stop()
	}()
	if got := run(ctx, e.a, []string{"refresh", "-c", e.config}); got != 0 || e.out.Len() > 0 {
		t.Errorf("exit %d, it said %q; want a silent 0", got, e.out.String())
	}
	s.hangs.Store(nil)
	if e.do(0, "refresh"); s.texts.Load() != 2 {
		t.Errorf("the next refresh asked for %d texts, want 2", s.texts.Load())
	}
}
