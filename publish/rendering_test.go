package publish

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wirefold/internal/news"
)

// counted is a publisher with a clock and a count of what was rendered.
func counted(t *testing.T) (*Publisher, *fake, *time.Time) {
	f, now := lively(), t0.Add(time.Hour)
	o := options(f)
	o.Now = func() time.Time { return now }
	return newPublisher(t, o), f, &now
}

func (p *Publisher) renders(route string) int { return value(p.metrics.renders.WithLabelValues(route)) }

func TestADocumentIsRenderedOncePerGenerationAndOnDemand(t *testing.T) {
	p, f, now := counted(t)
	h := p.Handler()
	for range 5 {
		ask(h, "GET", atomPath)
		ask(h, "GET", atomPath, "Accept-Encoding", "gzip")
	}
	if n, z := p.renders("feed"), value(p.metrics.compressions.WithLabelValues("gzip")); n != 1 || z != 1 || f.reads != 1 {
		t.Errorf("%d renderings, %d compressions and %d readings for one generation", n, z, f.reads)
	}

	// Another topic's change leaves this one alone.
	f.touch("land", now.Add(time.Minute))
	*now = now.Add(time.Minute)
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask(h, "GET", atomPath)
	if n := p.renders("feed"); n != 1 {
		t.Errorf("%d renderings after another topic changed", n)
	}

	// A change is seen with the next poll, by the first who asks.
	before := ask(h, "GET", atomPath)
	s := f.stories["fairfairfairfair"]
	s.Account.Headline = "Harvest fair, second day"
	f.stories[s.ID] = s
	f.touch("sea", now.Add(time.Second))
	*now = now.Add(time.Second)
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := ask(h, "GET", atomPath)
	if n := p.renders("feed"); n != 2 || after.Header.Get("Etag") == before.Header.Get("Etag") {
		t.Errorf("%d renderings, ETag %s after %s", n, after.Header.Get("Etag"), before.Header.Get("Etag"))
	}
	if after.Header.Get("Last-Modified") <= before.Header.Get("Last-Modified") {
		t.Errorf("Last-Modified %s for other bytes than those of %s", after.Header.Get("Last-Modified"), before.Header.Get("Last-Modified"))
	}

	// A second change within the second waits; after it, it is there.
	s.Account.Headline = "Harvest fair, third day"
	f.stories[s.ID] = s
	f.touch("sea", now.Add(time.Millisecond))
	*now = now.Add(time.Millisecond)
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := ask(h, "GET", atomPath); r.Header.Get("Etag") != after.Header.Get("Etag") {
		t.Errorf("rendered twice within a second")
	}
	*now = now.Add(time.Second)
	if r := ask(h, "GET", atomPath); r.Header.Get("Etag") == after.Header.Get("Etag") {
		t.Errorf("the old bytes are still served after a second")
	}
}

func TestAChangeThatShowsNothingKeepsTheAnswer(t *testing.T) {
	p, f, now := counted(t)
	h := p.Handler()
	before := ask(h, "GET", atomPath, "Accept-Encoding", "br")
	f.touch("sea", now.Add(time.Hour))
	*now = now.Add(time.Hour)
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := ask(h, "GET", atomPath, "Accept-Encoding", "br")
	for _, name := range []string{"Etag", "Last-Modified"} {
		if before.Header.Get(name) != after.Header.Get(name) {
			t.Errorf("%s moved from %s to %s", name, before.Header.Get(name), after.Header.Get(name))
		}
	}
	if z := value(p.metrics.compressions.WithLabelValues("br")); z != 1 {
		t.Errorf("the same bytes were compressed %d times", z)
	}
}

