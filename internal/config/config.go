// Package config turns feeds.yaml and corrections.yaml into values. Everything that is wrong with a file is reported at
// once, with file, line, column and the line itself (docs/design.md section 6). Nothing else of Wirefold knows YAML.
package config

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // a container without zone files must know site.timezone too

	"wirefold/internal/news"
)

// Config is everything that feeds.yaml says, with every default filled in and every path absolute.
type Config struct {
	File string // as it was named
	Site news.Site
	// Listen is the public address, Admin that of metrics and profiles; "" = no admin listener.
	Listen, Admin string
	// Store is a path, or a postgres:// URL.
	Store      string
	Fetch      Fetch
	Publishing news.Publishing
	Topics     []news.Topic
	Feeds      []news.Feed
	// Lists are OPML lists, by http address or absolute path, whose feeds are read as if they stood in Feeds.
	Lists []string
	// Corrections is the path of corrections.yaml. The file need not exist.
	Corrections string
	// Embedding is the service that is asked for vectors; its URL is "" when there is none.
	Embedding Embedding
	// Token allows POST /api/…; "" turns those off. It comes from the file that api.token_file names.
	Token string
}

// Fetch is how feeds are asked.
type Fetch struct {
	// Allow lists host:port pairs that may be private addresses.
	Allow       []string
	Timeout     time.Duration // of one fetch as a whole
	MinInterval time.Duration // between two requests to one feed
	UserAgent   string        // "" = the default of fetch
	Contact     string        // URL or mail address for the User-Agent
}

// Embedding is an embedding service, and what its model's likenesses mean.
type Embedding struct {
	URL   string // base address: {URL}/embeddings answers
	Model string
	Token string // "" = none; from the file that embedding.token_file names
	// Unrelated and Same are the likenesses, in hundredths, that the model gives texts without relation and texts on one event.
	Unrelated, Same int
}

// The addresses that are listened on when the file names none.
const (
	DefaultListen = "127.0.0.1:8080"
	DefaultAdmin  = "127.0.0.1:8081"
)

// maxToken bounds the token file: it holds one line.
const maxToken = 4096

// Load reads a configuration and the overrides of the environment. What is wrong with them is an *Error; a file that
// cannot be read is the error of the system, so that errors.Is(err, fs.ErrNotExist) tells a missing one.
func Load(path string, getenv func(string) string) (*Config, error) {
	text, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return load(path, filepath.Dir(abs), text, getenv)
}

func load(file, dir, text string, getenv func(string) string) (*Config, error) {
	l := &loader{report: report{file: file, source: text}, dir: dir}
	root := parse(&l.report)
	if root != nil && (root.kind == table || root.kind == null) {
		override(root, getenv)
	}
	c := l.config(root)
	c.File = file
	if err := l.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// loader reads the sections of feeds.yaml.
type loader struct {
	report
	dir string
}

func (l *loader) config(root *node) *Config {
	c := &Config{
		Site:        news.Site{Title: "Wirefold", TimeZone: time.UTC},
		Listen:      DefaultListen,
		Admin:       DefaultAdmin,
		Store:       l.path("data/wirefold.db"),
		Fetch:       Fetch{Timeout: 30 * time.Second, MinInterval: time.Hour},
		Corrections: l.path("corrections.yaml"),
		Publishing: news.Publishing{
			Entries: 100, Window: 30 * day, SettleMax: time.Hour, MaxAge: 300 * time.Second, Excerpt: 400,
		},
	}
	var topics, feeds *node
	l.table(root, "the configuration", fields{
		"site":        func(n *node) { l.site(n, c) },
		"store":       func(n *node) { l.store(n, c) },
		"fetch":       func(n *node) { l.fetch(n, c) },
		"publish":     func(n *node) { l.publish(n, c) },
		"api":         func(n *node) { l.api(n, c) },
		"embedding":   func(n *node) { l.embedding(n, c) },
		"corrections": func(n *node) { l.file(n, "corrections", &c.Corrections) },
		"topics":      func(n *node) { topics = n },
		"feeds":       func(n *node) { feeds = n },
		"lists":       func(n *node) { l.lists(n, c) },
	})
	l.siteDefaults(c)
	if feeds != nil {
		l.feeds(feeds, c)
	}
	if topics != nil {
		l.topics(topics, c)
	}
	return c
}

const day = 24 * time.Hour

// path makes a path of the file absolute.
func (l *loader) path(p string) string {
	p = filepath.FromSlash(p)
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(l.dir, p)
}

func (l *loader) file(n *node, what string, to *string) {
	var s string
	l.line(n, what, &s)
	if s != "" {
		*to = l.path(s)
	}
}

func (l *loader) site(n *node, c *Config) {
	l.table(n, "site", fields{
		"title":  func(n *node) { l.line(n, "site.title", &c.Site.Title) },
		"author": func(n *node) { l.line(n, "site.author", &c.Site.Author) },
		"url": func(n *node) {
			s, ok := l.text(n, "site.url")
			if !ok {
				return
			}
			u, err := httpURL(s)
			if err != nil {
				l.fail(n.at, "site.url: %v", err)
				return
			}
			if u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
				l.fail(n.at, "site.url must end with its path, without query and fragment")
				return
			}
			c.Site.URL = strings.TrimRight(s, "/")
		},
		"authority": func(n *node) {
			s, ok := l.text(n, "site.authority")
			if ok && !authorityForm.MatchString(s) {
				l.fail(n.at, `site.authority must be a domain you own and a date you owned it, "example.org,2026" (RFC 4151), not %q`, s)
				return
			}
			c.Site.Authority = s
		},
		"timezone": func(n *node) {
			s, ok := l.text(n, "site.timezone")
			if !ok {
				return
			}
			zone, err := time.LoadLocation(s)
			if err != nil || s == "" || s == "Local" {
				l.fail(n.at, "site.timezone: %q is no time zone; write a name such as Europe/Warsaw, or UTC", s)
				return
			}
			c.Site.TimeZone = zone
		},
		"listen":  func(n *node) { l.address(n, "site.listen", &c.Listen) },
		"admin":   func(n *node) { l.address(n, "site.admin", &c.Admin) },
		"noindex": func(n *node) { l.boolean(n, "site.noindex", &c.Site.NoIndex) },
	})
}

