package publish

import (
	"bytes"
	"net/http"
	"time"
)

// fields are the header values of one form of a document, made once so that an answer costs no formatting.
type fields struct {
	// short and long are the same as lines of a message, of an answer without a body and of one with: what a connection
	// of ours sends (conn.go).
	short, long                                   []byte
	etag, modified, control, vary, kind, encoding []string
	cors, expose, robots, location, csp, link     []string
	nosniff, referrer, frame, ranges              []string
}

// defaultMaxAge is how long answers may be reused when the configuration does not say.
const defaultMaxAge = 5 * time.Minute

// fields makes the header values of an answer.
func (cf *config) fields(r *resource, d *document, e encoding) fields {
	age := cf.Publishing.MaxAge
	if age <= 0 {
		age = defaultMaxAge
	}
	f := fields{
		etag:     []string{d.forms[e].etag},
		modified: []string{d.lm.Format(http.TimeFormat)},
		control:  []string{"public, max-age=" + itoa(int64(age/time.Second))},
		vary:     []string{"Accept-Encoding"},
		kind:     []string{d.kind},
		nosniff:  []string{"nosniff"},
		referrer: []string{"strict-origin-when-cross-origin"},
		csp:      []string{policy(d.kind)},
		ranges:   []string{"none"},
	}
	if e != identity {
		f.encoding = []string{names[e]}
	}
	if r.feed {
		f.cors, f.expose = []string{"*"}, []string{"ETag, Link"}
	} else {
		f.frame = []string{"DENY"}
	}
	if d.noindex || cf.Site.NoIndex {
		f.robots = []string{"noindex"}
	}
	if d.location != "" {
		f.location = []string{d.location}
	}
	f.link = r.link
	h := http.Header{}
	f.write(h)
	f.short = lines(h)
	f.writeBody(h)
	f.long = lines(h)
	return f
}

// lines are header fields as they stand in a message (RFC 9112 section 5).
func lines(h http.Header) []byte {
	var b bytes.Buffer
	// A buffer takes everything.
	h.Write(&b) //nolint:errcheck
	return b.Bytes()
}

// writeFor sets the headers of an answer with a body, or of a redirect.
func (f *fields) writeFor(d *document, h http.Header) {
	if d.status == http.StatusOK || d.location == "" {
		f.write(h)
	} else {
		h["Cache-Control"], h["Vary"] = f.control, f.vary
	}
	f.writeBody(h)
}

// write sets the headers that a 200 and a 304 share.
func (f *fields) write(h http.Header) {
	h["Etag"], h["Last-Modified"], h["Cache-Control"], h["Vary"] = f.etag, f.modified, f.control, f.vary
	h["X-Content-Type-Options"] = f.nosniff
	if f.cors != nil {
		h["Access-Control-Allow-Origin"], h["Access-Control-Expose-Headers"] = f.cors, f.expose
	}
	if f.link != nil {
		h["Link"] = f.link
	}
}

// writeBody sets the headers that only an answer with a body has.
func (f *fields) writeBody(h http.Header) {
	h["Content-Type"], h["Content-Security-Policy"] = f.kind, f.csp
	h["Referrer-Policy"], h["Accept-Ranges"] = f.referrer, f.ranges
	if f.encoding != nil {
		h["Content-Encoding"] = f.encoding
	}
	if f.frame != nil {
		h["X-Frame-Options"] = f.frame
	}
	if f.robots != nil {
		h["X-Robots-Tag"] = f.robots
	}
	if f.location != nil {
		h["Location"] = f.location
	}
}
