package fetch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// vectorsOf answers as an embedding service does: a text's vector is its length and its place.
func vectorsOf(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Model string
		Input []string
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Model == "" || r.URL.Path != "/v1/embeddings" || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	type item struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	var data []item
	for i := range q.Input { // backwards: the index counts, not the order
		k := len(q.Input) - 1 - i
		data = append(data, item{k, []float32{float32(len(q.Input[k])), float32(k)}})
	}
	json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": q.Model, "data": data}) // the client is there
}

// serviceAt is an embedding service on this machine, and a client that may ask it.
func serviceAt(t *testing.T, h http.HandlerFunc) *Embedder {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	e := NewEmbedder(EmbedderOptions{Guard: &Guard{Allow: []string{strings.TrimPrefix(s.URL, "http://")}}, URL: s.URL + "/v1/", Model: "small", Token: "sesame", UserAgent: "Wirefold/test"})
	t.Cleanup(e.Close)
	return e
}

func TestAnEmbeddingServiceIsAskedInBatches(t *testing.T) {
	var mu sync.Mutex
	var sizes []int
	var headers []http.Header
	e := serviceAt(t, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		sizes = append(sizes, strings.Count(string(b), "text "))
		headers = append(headers, r.Header)
		mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(b)))
		vectorsOf(w, r)
	})
	var texts []string
	for i := range 2*embedBatch + 1 {
		texts = append(texts, "text "+strings.Repeat("x", i))
	}
	round := e.Round()
	got := round.Embed(t.Context(), texts)
	if err := round.Err(); err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if diff := cmp.Diff([]float32{float32(5 + i), float32(i % embedBatch)}, v); diff != "" {
			t.Fatalf("vector %d (-want +got):\n%s", i, diff)
		}
	}
	if diff := cmp.Diff([]int{embedBatch, embedBatch, 1}, sizes); diff != "" {
		t.Errorf("texts a request (-want +got):\n%s", diff)
	}
	for _, h := range headers {
		if h.Get("Authorization") != "Bearer sesame" || h.Get("User-Agent") != "Wirefold/test" || h.Get("Content-Type") != "application/json" {
			t.Errorf("header %v", h)
		}
	}
}

// Whatever a service answers costs its signal and nothing else: no vector, one line that says why without the token, and no
// further request in this round.
func TestABadEmbeddingServiceCostsOnlyItsSignal(t *testing.T) {
	say := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, s) } // the client may be gone
	}
	status := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) }
	}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		says   string
	}{
		{"no such model", status(404), "HTTP 404"},
		{"the token is wrong", status(401), "HTTP 401"},
		{"it leads elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/v1/embeddings", http.StatusTemporaryRedirect)
		}, "HTTP 307"},
		{"no JSON", say("<html>"), "not in the form"},
		{"another form", say(`{"data":[{"index":0,"embedding":"AAAA"}]}`), "not in the form"},
		{"no vectors", say(`{}`), "0 vectors to 2 texts"},
		{"too few", say(`{"data":[{"index":0,"embedding":[1]}]}`), "1 vectors to 2 texts"},
		{"one twice", say(`{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`), "wrongly"},
		{"a number that is none of ours", say(`{"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]}`), "wrongly"},
		{"empty ones", say(`{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`), "0 components"},
		{"of two lengths", say(`{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}]}`), "differ in length"},
		{"too long", say(`{"data":[{"index":0,"embedding":[` + strings.Repeat("1,", maxDimensions) + `1]},{"index":1,"embedding":[1]}]}`), "4097 components"},
		{"numbers beyond measure", say(`{"data":[{"index":0,"embedding":[1e999]},{"index":1,"embedding":[1]}]}`), "not in the form"},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			for _, err := io.WriteString(w, `{"data":[`); err == nil; {
				_, err = io.WriteString(w, strings.Repeat(" ", 1<<20))
			}
		}, "too large: more than 8 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int64
			e := serviceAt(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				tt.answer(w, r)
			})
			round := e.Round()
			for range 2 {
				if got := round.Embed(t.Context(), []string{"a", "b"}); got[0] != nil || got[1] != nil || len(got) != 2 {
					t.Errorf("vectors %v", got)
				}
			}
			err := round.Err()
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "4 articles are grouped without it") || strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "\n") {
				t.Errorf("it says %v, want one line with %q", err, tt.says)
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("asked %d times, want once", n)
			}
			if next := e.Round(); next.Err() != nil {
				t.Errorf("the next refresh begins with %v", next.Err())
			}
		})
	}
}

