package publish

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wirefold/internal/news"
)

// Handler is the public listener: everything that subscribers, readers and browsers ask for.
func (p *Publisher) Handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.HandleMethodNotAllowed = true
	e.ContextWithFallback = true
	// Client addresses are never read from headers, so no proxy needs to be trusted.
	e.ForwardedByClientIP = false

	read := func(path string, h gin.HandlerFunc) {
		e.GET(path, h)
		e.HEAD(path, h)
	}
	read("/", p.serveFixed)
	for _, path := range []string{"/opml.xml", "/favicon.ico", "/sources/", "/sources/health.atom"} {
		read(path, p.serveFixed)
	}
	read("/sources", p.slash)
	read("/topics/:slug", p.serveTopicSlash)
	read("/topics/:slug/", p.serveTopic)
	read("/topics/:slug/:file", p.serveTopic)
	read("/topics/:slug/archive/:doc", p.serveArchive)
	read("/stories/:id", p.serveStory)
	read("/stories/:id/", p.serveStory)
	read("/articles/:key", p.serveArticle)
	read("/articles/:key/", p.serveArticle)
	read("/healthz", p.serveHealth)
	read("/readyz", p.serveReady)
	if p.o.Token != "" {
		if p.o.Refresh != nil {
			e.POST("/api/refresh", p.postRefresh)
		}
		if p.o.Correct != nil {
			e.POST("/api/corrections", p.postCorrection)
		}
	}
	if p.hub != nil && p.o.Subscriptions != nil {
		e.POST("/hub", p.hub.post)
	}
	if p.o.Callbacks != nil {
		cb := gin.WrapH(p.o.Callbacks)
		e.GET("/websub/*path", cb)
		e.POST("/websub/*path", cb)
	}
	e.NoRoute(func(c *gin.Context) { p.refuse(c, http.StatusNotFound) })
	e.NoMethod(func(c *gin.Context) { p.refuse(c, http.StatusMethodNotAllowed) })
	return p.outer(e)
}

// outer takes the path of site.url off, for proxies that leave it on, and limits and logs what comes in.
func (p *Publisher) outer(next http.Handler) http.Handler {
	gate := newGate(p.rate(), p.burst(), p.o.Now)
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !gate.allow(limitedAddress(r)) {
			tooMany(w)
			p.metrics.answered("none", http.StatusTooManyRequests)
			return
		}
		if base := p.conf.Load().basePath; base != "" {
			if rest, ok := strings.CutPrefix(r.URL.Path, base); ok && strings.HasPrefix(rest, "/") {
				u := *r.URL
				u.Path, u.RawPath = rest, ""
				r2 := *r
				r2.URL = &u
				r = &r2
			}
		}
		next.ServeHTTP(w, r)
	})
	if p.o.AccessLog {
		h = logged(h, p.o.Log, p.o.Now)
	}
	return h
}

