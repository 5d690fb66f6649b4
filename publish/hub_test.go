package publish

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wirefold/internal/news"
)

// book keeps subscriptions in memory.
type book struct {
	mu      sync.Mutex
	by      map[string]news.Subscription
	changed chan struct{} // told of every change
}

func newBook() *book {
	return &book{by: map[string]news.Subscription{}, changed: make(chan struct{}, 100)}
}

func (b *book) Subscriptions(context.Context) ([]news.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []news.Subscription
	for _, s := range b.by {
		out = append(out, s)
	}
	return out, nil
}

func (b *book) SaveSubscription(_ context.Context, s news.Subscription) error {
	b.mu.Lock()
	b.by[s.Topic+" "+s.Callback] = s
	b.mu.Unlock()
	b.changed <- struct{}{}
	return nil
}

func (b *book) DeleteSubscription(_ context.Context, topic, callback string) error {
	b.mu.Lock()
	delete(b.by, topic+" "+callback)
	b.mu.Unlock()
	b.changed <- struct{}{}
	return nil
}

func (b *book) only(t *testing.T) news.Subscription {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.by) != 1 {
		t.Fatalf("%d subscriptions, want 1", len(b.by))
	}
	for _, s := range b.by {
		return s
	}
	return news.Subscription{}
}

// push is what a subscriber received.
type push struct {
	header http.Header
	body   string
	form   url.Values
}

// subscriber answers verifications and takes deliveries.
type subscriber struct {
	*httptest.Server
	confirm atomic.Bool
	status  atomic.Int32
	asked   chan url.Values
	got     chan push
}

func newSubscriber(t *testing.T) *subscriber {
	s := &subscriber{asked: make(chan url.Values, 100), got: make(chan push, 100)}
	s.confirm.Store(true)
	s.status.Store(204)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if s.confirm.Load() {
				io.WriteString(w, r.URL.Query().Get("hub.challenge")) //nolint:errcheck
			}
			s.asked <- r.URL.Query()
			return
		}
		b, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(b))
		w.WriteHeader(int(s.status.Load()))
		s.got <- push{r.Header, string(b), form}
	}))
	t.Cleanup(s.Close)
	return s
}

// hubbed is a publisher with a running hub.
type hubbed struct {
	*Publisher
	f    *fake
	book *book
	h    http.Handler
	now  time.Time
	mu   sync.Mutex
}

