package fetch

import (
	"net/http"

	"golang.org/x/net/http/httpguts"

	"wirefold/internal/news"
)

// maxValidator is the longest ETag or Last-Modified that is kept: servers answer 431 to huge headers.
const maxValidator = 8 << 10

// addValidators makes a request conditional, with the validators byte for byte as the latest good 200 gave them. It
// writes the header map itself because Set would be no different and Last-Modified must never be parsed.
func addValidators(h http.Header, s news.FeedState) bool {
	if s.ETag != "" {
		h["If-None-Match"] = []string{s.ETag}
	}
	if s.LastModified != "" {
		h["If-Modified-Since"] = []string{s.LastModified}
	}
	return s.ETag != "" || s.LastModified != ""
}

// keepValidators takes both validators of a good 200, so that they are never a mix of two answers.
func keepValidators(s news.FeedState, a *answer) news.FeedState {
	s.ETag, s.LastModified = validator(a.header, "Etag"), validator(a.header, "Last-Modified")
	s.Final = a.url.String()
	return s
}

// validator is a header that can be sent back as it is, "" otherwise.
func validator(h http.Header, name string) string {
	v := h.Get(name)
	if len(v) > maxValidator || !httpguts.ValidHeaderFieldValue(v) {
		return ""
	}
	return v
}
