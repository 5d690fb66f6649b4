package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// embedBatch is how many texts one request holds: services take hundreds, small machines are busy with thirty for seconds.
	embedBatch = 32
	// embedTimeout bounds one request, embedTries how often it is tried, embedPause the pause before the second try (twice as
	// long before the third).
	embedTimeout = 30 * time.Second
	embedTries   = 3
	embedPause   = time.Second
	// embedPatience is the longest Retry-After that is waited out.
	embedPatience = 10 * time.Second
	// embedRound bounds what one refresh waits for the service in all. It is less than the five minutes for which a refresh
	// holds its feeds.
	embedRound = 4 * time.Minute
	// maxEmbedAnswer bounds an answer: 32 vectors of 4,096 numbers of 20 digits are 3 MB.
	maxEmbedAnswer = 8 << 20
	// maxDimensions bounds a vector.
	maxDimensions = 4096
)

// EmbedderOptions say which service is asked, and how it is reached. All but Token are required.
type EmbedderOptions struct {
	Guard *Guard
	// URL is the base address; the service answers at URL/embeddings.
	URL   string
	Model string
	// Token is the bearer token; "" sends none.
	Token     string
	UserAgent string
}

// Embedder asks an embedding service: any that answers POST {base}/embeddings as OpenAI's does. It is safe for concurrent
// use. Close it when it is no longer used.
type Embedder struct {
	o    EmbedderOptions
	http *http.Client
	free chan struct{} // one for each request that may be under way
}

// NewEmbedder makes an Embedder. It connects to nothing yet.
func NewEmbedder(o EmbedderOptions) *Embedder {
	e := &Embedder{o: o, free: make(chan struct{}, PerHost)}
	e.http = &http.Client{
		Transport: newTransport(PerHost, o.Guard.DialContext, nil),
		// The token and the texts are for this address and no other.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return e
}

// Close ends idle connections.
func (e *Embedder) Close() { e.http.CloseIdleConnections() }

// Round is the use of the service by one refresh. The first failure that repeating does not mend ends it, and so does the
// time that a refresh has for it: what is asked later gets no vector, at once.
func (e *Embedder) Round() *EmbedRound { return &EmbedRound{e: e} }

// EmbedRound is one refresh's use of an Embedder. It is safe for concurrent use.
type EmbedRound struct {
	e     *Embedder
	mu    sync.Mutex
	until time.Time // zero before the first question
	err   error
	left  int
}

// Embed answers with one vector for each text, nil where there is none. It never fails as a call: Err says what went wrong.
func (r *EmbedRound) Embed(ctx context.Context, texts []string) [][]float32 {
	out := make([][]float32, len(texts))
	ctx, cancel := context.WithDeadline(ctx, r.deadline())
	defer cancel()
	for from := 0; from < len(texts); from += embedBatch {
		part := texts[from:min(from+embedBatch, len(texts))]
		if r.Err() != nil {
			r.lost(len(part), nil)
			continue
		}
		vectors, err := r.e.ask(ctx, part)
		if err != nil {
			r.lost(len(part), err)
			continue
		}
		copy(out[from:], vectors)
	}
	return out
}

// Err says what ended the round and how many texts have no vector for it; nil while all is well.
func (r *EmbedRound) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		return nil
	}
	return fmt.Errorf("embedding service: %w; %d articles are grouped without it", r.err, r.left)
}

func (r *EmbedRound) deadline() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until.IsZero() {
		r.until = time.Now().Add(embedRound)
	}
	return r.until
}

func (r *EmbedRound) lost(n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left += n
	if r.err == nil {
		r.err = quiet(err)
	}
}

// ask sends one batch, again after a pause where that may help.
func (e *Embedder) ask(ctx context.Context, texts []string) ([][]float32, error) {
	select {
	case e.free <- struct{}{}:
		defer func() { <-e.free }()
	case <-ctx.Done():
		return nil, errEmbedLate
	}
	body, err := json.Marshal(map[string]any{"model": e.o.Model, "input": texts, "encoding_format": "float"})
	if err != nil {
		return nil, err
	}
	pause := embedPause
	for try := 1; ; try++ {
		vectors, wait, err := e.once(ctx, body, len(texts))
		if err == nil {
			return vectors, nil
		}
		if ctx.Err() != nil {
			return nil, errEmbedLate
		}
		if wait = max(wait, pause); try == embedTries || wait > embedPatience {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, errEmbedLate
		case <-time.After(wait):
		}
		pause *= 2
	}
}

var errEmbedLate = errors.New("it took longer than a refresh waits")

// never is a wait that is too long for everything: trying again would not help.
const never = time.Duration(1<<63 - 1)

// once sends one request. wait is how long to wait at least before it is tried again.
func (e *Embedder) once(ctx context.Context, body []byte, n int) (vectors [][]float32, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, embedTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(e.o.URL, "/")+"/embeddings", bytes.NewReader(body))
	if err != nil {
		return nil, never, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", e.o.UserAgent)
	if e.o.Token != "" {
		req.Header.Set("Authorization", "Bearer "+e.o.Token)
	}
	res, err := e.http.Do(req)
	if err != nil {
		return nil, embedWait(err), embedError(err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		if at := retryAfter(res.Header, time.Now()); !at.IsZero() {
			wait = time.Until(at)
		}
		return nil, wait, fmt.Errorf("it answered HTTP %d", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, never, fmt.Errorf("it answered HTTP %d", res.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxEmbedAnswer+1))
	if err != nil {
		return nil, 0, embedError(err)
	}
	if len(raw) > maxEmbedAnswer {
		return nil, never, fmt.Errorf("its answer is too large: more than %d MiB", maxEmbedAnswer>>20)
	}
	if vectors, err = readVectors(raw, n); err != nil {
		return nil, never, err
	}
	return vectors, 0, nil
}

// embedWait tells what may pass from what will not: an address that the guard refuses stays refused.
func embedWait(err error) time.Duration {
	if errors.Is(err, ErrRefused) {
		return never
	}
	return 0
}

// embedError says what went wrong without the address, which the line names anyway, and which may be long.
func embedError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no whole answer within %s", embedTimeout)
	}
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// readVectors reads an answer to n texts: every one has its vector, all of one length.
func readVectors(raw []byte, n int) ([][]float32, error) {
	var doc struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, errors.New("its answer is not in the form of an embedding service")
	}
	if len(doc.Data) != n {
		return nil, fmt.Errorf("it answered with %d vectors to %d texts", len(doc.Data), n)
	}
	out := make([][]float32, n)
	for _, d := range doc.Data {
		switch {
		case d.Index < 0 || d.Index >= n || out[d.Index] != nil:
			return nil, fmt.Errorf("its answer numbers the vectors wrongly")
		case len(d.Embedding) == 0 || len(d.Embedding) > maxDimensions:
			return nil, fmt.Errorf("a vector of %d components, between 1 and %d are taken", len(d.Embedding), maxDimensions)
		case len(d.Embedding) != len(doc.Data[0].Embedding):
			return nil, errors.New("its vectors differ in length")
		}
		out[d.Index] = d.Embedding
	}
	return out, nil
}
