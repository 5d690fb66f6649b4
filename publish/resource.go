package publish

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"wirefold/internal/news"
)

const (
	// renderEvery is the least time between two renderings of one document, however often its topic changes.
	renderEvery = time.Second
	// renderTimeout bounds one rendering: a store that hangs must not hang a reader for ever.
	renderTimeout = 10 * time.Second
)

// content is one rendered document, before it has headers.
type content struct {
	body     []byte
	kind     string    // media type with charset
	modified time.Time // newest real change in it
	status   int       // 0 = 200
	location string    // of a redirect
	noindex  bool
}

// stamp says which state a document was rendered from. Equal stamps need no second rendering.
type stamp struct {
	store, topic int64 // numbers of generations
	at           int64 // when the store, or the topic, came to it: a store that was restored counts on from an older number
	extra        int64
}

// resource is a document at a path: rendered on demand, at most once per stamp and once a second, by the request that
// asks first, while all others are served the old bytes.
type resource struct {
	route  string // for metrics: "feed", "page" …
	feed   bool   // readable across origins
	render func(ctx context.Context) (content, error)
	stamp  func(s *stamps) stamp
	link   []string // the Link header, nil = none
	// restless is set when it shows what changes without a generation.
	restless bool

	now atomic.Pointer[snapshot]
	mu  sync.Mutex
	// busy is closed when the rendering under way is done; nil = none is.
	busy chan struct{}
	// err is how the last rendering failed, nil = it did not; failed is when.
	err    error
	failed time.Time
}

// snapshot is a document as it is served for one state.
type snapshot struct {
	*document
	stamp stamp
	at    time.Time // when it was rendered
}

// document is content with its header values, made once.
type document struct {
	content
	lm    time.Time // Last-Modified
	forms [encodings]form
	// before is the document that this one took the place of: what is asked for in an encoding that is being made is answered
	// from it. nil = there is none, or nobody needs it any more.
	before atomic.Pointer[document]
}

// form is a document in one encoding. Its bytes are made on the first request for them.
type form struct {
	etag   string
	header fields
	mu     sync.Mutex
	making atomic.Bool // somebody compresses
	wire   atomic.Pointer[wire]
}

// wire is what goes over the wire.
type wire struct {
	body   []byte
	length []string // the Content-Length header
	asking
}

// get is the snapshot to serve for the state s: the one of that state, or older bytes while another request renders it
// or when it was rendered less than a second ago. exact waits instead and never takes older bytes.
func (r *resource) get(ctx context.Context, p *Publisher, s *stamps, exact bool) (*snapshot, error) {
	want := r.stamp(s)
	for {
		if cur := r.now.Load(); cur != nil && cur.stamp == want {
			return cur, nil
		}
		now := p.o.Now()
		r.mu.Lock()
		cur, busy := r.now.Load(), r.busy
		switch {
		case cur != nil && cur.stamp == want:
			r.mu.Unlock()
			return cur, nil
		case !exact && cur != nil && (busy != nil || within(cur.at, now, renderEvery)):
			r.mu.Unlock()
			return cur, nil
		case !exact && busy == nil && r.err != nil && within(r.failed, now, renderEvery):
			defer r.mu.Unlock()
			return nil, r.err
		case busy == nil:
			r.busy = make(chan struct{})
			r.mu.Unlock()
			return r.make(ctx, p, cur, want, now, exact)
		}
		r.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// within reports whether now is less than d after at. A clock that was set back counts as long ago.
func within(at, now time.Time, d time.Duration) bool {
	since := now.Sub(at)
	return since >= 0 && since < d
}

// make renders for the caller and for all who wait. The reader that asked first may go away: the others still want it.
func (r *resource) make(ctx context.Context, p *Publisher, cur *snapshot, want stamp, now time.Time, exact bool) (*snapshot, error) {
	var c content
	err := errBroken
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		close(r.busy)
		r.busy, r.err, r.failed = nil, err, now
	}()
	defer p.work()()
	rctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renderTimeout)
	defer cancel()
	c, err = r.render(rctx)
	if err == nil {
		p.metrics.rendered(r.route)
		next := p.conf.Load().snapshot(r, c, cur, want, now)
		r.now.Store(next)
		return next, nil
	}
	missing := errors.Is(err, news.ErrNotFound)
	if !missing {
		p.metrics.failed(r.route)
	}
	if cur == nil || exact || missing {
		return nil, err
	}
	p.o.Log.Error("cannot render; the old bytes are served on", "route", r.route, "error", err)
	// Tried again in a second, not by every request.
	old := cur.restamped(cur.stamp, now)
	r.now.Store(old)
	return old, nil
}

// errBroken stands for a rendering that never ended.
var errBroken = errors.New("the rendering broke off")

// snapshot gives content its header values. Bytes that did not change keep their encodings and their Last-Modified.
func (cf *config) snapshot(r *resource, c content, old *snapshot, want stamp, at time.Time) *snapshot {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	if old != nil && old.status == c.status && old.location == c.location && string(old.body) == string(c.body) {
		return old.restamped(want, at)
	}
	s := &document{content: c, lm: c.modified.UTC().Truncate(time.Second)}
	if s.lm.IsZero() {
		s.lm = time.Unix(0, 0).UTC()
	}
	// Two states within one second must not share a Last-Modified: who validates by date alone would miss the second.
	if old != nil && !s.lm.After(old.lm) {
		s.lm = old.lm.Add(time.Second)
	}
	sum := sha256.Sum256(c.body)
	name := base64.RawURLEncoding.EncodeToString(sum[:12])
	for e := range s.forms {
		s.forms[e].etag = `"` + name + suffixes[e] + `"`
		s.forms[e].header = cf.fields(r, s, encoding(e))
	}
	if old != nil && old.status == c.status {
		old.before.Store(nil) // one is enough
		s.before.Store(old.document)
	}
	return &snapshot{document: s, stamp: want, at: at}
}

// restamped is the same document for another state.
func (s *snapshot) restamped(want stamp, at time.Time) *snapshot {
	return &snapshot{document: s.document, stamp: want, at: at}
}

// inHand is the document to answer from in an encoding: this one, or the one before it while somebody makes its bytes.
func (d *document) inHand(e encoding) *document {
	f := &d.forms[e]
	if old := d.before.Load(); old != nil && f.wire.Load() == nil && old.forms[e].wire.Load() != nil && f.making.Load() {
		return old
	}
	return d
}

// encode makes the bytes of an encoding on the first request for them; everybody else waits for it.
func (d *document) encode(compress func(encoding, []byte) ([]byte, error), e encoding, m *metrics) (*wire, error) {
	f := &d.forms[e]
	if w := f.wire.Load(); w != nil {
		return w, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if w := f.wire.Load(); w != nil {
		return w, nil
	}
	f.making.Store(true)
	defer f.making.Store(false)
	b, err := compress(e, d.body)
	if err != nil {
		return nil, fmt.Errorf("encode as %s: %w", names[e], err)
	}
	if e != identity {
		m.compressed(e)
	}
	w := &wire{body: b, length: []string{strconv.Itoa(len(b))}}
	f.wire.Store(w)
	d.letGo()
	return w, nil
}

// letGo forgets the document before this one once it has nothing left that would be missed.
func (d *document) letGo() {
	old := d.before.Load()
	if old == nil {
		return
	}
	for e := range d.forms {
		if d.forms[e].wire.Load() == nil && old.forms[e].wire.Load() != nil {
			return
		}
	}
	d.before.Store(nil)
}
