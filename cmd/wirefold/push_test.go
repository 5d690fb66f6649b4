//go:build linux

package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wirefold/internal/config"
	"wirefold/internal/news"
	"wirefold/publish"
)

// pushed is a running server, a feed whose articles are only teased, and the hub of that feed. Only the network is pipes.
type pushed struct {
	t           *testing.T
	server      *server
	public, web *pipes
	reader      *http.Client
	stop        context.CancelFunc
	work        sync.WaitGroup
	mu          sync.Mutex
	subscribed  []url.Values // what the hub was asked
	polls       int
	dialled     []string
}

// newPushed starts it all.
func newPushed(t *testing.T) *pushed {
	p := &pushed{t: t, public: newPipes(), web: newPipes()}
	file := filepath.Join(t.TempDir(), "feeds.yaml")
	text := `site: {title: Pushed, url: "http://news.example", author: A, authority: "push.example,2026", admin: none}
fetch: {allow: ["outlet.example:80", "hub.example:80"]}
topics: [{slug: all, title: All}]
feeds: [{id: outlet, url: "http://outlet.example/feed", full_text: true}]
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		p.mu.Lock()
		p.dialled = append(p.dialled, address)
		p.mu.Unlock()
		return p.web.dial(ctx, network, address)
	}
	a := &app{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now, Dial: dial}
	cfg, err := config.Load(file, a.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	p.stop = stop
	h, err := buildHouse(ctx, a, cfg, slog.New(slog.DiscardHandler), a.Now())
	if err != nil {
		t.Fatal(err)
	}
	if p.server, err = newServer(a, serveFlags{config: file}, h); err != nil {
		t.Fatal(err)
	}
	p.server.watch = func(ctx context.Context, _ []news.Feed, _ func()) error { <-ctx.Done(); return nil }
	web := &http.Server{Handler: http.HandlerFunc(p.answer)}
	p.work.Go(func() { web.Serve(p.web) }) // ends with its listener
	p.work.Go(func() {
		defer web.Close()
		if err := p.server.run(ctx, publish.Listeners{Public: p.public}); err != nil {
			t.Errorf("the server ended with %v", err)
		}
		h.close()
	})
	p.reader = &http.Client{Transport: &http.Transport{DialContext: p.public.dial, DisableKeepAlives: true}}
	return p
}

func (p *pushed) end() {
	p.stop()
	p.public.Close()
	p.web.Close()
	p.work.Wait()
}

// articles are told by their name; each is an event of its own.
var articles = map[string][2]string{
	"polled": {"Council of Gdynia votes for a bridge", "After a long evening the council agreed to build a crossing over the northern canal."},
	"inward": {"Volcano near Reykjavik falls silent", "Geologists measured no tremor on the peninsula for the first week since spring."},
	"early":  {"Chilean bank keeps its rate", "The board in Santiago saw prices calm down and left its policy unchanged."},
	"pushed": {"Grandmaster from Yerevan wins the open", "He drew his last game with black and finished half a point ahead of the field."},
	"forged": {"Whales return to the bay of Plymouth", "Fishermen counted eleven humpbacks close to the breakwater before sunrise."},
	"later":  {"Opera of Porto reopens its old stage", "Workers spent three years restoring the ceiling and the velvet of the boxes."},
}

// feedOf is the outlet's feed with one teased article a name.
func feedOf(names ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Outlet</title><link>http://outlet.example/</link>` +
		`<atom:link rel="hub" href="http://hub.example/hub"/><atom:link rel="self" href="http://outlet.example/feed"/>`)
	for _, n := range names {
		link := "http://outlet.example/" + n
		if n == "inward" {
			link = "http://10.0.0.1/secret"
		}
		fmt.Fprintf(&b, "<item><guid>%s</guid><title>%s</title><link>%s</link><description>Only a teaser of %[1]s.</description></item>", n, articles[n][0], link)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// answer is the outlet and the hub.
func (p *pushed) answer(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.Host == "hub.example" && r.Method == http.MethodPost:
		if err := r.ParseForm(); err != nil {
			p.t.Error(err)
		}
		p.subscribed = append(p.subscribed, r.PostForm)
		w.WriteHeader(http.StatusAccepted)
	case r.URL.Path == "/feed":
		p.polls++
		w.Header().Set("ETag", `"one"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, feedOf("polled", "inward"))
	case r.URL.Path == "/robots.txt":
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		name := strings.TrimPrefix(r.URL.Path, "/")
		fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%s</title></head><body><nav>Home</nav><article><h1>%[1]s</h1>%s</article></body></html>",
			articles[name][0], strings.Repeat("<p>The whole text of "+name+". "+articles[name][1]+"</p>", 12))
	}
}

func (p *pushed) polled() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.polls
}

// asked is the latest of the hub's n subscriptions.
func (p *pushed) asked(n int) url.Values {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.subscribed) != n {
		p.t.Fatalf("the hub was asked %d times, want %d", len(p.subscribed), n)
	}
	form := p.subscribed[n-1]
	if form.Get("hub.mode") != "subscribe" || form.Get("hub.topic") != "http://outlet.example/feed" || !strings.HasPrefix(form.Get("hub.callback"), "http://news.example/websub/") {
		p.t.Fatalf("the hub was asked for %v", form)
	}
	return form
}

// call sends the hub's request to the server and gives its answer.
func (p *pushed) call(method, address, signature, body string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/rss+xml")
	if signature != "" {
		req.Header.Set("X-Hub-Signature", signature)
	}
	res, err := p.reader.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// verify asks the server whether it meant what the hub was asked for, and grants a lease.
func (p *pushed) verify(form url.Values, lease time.Duration) {
	p.t.Helper()
	q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {form.Get("hub.topic")}, "hub.challenge": {"42"}, "hub.lease_seconds": {fmt.Sprint(int(lease.Seconds()))}}
	if code, answer := p.call(http.MethodGet, form.Get("hub.callback")+"?"+q.Encode(), "", ""); code != http.StatusOK || answer != "42" {
		p.t.Fatalf("the verification was answered %d %q", code, answer)
	}
}

// deliver sends content signed with a secret, waits until the server is at rest, and gives the topic's feed.
func (p *pushed) deliver(form url.Values, secret, body string) string {
	p.t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	if code, _ := p.call(http.MethodPost, form.Get("hub.callback"), "sha256="+hex.EncodeToString(mac.Sum(nil)), body); code != http.StatusAccepted {
		p.t.Errorf("a delivery was answered %d", code)
	}
	return p.feed()
}

// feed is the topic's feed once the server has been at rest for a minute.
func (p *pushed) feed() string {
	p.t.Helper()
	time.Sleep(time.Minute)
	_, got := p.call(http.MethodGet, "http://news.example/topics/all/feed.json", "", "")
	return got
}

func TestAHubPushesIntoTheRunningServer(t *testing.T) {
	watched := make(chan os.Signal, 1)
	signal.Notify(watched, syscall.SIGHUP) // its goroutine belongs to the process, not to the simulated clock
	defer signal.Stop(watched)
	synctest.Test(t, func(t *testing.T) {
		p := newPushed(t)
		defer p.end()
		if got := p.feed(); !strings.Contains(got, "<p>The whole text of polled.") || strings.Contains(got, "<p>Only a teaser of polled") {
			t.Errorf("full_text did not bring the page's text:\n%s", got)
		} else if !strings.Contains(got, "Only a teaser of inward") {
			t.Errorf("the article whose page lies in a private network has lost its teaser:\n%s", got)
		}
		time.Sleep(2 * tendEvery)
		form := p.asked(1)
		secret := form.Get("hub.secret")
		if got := p.deliver(form, secret, feedOf("early")); strings.Contains(got, articles["early"][0]) {
			t.Error("what came before the verification was taken")
		}
		const lease = 12*time.Hour + 20*time.Minute // the hub is asked again after half of it, and after six hours at least
		p.verify(form, lease)
		polls := p.polled()
		if got := p.deliver(form, secret, feedOf("pushed")); !strings.Contains(got, articles["pushed"][0]) || !strings.Contains(got, "The whole text of pushed") {
			t.Errorf("what the hub pushed is not published a minute later:\n%s", got)
		}
		if got := p.deliver(form, "another secret", feedOf("forged")); strings.Contains(got, articles["forged"][0]) {
			t.Error("a delivery with a wrong signature was published")
		}
		if n := p.polled() - polls; n != 0 {
			t.Errorf("deliveries cost %d requests of the feed", n)
		}
		time.Sleep(lease / 2)
		again := p.asked(2)
		if again.Get("hub.callback") != form.Get("hub.callback") || again.Get("hub.secret") != secret {
			t.Errorf("the renewal changed callback or secret: %v, before %v", again, form)
		}
		p.verify(again, lease)
		if got := p.deliver(again, secret, feedOf("later")); !strings.Contains(got, articles["later"][0]) {
			t.Errorf("what came in the renewed lease is not published:\n%s", got)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, address := range p.dialled {
			if address != "outlet.example:80" && address != "hub.example:80" {
				t.Errorf("%s was dialled", address)
			}
		}
	})
}
