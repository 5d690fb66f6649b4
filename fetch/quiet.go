package fetch

import (
	"errors"
	"net"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxError is the longest error text that is kept of a feed, in bytes.
const maxError = 400

// quietError is an error whose text may be shown anywhere: a host chooses parts of what net/http says of it.
type quietError struct {
	text string
	err  error
}

func (e *quietError) Error() string { return e.text }
func (e *quietError) Unwrap() error { return e.err }

// quiet makes an error's text one line of printable characters, bounded in length.
func quiet(err error) error {
	if err == nil {
		return nil
	}
	return &quietError{clip(err.Error(), maxError), err}
}

// clip makes a string safe to show: one line without control or formatting characters, at most about n bytes, cut
// between characters.
func clip(s string, n int) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			r = '\uFFFD'
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case !unicode.IsPrint(r):
			r = '\uFFFD'
		}
		if b.Len()+utf8.RuneLen(r) > n {
			b.WriteString("…")
			break
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// reached reports whether a failed exchange may have reached the host. It did not when no connection came to be.
func reached(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return !(errors.Is(err, ErrRefused) || errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial")
}
