package fetch

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wirefold/internal/news"
)

// hub is a WebSub hub with a publisher behind it.
type hub struct {
	*site
	form   url.Values // of the latest request
	refuse bool
	pushes *Pusher
	client *Client
	clock  *clock
	feed   news.Feed
	state  news.FeedState
	pokes  int
	lease  string
}

func newHub(t *testing.T) *hub {
	h := &hub{clock: newClock(), lease: "86400"}
	h.site = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("ETag", `"a"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			feed := strings.Replace(rssOf("one"), "<rss ", `<rss xmlns:atom="http://www.w3.org/2005/Atom" `, 1)
			links := `<atom:link rel="hub" href="` + h.URL + `/hub"/><atom:link rel="self" href="` + h.URL + `/feed"/>`
			_, _ = w.Write([]byte(strings.Replace(feed, "<item>", links+"<item>", 1)))
			return
		}
		if err := r.ParseForm(); err != nil || h.refuse {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		h.form = r.PostForm
		w.WriteHeader(http.StatusAccepted)
	})
	h.client = newTestClient(t, h.clock, nil, h.site)
	h.pushes = NewPusher(h.client, "https://reader.example/push/", func() { h.pokes++ })
	h.feed = feedAt(h.URL + "/feed")
	h.state = h.client.Fetch(t.Context(), h.feed, news.FeedState{}, news.HostState{}, false).State
	return h
}

func (h *hub) tend(t *testing.T) error {
	t.Helper()
	h.form = nil
	return h.pushes.Tend(t.Context(), []news.Feed{h.feed}, map[news.FeedID]news.FeedState{h.feed.ID: h.state})
}

// verify asks the subscriber whether it meant what the hub was asked for.
func (h *hub) verify(mode, topic string) (int, string) {
	q := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"<b>42</b>"}, "hub.lease_seconds": {h.lease}}
	w := httptest.NewRecorder()
	h.pushes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, h.form.Get("hub.callback")+"?"+q.Encode(), nil))
	return w.Code, w.Body.String()
}

func (h *hub) deliver(callback, signature, body string) int {
	r := httptest.NewRequest(http.MethodPost, callback, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/rss+xml")
	r.Header.Set("X-Hub-Signature", signature)
	w := httptest.NewRecorder()
	h.pushes.ServeHTTP(w, r)
	return w.Code
}

func sign(method, secret, body string) string {
	mac := hmac.New(map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}[method], []byte(secret))
	mac.Write([]byte(body))
	return method + "=" + hex.EncodeToString(mac.Sum(nil))
}

func TestAHubsDeliveryTakesThePlaceOfARequest(t *testing.T) {
	h := newHub(t)
	if err := h.tend(t); err != nil || h.form.Get("hub.mode") != "subscribe" || h.form.Get("hub.topic") != h.URL+"/feed" || len(h.form.Get("hub.secret")) < 32 {
		t.Fatalf("the subscription: %v, %v", err, h.form)
	}
	callback, secret := h.form.Get("hub.callback"), h.form.Get("hub.secret")
	body := rssOf("pushed")
	if code := h.deliver(callback, sign("sha256", secret, body), body); code != 202 || h.pokes != 0 {
		t.Errorf("a delivery before the verification: %d, %d pokes", code, h.pokes)
	}
	if code, echo := h.verify("subscribe", h.URL+"/feed"); code != 200 || echo != "<b>42</b>" {
		t.Fatalf("the verification: %d %q", code, echo)
	}
	requests := len(h.requests())
	for i, method := range []string{"sha1", "sha256", "sha384", "sha512"} {
		body := rssOf("pushed by " + method)
		if code := h.deliver(callback, sign(method, secret, body), body); code != 202 || h.pokes != i+1 {
			t.Fatalf("%s: %d, %d pokes", method, code, h.pokes)
		}
		if due, _ := h.client.Due(h.feed, h.state, news.HostState{}, h.clock.now(), Scheduled); !due {
			t.Error("a feed with a delivery is not due")
		}
		got := h.client.Fetch(t.Context(), h.feed, h.state, news.HostState{}, false)
		if got.Status != news.FetchedNew || got.Document.Items[0].Title.Value != "pushed by "+method {
			t.Errorf("%s: %s, %v", method, got.Status, got.Err)
		}
		if got.State.ETag != h.state.ETag || !got.State.NextDue.Equal(h.state.NextDue) || got.State.Push == nil || !got.State.Push.Live {
			t.Errorf("%s: the state of polling changed: %+v", method, got.State)
		}
	}
	if due, _ := h.client.Due(h.feed, h.state, news.HostState{}, h.clock.now(), Scheduled); due || len(h.requests()) != requests {
		t.Errorf("due %v with an empty inbox; %d requests", due, len(h.requests())-requests)
	}
}

func TestOnlySignedDeliveriesCount(t *testing.T) {
	h := newHub(t)
	if err := h.tend(t); err != nil {
		t.Fatal(err)
	}
	callback, secret, body := h.form.Get("hub.callback"), h.form.Get("hub.secret"), rssOf("forged")
	h.verify("subscribe", h.URL+"/feed")
	for name, signature := range map[string]string{
		"none": "", "another secret": sign("sha256", "x", body), "another body": sign("sha256", secret, body+" "), "md5": "md5=00", "not hexadecimal": "sha256=zz", "cut": sign("sha256", secret, body)[:20],
	} {
		if code := h.deliver(callback, signature, body); code != 202 || h.pokes != 0 {
			t.Errorf("%s: %d, %d pokes; want to say nothing and do nothing", name, code, h.pokes)
		}
	}
	if code := h.deliver("https://reader.example/push/guess", sign("sha256", secret, body), body); code != http.StatusGone {
		t.Errorf("an unknown token: %d", code)
	}
	if code := h.deliver(callback, sign("sha256", secret, body), strings.Repeat("x", MaxBody+1)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a delivery that is too large: %d", code)
	}
	for range maxDeliveries {
		h.deliver(callback, sign("sha256", secret, body), body)
	}
	if code := h.deliver(callback, sign("sha256", secret, body), body); code != http.StatusServiceUnavailable {
		t.Errorf("a flood: %d", code)
	}
	h.clock.pass(25 * time.Hour)
	if h.deliver(callback, sign("sha256", secret, body), body); h.pokes != maxDeliveries {
		t.Errorf("a delivery after the lease counted")
	}
}

func TestVerificationIsOfOurOwnIntent(t *testing.T) {
	h := newHub(t)
	if err := h.tend(t); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][2]string{"another topic": {"subscribe", "http://other.example/"}, "an unsubscription": {"unsubscribe", h.URL + "/feed"}, "no mode": {"", h.URL + "/feed"}} {
		if code, _ := h.verify(bad[0], bad[1]); code != http.StatusNotFound {
			t.Errorf("%s: %d", name, code)
		}
	}
	h.clock.pass(2 * time.Hour)
	if code, _ := h.verify("subscribe", h.URL+"/feed"); code != http.StatusNotFound {
		t.Errorf("two hours after we asked: %d", code)
	}
}

func TestLeasesAreRenewedAndPollingGoesOn(t *testing.T) {
	h := newHub(t)
	h.lease = "864000"
	if err := h.tend(t); err != nil {
		t.Fatal(err)
	}
	first := h.form
	h.verify("subscribe", h.URL+"/feed")
	h.clock.pass(25 * time.Hour)
	got := h.client.Fetch(t.Context(), h.feed, h.state, news.HostState{}, false)
	h.state = got.State
	if wait := h.state.NextDue.Sub(h.clock.now()); got.Status != news.FetchedUnchanged || wait < pushInterval || wait > 2*pushInterval {
		t.Errorf("polling with a live subscription: %s, next in %v", got.Status, wait)
	}
	steps := []struct {
		after time.Duration
		asks  bool
	}{{0, false}, {5 * 24 * time.Hour, false}, {3 * 24 * time.Hour, true}, {time.Hour, false}}
	for i, st := range steps {
		h.clock.pass(st.after)
		if err := h.tend(t); err != nil || (h.form != nil) != st.asks {
			t.Errorf("step %d: asked %v, %v", i, h.form, err)
		}
		if h.form != nil && (h.form.Get("hub.callback") != first.Get("hub.callback") || h.form.Get("hub.secret") != first.Get("hub.secret")) {
			t.Errorf("step %d: a renewal with another callback or secret", i)
		}
		if h.form != nil {
			h.verify("subscribe", h.URL+"/feed")
		}
	}
	h.clock.pass(24 * time.Hour)
	h.state = h.client.Fetch(t.Context(), h.feed, h.state, news.HostState{}, false).State
	// A server that starts again knows the subscription from the stored state, and still takes deliveries.
	h.pushes = NewPusher(h.client, "https://reader.example/push/", func() { h.pokes++ })
	if code := h.deliver(first.Get("hub.callback"), "", ""); code != http.StatusServiceUnavailable {
		t.Errorf("a delivery before the store was read: %d", code)
	}
	if err := h.tend(t); err != nil || h.form != nil {
		t.Errorf("after a restart it asked again: %v %v", h.form, err)
	}
	body := rssOf("later")
	if h.deliver(first.Get("hub.callback"), sign("sha512", first.Get("hub.secret"), body), body); h.pokes != 1 {
		t.Error("a delivery after a restart was lost")
	}
}

func TestAHubThatRefusesCostsNothing(t *testing.T) {
	h := newHub(t)
	h.refuse = true
	if err := h.tend(t); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("the hub's refusal: %v", err)
	}
	h.clock.pass(time.Hour)
	requests := len(h.requests())
	if err := h.tend(t); err != nil || len(h.requests()) != requests {
		t.Errorf("asked again after an hour: %v", err)
	}
	h.clock.pass(8 * time.Hour)
	if got := h.client.Fetch(t.Context(), h.feed, h.state, news.HostState{}, false); got.Status != news.FetchedUnchanged || got.State.Push == nil || got.State.Push.Live {
		t.Errorf("polling: %s, %+v", got.Status, got.State.Push)
	}
	private := h.state
	private.Hubs = []string{"http://127.0.0.1:1/hub"}
	h.state = private
	if err := h.tend(t); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a hub at a private address: %v", err)
	}
}
