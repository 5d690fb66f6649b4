package fetch

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"wirefold/internal/news"
)

const (
	maxChallenge  = 1000     // bytes of a challenge that are sent back
	maxDeliveries = 8        // of one feed that wait to be read
	maxInbox      = 32 << 20 // bytes of all deliveries that wait
)

// ServeHTTP answers hubs at callback + token: GET verifies the intent (section 5.3), POST delivers content (section 7).
// A token that nobody gave out is not found; a delivery to one is gone, which tells the hub to stop.
func (p *Pusher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	token := path.Base(r.URL.Path)
	switch r.Method {
	case http.MethodGet:
		challenge, ok := p.verify(token, r.URL.Query())
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, challenge) // the hub sees a broken answer as a failed verification, and so do we
	case http.MethodPost:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		w.WriteHeader(p.deliver(token, r.Header, body))
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// verify agrees to a subscription that we asked for a short while ago, and to no other.
func (p *Pusher) verify(token string, q url.Values) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, known := p.byToken[token]
	push := p.pushes[id]
	if !known || q.Get("hub.topic") != push.Topic {
		return "", false
	}
	now := p.client.o.Now()
	switch q.Get("hub.mode") {
	case "denied":
		push.Live = false
		p.pushes[id] = push
		return "", true
	case "subscribe":
		challenge := q.Get("hub.challenge")
		if now.Sub(push.Asked).Abs() > verifyWithin || challenge == "" || len(challenge) > maxChallenge {
			return "", false
		}
		push.Live, push.Expires = true, now.Add(lease(q.Get("hub.lease_seconds")))
		p.pushes[id] = push
		return challenge, true
	}
	return "", false // we never ask to unsubscribe
}

// lease reads what the hub grants, within bounds that make sense.
func lease(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil {
		return leaseAsked
	}
	return min(max(time.Duration(min(n, 1<<30))*time.Second, leaseLeast), leaseMost)
}

// deliver takes content that carries the signature of our secret. Content with a wrong one is thrown away, and the hub is
// told so as little as section 7.1 asks: with a success.
func (p *Pusher) deliver(token string, h http.Header, body []byte) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, known := p.byToken[token]
	push := p.pushes[id]
	switch {
	case !known && !p.ready:
		return http.StatusServiceUnavailable // a server that has just started: gone would end the subscription
	case !known:
		return http.StatusGone
	}
	if !push.Live || p.client.o.Now().After(push.Expires) || !signed(h.Get("X-Hub-Signature"), push.Secret, body) {
		return http.StatusAccepted
	}
	if len(p.inbox[id]) >= maxDeliveries || p.held+len(body) > maxInbox {
		return http.StatusServiceUnavailable // the hub tries again; polling finds it in any case
	}
	p.inbox[id] = append(p.inbox[id], delivery{body, Response{URL: push.Topic, ContentType: h.Get("Content-Type"), ContentLanguage: h.Get("Content-Language")}})
	p.held += len(body)
	if p.poke != nil {
		p.poke()
	}
	return http.StatusAccepted
}

// signed checks X-Hub-Signature, "method=hex", in constant time.
func signed(header, secret string, body []byte) bool {
	method, sum, ok := strings.Cut(header, "=")
	makers := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	maker := makers[strings.ToLower(method)]
	got, err := hex.DecodeString(sum)
	if !ok || maker == nil || err != nil || secret == "" {
		return false
	}
	mac := hmac.New(maker, []byte(secret))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}

// take gives the next delivery of a feed, if there is one.
func (p *Pusher) take(id news.FeedID) (delivery, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.inbox[id]
	if len(list) == 0 {
		return delivery{}, false
	}
	if len(list) == 1 {
		delete(p.inbox, id)
	} else {
		p.inbox[id] = list[1:]
	}
	p.held -= len(list[0].body)
	return list[0], true
}

// waiting reports whether something was delivered for a feed.
func (p *Pusher) waiting(id news.FeedID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.inbox[id]) > 0
}
