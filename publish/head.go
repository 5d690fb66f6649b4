package publish

import (
	"bytes"
	"context"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// requestHead reads the heads of requests into one http.Request, which is the same for all requests of a connection.
type requestHead struct {
	request http.Request
	url     url.URL
	values  [maxFields]string
}

// maxFields bounds the header fields of a plain request; browsers send about 20.
const maxFields = 64

// verdict is what the bytes at the start of a request are.
type verdict int

const (
	unfinishedRequest verdict = iota // so far nothing speaks against it
	plainRequest                     // GET or HEAD, HTTP/1.1, no body, nothing special
	otherRequest                     // whatever else: net/http has to look
)

// from prepares for the requests of a connection.
func (h *requestHead) from(ctx context.Context, remote string) {
	r := new(http.Request).WithContext(ctx)
	r.URL, r.Header, r.Body, r.RemoteAddr = &h.url, http.Header{}, http.NoBody, remote
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	h.request = *r
}

// read reads the request that b begins with, and says how many bytes its head has. It takes only what can be read in one way
// (RFC 9112 sections 2 to 5 without their leniencies): what it is in the slightest doubt about is for net/http.
func (h *requestHead) read(b []byte) (int, verdict) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return 0, begun(b)
	}
	// One string holds all names and values.
	text := string(b[:end+2])
	line, text, _ := strings.Cut(text, "\r\n")
	method, target, ok := requestLine(line)
	if !ok {
		return 0, otherRequest
	}
	r := &h.request
	clear(r.Header)
	r.Method, r.RequestURI, r.Host = method, target, ""
	h.url = url.URL{Path: target}
	for n := 0; text != ""; n++ {
		line, text, _ = strings.Cut(text, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if !ok || n == len(h.values) || !isToken(name) {
			return 0, otherRequest
		}
		value = strings.Trim(value, " \t")
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch name {
		case "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Trailer", "Te", "Pragma", "Http2-Settings":
			return 0, otherRequest
		case "Connection":
			if !strings.EqualFold(value, "keep-alive") {
				return 0, otherRequest
			}
		case "Host":
			if r.Host != "" || !only(value, hostBytes) {
				return 0, otherRequest
			}
			r.Host = value
			continue
		}
		if !isText(value) {
			return 0, otherRequest
		}
		if vs, ok := r.Header[name]; ok {
			r.Header[name] = append(vs, value)
			continue
		}
		h.values[n] = value
		r.Header[name] = h.values[n : n+1 : n+1]
	}
	if r.Host == "" {
		return 0, otherRequest
	}
	return end + 4, plainRequest
}

// begun is what a head is that has not come whole.
func begun(b []byte) verdict {
	for _, method := range []string{"GET /", "HEAD /"} {
		n := min(len(b), len(method))
		if string(b[:n]) == method[:n] {
			return unfinishedRequest
		}
	}
	return otherRequest
}

// requestLine takes "GET /path HTTP/1.1" apart. A path with anything but letters, digits and -._~/ is not plain: then it is
// what it looks like, and there is no query.
func requestLine(line string) (method, target string, ok bool) {
	line, ok = strings.CutSuffix(line, " HTTP/1.1")
	if !ok {
		return "", "", false
	}
	if target, ok = strings.CutPrefix(line, http.MethodGet+" "); ok {
		method = http.MethodGet
	} else if target, ok = strings.CutPrefix(line, http.MethodHead+" "); ok {
		method = http.MethodHead
	} else {
		return "", "", false
	}
	return method, target, target != "" && target[0] == '/' && !strings.HasPrefix(target, "//") && only(target, pathBytes)
}

// kinds of bytes in a request's head.
const (
	tokenBytes = 1 << iota // a field's name (RFC 9110 section 5.6.2)
	pathBytes
	hostBytes
)

// bytesOf are the kinds that each byte belongs to.
var bytesOf = func() (of [256]byte) {
	for c := range 128 {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if letter || strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0 {
			of[c] |= tokenBytes
		}
		if letter || strings.IndexByte("-._~/", byte(c)) >= 0 {
			of[c] |= pathBytes
		}
		if letter || strings.IndexByte("-.:[]", byte(c)) >= 0 {
			of[c] |= hostBytes
		}
	}
	return of
}()

// only reports whether s has bytes of a kind alone, and any.
func only(s string, kind byte) bool {
	for i := range len(s) {
		if bytesOf[s[i]]&kind == 0 {
			return false
		}
	}
	return s != ""
}

func isToken(s string) bool { return only(s, tokenBytes) }

// isText reports whether a field's value has printable ASCII, blanks and tabs alone.
func isText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}