// siteDefaults fills what follows from other settings.
func (l *loader) siteDefaults(c *Config) {
	if c.Site.URL == "" {
		c.Site.URL = "http://" + c.Listen
	}
	if c.Site.Author == "" {
		c.Site.Author = c.Site.Title
	}
	if u, err := url.Parse(c.Site.URL); err == nil && c.Site.Authority == "" {
		c.Site.Authority = strings.ToLower(strings.Trim(u.Hostname(), "[]")) + ",2026"
	}
}

// lists reads the addresses and paths of OPML lists.
func (l *loader) lists(n *node, c *Config) {
	seen := map[string]place{}
	for _, item := range l.items(n, "lists") {
		s, ok := l.text(item, "a list")
		if !ok {
			continue
		}
		if strings.Contains(s, "://") {
			if _, err := httpURL(s); err != nil {
				l.fail(item.at, "a list: %v", err)
				continue
			}
		} else {
			s = l.path(s)
		}
		if first, taken := seen[s]; taken {
			l.fail(item.at, "duplicate list %q, first in line %d", s, first.line)
			continue
		}
		seen[s] = item.at
		c.Lists = append(c.Lists, s)
	}
}

// address reads host:port; "none" turns the listener off.
func (l *loader) address(n *node, what string, to *string) {
	s, ok := l.text(n, what)
	if !ok {
		return
	}
	if what == "site.admin" && s == "none" {
		*to = ""
		return
	}
	if err := hostPort(s, 0); err != nil {
		l.fail(n.at, "%s: %v", what, err)
		return
	}
	*to = s
}

func (l *loader) store(n *node, c *Config) {
	s, ok := l.text(n, "store")
	if !ok {
		return
	}
	if scheme, _, isURL := strings.Cut(s, "://"); isURL {
		if scheme != "postgres" && scheme != "postgresql" {
			l.fail(n.at, "store must be a path or a postgres:// URL")
			return
		}
		if _, err := url.Parse(s); err != nil {
			l.fail(n.at, "store is not a valid postgres:// URL")
			return
		}
		c.Store = s
		return
	}
	l.file(n, "store", &c.Store)
}

func (l *loader) fetch(n *node, c *Config) {
	f := &c.Fetch
	l.table(n, "fetch", fields{
		"allow": func(n *node) {
			for _, item := range l.items(n, "fetch.allow") {
				s, ok := l.text(item, "fetch.allow")
				if !ok {
					continue
				}
				if err := hostPort(s, 1); err != nil {
					l.fail(item.at, "fetch.allow: %v", err)
					continue
				}
				f.Allow = append(f.Allow, s)
			}
		},
		"timeout":      func(n *node) { l.duration(n, "fetch.timeout", 100*time.Millisecond, time.Hour, &f.Timeout) },
		"min_interval": func(n *node) { l.duration(n, "fetch.min_interval", 0, 30*day, &f.MinInterval) },
		"user_agent":   func(n *node) { l.line(n, "fetch.user_agent", &f.UserAgent) },
		"contact":      func(n *node) { l.line(n, "fetch.contact", &f.Contact) },
	})
}

func (l *loader) publish(n *node, c *Config) {
	p := &c.Publishing
	l.table(n, "publish", fields{
		"entries":    func(n *node) { l.integer(n, "publish.entries", 1, 10_000, &p.Entries) },
		"window":     func(n *node) { l.duration(n, "publish.window", time.Hour, 3660*day, &p.Window) },
		"settle":     func(n *node) { l.duration(n, "publish.settle", 0, 7*day, &p.Settle) },
		"settle_max": func(n *node) { l.duration(n, "publish.settle_max", 0, 7*day, &p.SettleMax) },
		"max_age":    func(n *node) { l.duration(n, "publish.max_age", 0, 365*day, &p.MaxAge) },
		"excerpt":    func(n *node) { l.integer(n, "publish.excerpt", 0, 100_000, &p.Excerpt) },
	})
	if settle := n.get("settle"); settle != nil && p.Settle > p.SettleMax {
		l.fail(settle.at, "publish.settle (%s) is longer than publish.settle_max (%s)", p.Settle, p.SettleMax)
	}
}

func (l *loader) api(n *node, c *Config) {
	l.table(n, "api", fields{"token_file": func(n *node) { l.token(n, "api.token_file", &c.Token) }})
}

// token reads the token of the file that a setting names.
func (l *loader) token(n *node, what string, to *string) {
	var path string
	if l.file(n, what, &path); path == "" {
		return
	}
	token, err := readToken(path)
	if err != nil {
		l.fail(n.at, "%s: %v", what, err)
		return
	}
	*to = token
}

// readToken reads the one line of a token file.
func readToken(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular() || info.Size() > maxToken:
		return "", fmt.Errorf("%s is not a file with one line", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(raw))
	if token == "" || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", fmt.Errorf("%s must hold one line of printable ASCII without spaces", path)
	}
	return token, nil
}