func FuzzTheAnswerOfAnEmbeddingService(f *testing.F) {
	f.Add([]byte(`{"data":[{"index":0,"embedding":[1,-2.5]},{"index":1,"embedding":[1e-3,0]}]}`), 2)
	f.Add([]byte(`{"data":[{"index":-1,"embedding":[1]}]}`), 1)
	f.Add([]byte(`{"data":null}`), 0)
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		n = min(max(n, 0), 2*embedBatch)
		vectors, err := readVectors(raw, n)
		if err != nil {
			return
		}
		if len(vectors) != n {
			t.Fatalf("%d vectors to %d texts", len(vectors), n)
		}
		for _, v := range vectors {
			if len(v) == 0 || len(v) > maxDimensions || len(v) != len(vectors[0]) {
				t.Fatalf("vectors of %d and %d components", len(vectors[0]), len(v))
			}
		}
	})
}

func TestAnEmbeddingServiceInAPrivateNetworkMustBeAllowed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(vectorsOf))
	defer s.Close()
	e := NewEmbedder(EmbedderOptions{Guard: &Guard{}, URL: s.URL + "/v1", Model: "small"})
	round := e.Round()
	if got := round.Embed(t.Context(), []string{"a"}); got[0] != nil || round.Err() == nil || !strings.Contains(round.Err().Error(), "address refused") {
		t.Errorf("%v, %v", got, round.Err())
	}
}

// pipeService is a service on pipes in memory, which a simulated clock can wait for.
func pipeService(t *testing.T, h http.HandlerFunc) (*Embedder, func()) {
	t.Helper()
	conns := make(chan net.Conn)
	s := &http.Server{Handler: h}
	l := &pipeListener{conns: conns, done: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Serve(l) // ends with its listener
	}()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		select {
		case conns <- theirs:
			return ours, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e := NewEmbedder(EmbedderOptions{Guard: &Guard{Allow: []string{"service.example:80"}, Dial: dial}, URL: "http://service.example/v1", Model: "small"})
	return e, func() {
		e.Close()
		s.Close()
		<-ended
	}
}

type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestAnEmbeddingServiceThatIsBusyIsAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(n int, w http.ResponseWriter, r *http.Request)
		asked  int
		took   time.Duration
		says   string // "" = it answered in the end
	}{
		{"busy twice", func(n int, w http.ResponseWriter, r *http.Request) {
			if n < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			vectorsOf(w, r)
		}, 3, 3 * time.Second, ""},
		{"busy and says for how long", func(n int, w http.ResponseWriter, r *http.Request) {
			if n < 2 {
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			vectorsOf(w, r)
		}, 2, 7 * time.Second, ""},
		{"busy for longer than is waited", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		}, 1, 0, "HTTP 429"},
		{"busy for ever", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 3, 3 * time.Second, "HTTP 500"},
		{"silent", func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 3, 3*embedTimeout + 3*time.Second, "no whole answer within 30s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int64
				e, end := pipeService(t, func(w http.ResponseWriter, r *http.Request) {
					n := int(asked.Add(1))
					if n > 1 {
						w.Header()["Date"] = nil
					}
					b, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					r.Body = io.NopCloser(strings.NewReader(string(b)))
					tt.answer(n, w, r)
				})
				defer end()
				round, start := e.Round(), time.Now()
				got := round.Embed(t.Context(), []string{"abc"})
				if took := time.Since(start); took < tt.took || took > tt.took+time.Second {
					t.Errorf("it took %s, want %s", took, tt.took)
				}
				if n := int(asked.Load()); n != tt.asked {
					t.Errorf("asked %d times, want %d", n, tt.asked)
				}
				if err := round.Err(); (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) || (got[0] == nil) != (tt.says != "") {
					t.Errorf("%v, %v; want it to say %q", got, err, tt.says)
				}
			})
		})
	}
}

// A service that answers, but slowly, holds a refresh up for four minutes and no longer.
func TestASlowEmbeddingServiceHoldsARefreshUpForABoundedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, end := pipeService(t, func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			r.Body = io.NopCloser(strings.NewReader(string(b)))
			select {
			case <-r.Context().Done():
			case <-time.After(20 * time.Second): // of the simulated clock
				vectorsOf(w, r)
			}
		})
		defer end()
		round, start := e.Round(), time.Now()
		var work sync.WaitGroup
		var mu sync.Mutex
		got := 0
		for i := range 100 { // feeds
			work.Go(func() {
				for _, v := range round.Embed(t.Context(), []string{fmt.Sprint("text ", i)}) {
					if v != nil {
						mu.Lock()
						got++
						mu.Unlock()
					}
				}
			})
		}
		work.Wait()
		if took := time.Since(start); took > embedRound+time.Second {
			t.Errorf("it took %s", took)
		}
		if want := int(embedRound/(20*time.Second)) * PerHost; got < want-PerHost || got > want {
			t.Errorf("%d vectors, want about %d", got, want)
		}
		if err := round.Err(); err == nil || !strings.Contains(err.Error(), "longer than a refresh waits") {
			t.Errorf("it says %v", err)
		}
	})
}