func TestOldBytesAreServedWhileTheStoreIsAway(t *testing.T) {
	p, f, now := counted(t)
	h := p.Handler()
	before := read(t, ask(h, "GET", atomPath))
	f.touch("sea", now.Add(time.Hour))
	*now = now.Add(time.Hour)
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.err = errors.New("disk on fire")
	for range 3 {
		if r := ask(h, "GET", atomPath); r.StatusCode != 200 || !bytes.Equal(read(t, r), before) {
			t.Errorf("status %d while the store is away", r.StatusCode)
		}
	}
	if n := value(p.metrics.failures.WithLabelValues("feed")); n != 1 {
		t.Errorf("the store was asked %d times within a second", n)
	}
	if r := ask(h, "GET", "/topics/sea/updates.atom"); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" {
		t.Errorf("what was never rendered: %d", r.StatusCode)
	}
	f.err = nil
	*now = now.Add(time.Second)
	if r := ask(h, "GET", "/topics/sea/updates.atom"); r.StatusCode != 200 {
		t.Errorf("after the store is back: %d", r.StatusCode)
	}
}

// slow is a store whose reading of entries waits.
type slow struct {
	*fake
	gate chan struct{}
}

func (s slow) Entries(ctx ctxt, slug string, limit int) ([]news.Story, error) {
	<-s.gate
	return s.fake.Entries(ctx, slug, limit)
}

func TestOthersAreServedOldBytesWhileOneRenders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := slow{lively(), make(chan struct{}, 1)}
		o := options(st)
		o.Now = time.Now
		p := newPublisher(t, o)
		h := p.Handler()
		st.gate <- struct{}{}
		old := ask(h, "GET", atomPath).Header.Get("Etag")

		s := st.stories["fairfairfairfair"]
		s.Account.Headline = "Other"
		st.stories[s.ID] = s
		st.touch("sea", t0.Add(2*time.Hour))
		time.Sleep(2 * time.Second)
		if err := p.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var first string
		wg.Go(func() { first = ask(h, "GET", atomPath).Header.Get("Etag") })
		synctest.Wait() // the first one is rendering
		for range 10 {
			if tag := ask(h, "GET", atomPath).Header.Get("Etag"); tag != old {
				t.Errorf("another reader got %s, want the old %s", tag, old)
			}
		}
		st.gate <- struct{}{}
		wg.Wait()
		if first == old || p.renders("feed") != 2 {
			t.Errorf("who asked first got %s after %d renderings", first, p.renders("feed"))
		}
	})
}

func TestPollingIsReadyOnlyWhenTheStoreAnswers(t *testing.T) {
	f := lively()
	f.err = errors.New("not yet")
	p := newPublisher(t, options(f))
	h := p.Handler()
	if r := ask(h, "GET", "/readyz"); r.StatusCode != 503 {
		t.Errorf("ready with %d before the store was read", r.StatusCode)
	}
	f.err = nil
	if err := p.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := ask(h, "GET", "/readyz"); r.StatusCode != 200 {
		t.Errorf("%d after the store was read", r.StatusCode)
	}
}

// What takes long is told to whoever shares out the processors, with its end, also when it fails; an answer from finished bytes is not.
func TestRenderingAndCompressingAreWork(t *testing.T) {
	f := lively()
	o := options(f)
	began, ended := 0, 0
	o.Work = func() (done func()) {
		began++
		return func() { ended++ }
	}
	p := newPublisher(t, o)
	h := p.Handler()
	after := func(what string, want int) {
		t.Helper()
		if began != want || ended != want {
			t.Errorf("%s: %d began and %d ended, want %d", what, began, ended, want)
		}
	}
	ask(h, "GET", atomPath)
	after("a document and its plain form", 2)
	ask(h, "GET", atomPath, "Accept-Encoding", "gzip")
	after("its compressed form", 3)
	for range 5 {
		ask(h, "GET", atomPath)
		ask(h, "GET", atomPath, "Accept-Encoding", "gzip")
	}
	after("finished bytes", 3)
	f.err = errors.New("disk gone")
	ask(h, "GET", "/topics/empty/feed.atom")
	after("a document that cannot be made", 4)
}
