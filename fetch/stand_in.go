package fetch

import "errors"

// Response is what is known of a body besides its bytes. Empty strings are unknown.
type Response struct {
	URL             string // where it came from, after redirects
	ContentType     string // the header, with its charset
	ContentLocation string // the header; may be relative to URL
	ContentLanguage string // the header
}

// MaxBody is the most bytes that a body may have, as it is sent and again after decoding.
const MaxBody = 10 << 20

// ErrTooLarge says that a body is larger than MaxBody, in bytes or as text.
var ErrTooLarge = errors.New("too large: more than 10 MiB")
