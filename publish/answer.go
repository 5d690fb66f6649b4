package publish

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// answer is an http.ResponseWriter that keeps what a handler answers until it is whole. Finished bytes are not copied.
type answer struct {
	isHead bool
	header http.Header
	status int
	next   reply        // the finished document that the handler announced (expect)
	whole  bool         // the body is next's
	body   []byte       // else it is this
	head   bytes.Buffer // what goes before the body, made by finish
}

// reply is an answer from finished bytes: header fields, as lines, and the body that follows; nil = none does.
type reply struct {
	lines []byte
	body  *wire
}

// maxKeptBody bounds the memory that an answer keeps for the next one of its connection.
const maxKeptBody = 16 << 10

func (a *answer) reset(method string) {
	clear(a.header)
	a.isHead, a.status, a.next, a.whole = method == http.MethodHead, 0, reply{}, false
	a.body = a.body[:0]
	if cap(a.body) > maxKeptBody {
		a.body = nil
	}
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if w := a.next.body; w != nil && !a.whole && len(a.body) == 0 && w.is(b) {
		a.whole = true
		return len(b), nil
	}
	if a.whole {
		return 0, errors.New("more was written than the document that was announced")
	}
	a.body = append(a.body, b...)
	return len(b), nil
}

// is reports whether b is the body itself, not a copy.
func (w *wire) is(b []byte) bool {
	return len(b) == len(w.body) && len(b) > 0 && &b[0] == &w.body[0]
}

// finish makes the head of the answer (RFC 9112 section 4). Where a handler says nothing of length and kind of the body, it is
// told from it, as net/http does.
func (a *answer) finish(date []byte) error {
	a.WriteHeader(http.StatusOK)
	n := len(a.body)
	if a.whole {
		n = len(a.next.body.body)
	}
	h := a.header
	bodiless := a.status < 200 || a.status == http.StatusNoContent || a.status == http.StatusNotModified
	switch length := h["Content-Length"]; {
	case bodiless:
		if n > 0 {
			return fmt.Errorf("an answer %d has %d bytes", a.status, n)
		}
		delete(h, "Content-Length")
	case length == nil && !(a.isHead && n == 0):
		h["Content-Length"] = []string{strconv.Itoa(n)}
	case length != nil && !a.isHead && length[0] != strconv.Itoa(n):
		return fmt.Errorf("%d bytes were announced as %s", n, length[0])
	}
	if _, named := h["Content-Type"]; !named && n > 0 && !a.whole {
		h["Content-Type"] = []string{http.DetectContentType(a.body)}
	}
	a.head.Reset()
	a.head.WriteString(statusLine(a.status))
	a.head.Write(a.next.lines)
	if err := a.writeFields(); err != nil {
		return err
	}
	a.head.Write(date)
	a.head.WriteString("\r\n")
	return nil
}

// writeFields writes the handler's own fields: beside a finished document mostly the length alone.
func (a *answer) writeFields() error {
	if length := a.header["Content-Length"]; a.next.lines != nil && len(length) == 1 {
		a.head.WriteString("Content-Length: ")
		a.head.WriteString(length[0])
		a.head.WriteString("\r\n")
		delete(a.header, "Content-Length")
	}
	if kind, ok := a.header["Content-Type"]; ok && kind == nil {
		delete(a.header, "Content-Type")
	}
	if len(a.header) == 0 {
		return nil
	}
	return a.header.Write(&a.head)
}

func statusLine(status int) string {
	switch status {
	case http.StatusOK:
		return "HTTP/1.1 200 OK\r\n"
	case http.StatusNotModified:
		return "HTTP/1.1 304 Not Modified\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
}