func newHubbed(t *testing.T, topicHub string) *hubbed {
	x := newResting(t, topicHub)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { x.hub.run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	return x
}

// newResting is newHubbed with a hub that does nothing by itself.
func newResting(t *testing.T, topicHub string) *hubbed {
	t.Helper()
	x := &hubbed{f: lively(), book: newBook(), now: t0.Add(time.Hour)}
	o := options(x.f)
	o.Topics[0].Hub = topicHub
	o.Subscriptions = x.book
	o.Client = &http.Client{}
	o.Now = func() time.Time {
		x.mu.Lock()
		defer x.mu.Unlock()
		return x.now
	}
	x.Publisher = newPublisher(t, o)
	x.h = x.Handler()
	if err := x.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *hubbed) subscribe(form url.Values) int {
	r := httptest.NewRequest("POST", "/hub", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	x.h.ServeHTTP(w, r)
	return w.Code
}

// change makes something happen in the topic; significantly, or not.
func (x *hubbed) change(t *testing.T, significant bool) {
	t.Helper()
	x.mu.Lock()
	x.now = x.now.Add(time.Hour)
	now := x.now
	x.mu.Unlock()
	x.f.mu.Lock()
	s := x.f.stories["fairfairfairfair"]
	s.Life.Touched = now
	s.Account.Headline += "!"
	if significant {
		s.Life.Updated = now
	}
	x.f.stories[s.ID] = s
	x.f.touch("sea", now)
	x.f.mu.Unlock()
	if err := x.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.hub.out.wake()
}

const selfURL = "https://example.org/news/topics/sea/feed.atom"

func subscription(callback string) url.Values {
	return url.Values{"hub.mode": {"subscribe"}, "hub.topic": {selfURL}, "hub.callback": {callback}, "hub.secret": {"s3cret"}, "hub.lease_seconds": {"20000"}}
}

func TestASubscriberIsVerifiedAndToldOfSignificantChanges(t *testing.T) {
	x := newHubbed(t, "builtin")
	sub := newSubscriber(t)
	if code := x.subscribe(subscription(sub.URL + "/cb?a=1")); code != 202 {
		t.Fatalf("subscribe: %d", code)
	}
	q := <-sub.asked
	if q.Get("a") != "1" || q.Get("hub.mode") != "subscribe" || q.Get("hub.topic") != selfURL || q.Get("hub.lease_seconds") != "20000" || len(q.Get("hub.challenge")) < 32 {
		t.Errorf("asked %v", q)
	}
	<-x.book.changed
	if s := x.book.only(t); !s.Expires.Equal(t0.Add(time.Hour+20000*time.Second)) || s.Secret != "s3cret" {
		t.Errorf("stored %+v", s)
	}

	x.change(t, false)
	x.change(t, true)
	got := <-sub.got
	<-x.book.changed
	if len(sub.got) != 0 {
		t.Errorf("a quiet change was pushed")
	}
	body := string(read(t, ask(x.h, "GET", atomPath)))
	if got.body != body {
		t.Errorf("other bytes than the feed's were pushed:\n%s", got.body)
	}
	mac := hmac.New(sha256.New, []byte("s3cret"))
	mac.Write([]byte(body))
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); got.header.Get("X-Hub-Signature") != want {
		t.Errorf("signature %s, want %s", got.header.Get("X-Hub-Signature"), want)
	}
	if link := got.header.Get("Link"); link != `<https://example.org/news/hub>; rel="hub", <`+selfURL+`>; rel="self"` {
		t.Errorf("Link %s", link)
	}
	if kind := got.header.Get("Content-Type"); kind != kindAtom {
		t.Errorf("Content-Type %s", kind)
	}

	form := subscription(sub.URL + "/cb?a=1")
	form.Set("hub.mode", "unsubscribe")
	if code := x.subscribe(form); code != 202 {
		t.Fatalf("unsubscribe: %d", code)
	}
	<-sub.asked
	<-x.book.changed
	if len(x.book.by) != 0 {
		t.Errorf("still subscribed")
	}
}

func TestWhoDoesNotConfirmIsNotSubscribed(t *testing.T) {
	x := newHubbed(t, "builtin")
	no, yes := newSubscriber(t), newSubscriber(t)
	no.confirm.Store(false)
	x.subscribe(subscription(no.URL))
	<-no.asked
	x.subscribe(subscription(yes.URL))
	<-yes.asked
	<-x.book.changed
	if s := x.book.only(t); s.Callback != yes.URL {
		t.Errorf("subscribed: %s", s.Callback)
	}
}

func TestWhatTheHubRefuses(t *testing.T) {
	x := newHubbed(t, "builtin")
	with := func(k, v string) url.Values {
		f := subscription("https://cb.example/")
		f.Set(k, v)
		return f
	}
	for name, form := range map[string]url.Values{
		"no mode": with("hub.mode", ""), "to publish": with("hub.mode", "publish"), "another topic": with("hub.topic", "https://example.org/news/topics/empty/feed.atom"),
		"a strange topic": with("hub.topic", "https://other.example/feed"), "no callback": with("hub.callback", ""), "a file": with("hub.callback", "file:///etc/passwd"),
		"a password": with("hub.callback", "https://u:p@cb.example/"), "a fragment": with("hub.callback", "https://cb.example/#x"), "a long secret": with("hub.secret", strings.Repeat("x", 200)),
		"no lease": with("hub.lease_seconds", "-1"), "a lease in words": with("hub.lease_seconds", "ten"), "too much": with("hub.callback", "https://cb.example/"+strings.Repeat("x", maxHubForm)),
	} {
		if code := x.subscribe(form); code != 400 {
			t.Errorf("%s: %d", name, code)
		}
	}
}

func TestAHostCannotBeFloodedWithVerifications(t *testing.T) {
	x := newHubbed(t, "builtin")
	hold := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer slow.Close()
	defer close(hold)
	codes := map[int]int{}
	for i := range 50 {
		codes[x.subscribe(subscription(fmt.Sprintf("%s/%d", slow.URL, i)))]++
	}
	if codes[202] != pendingPerHost || codes[429] != 50-pendingPerHost {
		t.Errorf("answers %v", codes)
	}
}

func TestAFailedDeliveryIsTriedAgainLater(t *testing.T) {
	x := newHubbed(t, "builtin")
	sub := newSubscriber(t)
	x.subscribe(subscription(sub.URL))
	<-sub.asked
	<-x.book.changed
	sub.status.Store(500)
	x.change(t, true)
	<-sub.got
	<-x.book.changed
	s := x.book.only(t)
	if s.Failures != 1 || !s.Retry.Equal(x.o.Now().Add(firstRetry)) {
		t.Errorf("after a failure: %+v", s)
	}
	sub.status.Store(200)
	x.mu.Lock()
	x.now = x.now.Add(firstRetry)
	x.mu.Unlock()
	x.hub.out.wake()
	<-sub.got
	<-x.book.changed
	if s := x.book.only(t); s.Failures != 0 || s.Delivered != x.f.stories["fairfairfairfair"].Life.Updated.Unix() {
		t.Errorf("after the second try: %+v", s)
	}
	sub.status.Store(http.StatusGone)
	x.change(t, true)
	<-sub.got
	<-x.book.changed
	if len(x.book.by) != 0 {
		t.Errorf("a subscriber that is gone is kept")
	}
}

// A change that comes while the one before is still on its way follows it, and does not wait for a third.
func TestAChangeDuringADeliveryFollowsIt(t *testing.T) {
	x := newResting(t, "builtin")
	c := x.hub.out
	if err := x.book.SaveSubscription(t.Context(), news.Subscription{Topic: selfURL, Callback: "https://cb.example/", Expires: x.o.Now().AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	round := func() []delivery {
		list, _, err := c.round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	x.change(t, true)
	first := round()
	if len(first) != 1 || len(round()) != 0 || c.due() {
		t.Fatalf("of one change %v is delivered, or it is delivered twice", first)
	}
	x.change(t, true)
	if list := round(); len(list) != 0 {
		t.Fatalf("%v is delivered beside the first", list)
	}
	if !c.due() {
		t.Error("nobody looks again for the second change")
	}
}

func TestBackoffDoublesAndEnds(t *testing.T) {
	s := news.Subscription{}
	var waits []time.Duration
	for range maxFailures - 1 {
		s = failed(s, 7, t0)
		waits = append(waits, s.Retry.Sub(t0))
	}
	if waits[0] != time.Minute || waits[1] != 2*time.Minute || waits[6] != 64*time.Minute || s.Delivered != 0 {
		t.Errorf("waits %v, then %+v", waits, s)
	}
	if s = failed(s, 7, t0); s.Delivered != 7 || s.Failures != 0 || !s.Retry.IsZero() {
		t.Errorf("after the last try: %+v", s)
	}
}

func TestAnExternalHubIsPingedForSignificantChangesOnly(t *testing.T) {
	hub := newSubscriber(t)
	x := newHubbed(t, hub.URL)
	if d := readAtom(t, x.Publisher, atomPath); d.link("hub") != hub.URL {
		t.Errorf("the feed names the hub %q", d.link("hub"))
	}
	if code := x.subscribe(subscription("https://cb.example/")); code != 400 {
		t.Errorf("a subscription that belongs to the other hub: %d", code)
	}
	for x.seen() == 0 { // what was published before is not pinged
		x.hub.out.wake()
	}
	x.change(t, false)
	x.change(t, true)
	urls := map[string]bool{}
	for range len(pushedKinds) * len(formats) {
		p := <-hub.got
		if p.form.Get("hub.mode") != "publish" {
			t.Errorf("ping %v", p.form)
		}
		urls[p.form.Get("hub.url")] = true
	}
	if !urls[selfURL] || len(urls) != 6 || len(hub.got) != 0 {
		t.Errorf("pinged %v and %d more", urls, len(hub.got))
	}
}

// seen is how many pings the courier remembers.
func (x *hubbed) seen() int {
	x.hub.out.mu.Lock()
	defer x.hub.out.mu.Unlock()
	return len(x.hub.out.pings)
}

func TestASubscriptionEndsWithItsLease(t *testing.T) {
	x := newHubbed(t, "builtin")
	if err := x.book.SaveSubscription(t.Context(), news.Subscription{Topic: selfURL, Callback: "https://cb.example/", Expires: t0}); err != nil {
		t.Fatal(err)
	}
	<-x.book.changed
	x.change(t, true)
	<-x.book.changed
	if len(x.book.by) != 0 {
		t.Errorf("it is kept")
	}
}