// serve answers from a resource.
func (p *Publisher) serve(c *gin.Context, r *resource) {
	s, err := p.known(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	snap, err := r.get(c.Request.Context(), p, s, false)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.answer(c, r.route, snap.document)
}

// answer writes a document, or 304 when the client has it (RFC 9110 section 13.2.2).
func (p *Publisher) answer(c *gin.Context, route string, d *document) {
	req, w := c.Request, c.Writer
	e := choose(header(req.Header, "Accept-Encoding"))
	if !unchanged(req.Header, d.forms[e].etag, d.lm) {
		d = d.inHand(e)
	}
	f := &d.forms[e]
	h := w.Header()
	if d.status == http.StatusOK && unchanged(req.Header, f.etag, d.lm) {
		if !expect(req, reply{lines: f.header.short}) {
			f.header.write(h)
		}
		w.WriteHeader(http.StatusNotModified)
		p.metrics.answered(route, http.StatusNotModified)
		return
	}
	b, err := d.encode(p.compress, e, p.metrics)
	if err != nil {
		p.fail(c, err)
		return
	}
	sent := b
	if req.Method == http.MethodHead {
		sent = nil
	}
	if d.status == http.StatusOK && expect(req, reply{f.header.long, sent}) {
		// Named, but without a value: net/http would guess one.
		h["Content-Type"] = nil
	} else {
		f.header.writeFor(d, h)
	}
	h["Content-Length"] = b.length
	w.WriteHeader(d.status)
	p.metrics.answered(route, d.status)
	if sent != nil {
		// A client that went away is its own business.
		w.Write(b.body) //nolint:errcheck
	}
}

// header is a header's value, several lines joined.
func header(h http.Header, name string) string {
	switch v := h[name]; len(v) {
	case 0:
		return ""
	case 1:
		return v[0]
	default:
		return strings.Join(v, ", ")
	}
}

// unchanged reports whether the client's validators name what we would send.
func unchanged(h http.Header, etag string, modified time.Time) bool {
	if _, ok := h["If-None-Match"]; ok {
		return matches(header(h, "If-None-Match"), etag)
	}
	since := header(h, "If-Modified-Since")
	if since == "" {
		return false
	}
	t, err := http.ParseTime(since)
	return err == nil && !modified.After(t)
}

// matches compares an If-None-Match list with an ETag, weakly (RFC 9110 section 13.1.2). It stops at the first thing
// that is no entity tag: garbage matches nothing.
func matches(list, etag string) bool {
	if list == etag {
		return true
	}
	if strings.TrimSpace(list) == "*" {
		return true
	}
	for {
		list = strings.TrimLeft(list, " \t,")
		list = strings.TrimPrefix(list, "W/")
		if list == "" || list[0] != '"' {
			return false
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		if list[:end+2] == etag {
			return true
		}
		list = list[end+2:]
	}
}

// slash sends a page's address without its slash to the one with it.
func (p *Publisher) slash(c *gin.Context) {
	p.redirect(c, http.StatusPermanentRedirect, c.Request.URL.EscapedPath()+"/")
}

// redirect answers with a path below the public base URL: never with what Host says.
func (p *Publisher) redirect(c *gin.Context, status int, path string) {
	h := c.Writer.Header()
	h.Set("Location", p.conf.Load().basePath+path)
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", "0")
	c.Writer.WriteHeader(status)
	p.metrics.answered("none", status)
	c.Writer.WriteHeaderNow()
}

// fail answers for an error: 404 when there is no such thing, else 503, for the store may come back.
func (p *Publisher) fail(c *gin.Context, err error) {
	switch {
	case errors.Is(err, news.ErrNotFound):
		p.refuse(c, http.StatusNotFound)
	case c.Request.Context().Err() != nil:
		// The client went away.
		c.Abort()
	default:
		p.o.Log.Error("cannot answer", "path", c.Request.URL.Path, "error", err)
		c.Writer.Header().Set("Retry-After", "5")
		p.refuse(c, http.StatusServiceUnavailable)
	}
}

// refuse answers with a status and its name, and tells no more than that.
func (p *Publisher) refuse(c *gin.Context, status int) {
	h := c.Writer.Header()
	if status == http.StatusMethodNotAllowed && h.Get("Allow") == "" {
		h.Set("Allow", "GET, HEAD")
	}
	plain(c.Writer, status, http.StatusText(status)+"\n")
	p.metrics.answered("none", status)
	c.Abort()
}

// plain writes a short text answer that nobody may keep.
func plain(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", itoa(int64(len(text))))
	w.WriteHeader(status)
	w.Write([]byte(text)) //nolint:errcheck // a client that went away is its own business
}

func (p *Publisher) serveHealth(c *gin.Context) { plain(c.Writer, http.StatusOK, "ok\n") }

func (p *Publisher) serveReady(c *gin.Context) { p.ready(c.Writer) }

func (p *Publisher) ready(w http.ResponseWriter) {
	if !p.Ready() {
		plain(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}
