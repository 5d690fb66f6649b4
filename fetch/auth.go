package fetch

import (
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"

	"wirefold/internal/news"
)

// credentials are headers that one host may see and no other.
type credentials struct {
	host   string // scheme://name:port
	header http.Header
}

// keptHeaders are ours: a header file cannot change them.
var keptHeaders = map[string]bool{
	"Host": true, "Connection": true, "Content-Length": true, "Transfer-Encoding": true, "Accept-Encoding": true,
	"If-None-Match": true, "If-Modified-Since": true, "Referer": true,
}

func hasCredentials(f news.Feed) bool {
	if f.BasicFile != "" || f.HeaderFile != "" {
		return true
	}
	if !strings.Contains(f.URL, "@") {
		return false
	}
	u, err := url.Parse(f.URL)
	return err == nil && u.User != nil
}

// readCredentials reads what the feed's files (and the user part of its URL) hold. They are read at each fetch, so that
// a changed password needs no restart.
func readCredentials(f news.Feed, readFile func(string) ([]byte, error)) (credentials, error) {
	if !hasCredentials(f) {
		return credentials{}, nil
	}
	u, err := target(f.URL)
	if err != nil {
		return credentials{}, err
	}
	c := credentials{host: hostKey(u), header: http.Header{}}
	if full, err := url.Parse(f.URL); err == nil && full.User != nil {
		password, _ := full.User.Password()
		c.basic(full.User.Username(), password)
	}
	if f.BasicFile != "" {
		raw, err := readFile(f.BasicFile)
		if err != nil {
			return c, fmt.Errorf("read the feed's basic_file: %w", err)
		}
		user, password, ok := strings.Cut(strings.TrimRight(string(raw), "\r\n"), ":")
		if !ok {
			return c, fmt.Errorf("the feed's basic_file %s is not user:password", f.BasicFile)
		}
		c.basic(user, password)
	}
	if f.HeaderFile != "" {
		raw, err := readFile(f.HeaderFile)
		if err != nil {
			return c, fmt.Errorf("read the feed's header_file: %w", err)
		}
		if err := c.lines(string(raw)); err != nil {
			return c, fmt.Errorf("the feed's header_file %s: %w", f.HeaderFile, err)
		}
	}
	return c, nil
}

func (c credentials) basic(user, password string) {
	r := http.Request{Header: c.header}
	r.SetBasicAuth(user, password)
}

// lines reads "Name: value" lines. Errors name the line and never its value.
func (c credentials) lines(text string) error {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value):
			return fmt.Errorf("line %d is not a header", i+1)
		case keptHeaders[name]:
			return fmt.Errorf("line %d: %s cannot be set", i+1, name)
		}
		c.header.Add(name, value)
	}
	return nil
}

// addTo adds the credentials to a request's header if it goes to the host that they are for.
func (c credentials) addTo(h http.Header, at *url.URL) {
	if c.host == "" || hostKey(at) != c.host {
		return
	}
	for name, values := range c.header {
		h[name] = values
	}
}
