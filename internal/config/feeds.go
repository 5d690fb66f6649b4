package config

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"wirefold/internal/news"
)

var (
	// slugForm is what is safe as a path segment and as a file name on every system.
	slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)
	idForm   = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$`)
	// authorityForm is RFC 4151 section 2.1: a domain or mail address, and a date.
	authorityForm = regexp.MustCompile(`^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?,\d{4}(?:-\d{2}(?:-\d{2})?)?$`)
)

// maxSlug is the length of an id that is made of a URL; longer ones end in a hash instead.
const maxSlug = 64

// Slug makes the default id of a feed from its URL or glob. Article keys are made of it, so it never changes.
func Slug(s string) string {
	rest := s
	if _, after, ok := strings.Cut(s, "://"); ok {
		rest = after
	}
	var b strings.Builder
	for _, c := range strings.ToLower(rest) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), "-")
	if slug == "" || len(slug) > maxSlug {
		sum := sha256.Sum256([]byte(s))
		slug = strings.Trim(slug[:min(len(slug), maxSlug-9)], "-") + "-" + hex.EncodeToString(sum[:4])
		slug = strings.TrimPrefix(slug, "-")
	}
	return slug
}

// feedPlaces remembers where the parts of a feed stand, for what is found when all feeds are known.
type feedPlaces struct{ id, source place }

func (l *loader) feeds(n *node, c *Config) {
	items := l.items(n, "feeds")
	ids, sources := make(map[news.FeedID]place, len(items)), make(map[string]place, len(items))
	c.Feeds = make([]news.Feed, 0, len(items))
	var places []feedPlaces
	r := newFeedReader(l)
	for _, item := range items {
		if !r.read(item) {
			continue
		}
		f, at := r.f, r.at
		if first, taken := ids[f.ID]; taken {
			l.fail(at.id, "duplicate feed id %q, first in line %d; give one of them another id", f.ID, first.line)
			continue
		}
		ids[f.ID] = at.id
		if first, taken := sources[r.source]; taken {
			l.fail(at.source, "duplicate feed %q, first in line %d", f.URL+f.Seeds, first.line)
			continue
		}
		sources[r.source] = at.source
		c.Feeds = append(c.Feeds, f)
		places = append(places, at)
	}
	l.sharedFiles(c.Feeds, places)
}

// feedReader reads one feed after the other: what a feed may say is written down once for all of them.
type feedReader struct {
	*loader
	known fields

	f  news.Feed
	at feedPlaces
	// id is the one that was given, slug what it is made of otherwise; source is what no two feeds have in common.
	id, slug, source string
}

func newFeedReader(l *loader) *feedReader {
	r := &feedReader{loader: l}
	r.known = fields{
		"id":        r.feedID,
		"url":       r.feedURL,
		"seeds":     r.seeds,
		"outlet":    func(n *node) { r.line(n, "outlet", &r.f.Outlet) },
		"interval":  func(n *node) { r.duration(n, "interval", time.Second, 365*day, &r.f.Interval) },
		"enabled":   func(n *node) { r.boolean(n, "enabled", &r.f.Enabled) },
		"backfill":  func(n *node) { r.boolean(n, "backfill", &r.f.Backfill) },
		"full_text": func(n *node) { r.boolean(n, "full_text", &r.f.FullText) },
		"republish": func(n *node) { r.boolean(n, "republish", &r.f.Republish) },
		"recheck": func(n *node) {
			recheck := true
			r.boolean(n, "recheck", &recheck)
			r.f.NoRecheck = !recheck
		},
		"user_agent": func(n *node) { r.line(n, "user_agent", &r.f.UserAgent) },
		"proxy":      func(n *node) { r.proxy(n, &r.f) },
		"auth":       func(n *node) { r.auth(n, &r.f) },
	}
	return r
}

// read reports false when something is wrong with the feed.
func (r *feedReader) read(n *node) bool {
	r.f, r.at = news.Feed{Enabled: true}, feedPlaces{source: n.at}
	r.id, r.slug, r.source = "", "", ""
	before := len(r.problems) + r.more
	var onlyURL, onlySeeds *entry
	r.table(n, "a feed", r.known)
	if n.kind == table {
		for i, e := range n.entries {
			switch e.key {
			case "interval", "full_text", "recheck", "user_agent", "proxy", "auth":
				onlyURL = &n.entries[i]
			case "seeds":
				onlySeeds = &n.entries[i]
			}
		}
		switch {
		case n.get("url") == nil && onlySeeds == nil:
			r.fail(n.at, "a feed needs url or seeds")
		case n.get("url") != nil && onlySeeds != nil:
			r.fail(onlySeeds.at, "a feed has url or seeds, not both")
		case onlySeeds != nil && onlyURL != nil:
			r.fail(onlyURL.at, "%s is for feeds with a url; this one reads seed files", onlyURL.key)
		}
	}
	if r.id == "" {
		r.id, r.at.id = r.slug, r.at.source
	}
	r.f.ID = news.FeedID(r.id)
	return len(r.problems)+r.more == before
}

func (r *feedReader) feedID(n *node) {
	r.at.id = n.at
	s, ok := r.text(n, "id")
	if ok && !idForm.MatchString(s) {
		r.fail(n.at, "id %q: letters, digits, dots, dashes and underscores, at most 64, a letter or digit first and last", s)
	}
	r.id = s
}

func (r *feedReader) feedURL(n *node) {
	r.at.source = n.at
	s, ok := r.text(n, "url")
	if !ok {
		return
	}
	u, err := httpURL(s)
	if err != nil {
		r.fail(n.at, "url: %v", err)
		return
	}
	r.f.URL, r.slug, r.source = s, Slug(s), sameURL(u)
}

// seeds makes the glob absolute. The folder of the file is taken as it is called, even if it has a star in its name.
func (r *feedReader) seeds(n *node) {
	r.at.source = n.at
	s, ok := r.text(n, "seeds")
	if !ok {
		return
	}
	if why := badGlob(s); why != "" {
		r.fail(n.at, "seeds: %q is no valid glob%s", s, why)
		return
	}
	glob := filepath.FromSlash(s)
	root := globRoot(glob)
	r.f.Root = r.path(root)
	rest := strings.TrimLeft(strings.TrimPrefix(glob, root), string(filepath.Separator))
	r.f.Seeds = filepath.Join(quoteGlob(r.f.Root), rest)
	r.source = r.f.Seeds
	if info, err := os.Stat(r.path(s)); err == nil && info.IsDir() {
		r.fail(n.at, "seeds: %q is a folder; write a glob such as %q", s, strings.TrimRight(s, "/")+"/*.txt")
		return
	}
	r.slug = Slug(s)
}

// badGlob says why a glob cannot be read, "" when it can. `**` stands for any number of folders.
func badGlob(s string) string {
	if _, err := filepath.Match(s, ""); err != nil || s == "" || strings.ContainsRune(s, 0) {
		return " (is a bracket open?)"
	}
	segments := strings.Split(filepath.ToSlash(s), "/")
	for _, seg := range segments {
		if seg != "**" && strings.Contains(seg, "**") {
			return ": ** stands alone between slashes"
		}
	}
	if last := segments[len(segments)-1]; last == "**" || last == "" {
		return ": it ends in a folder, so it names no file; write a glob such as " + strings.TrimRight(s, "/*") + "/*.txt"
	}
	return ""
}

// globRoot is the longest folder of a glob that has no pattern in it.
func globRoot(glob string) string {
	if i := strings.IndexAny(glob, `*?[`); i >= 0 {
		glob = glob[:i]
	} else {
		return filepath.Dir(glob)
	}
	i := strings.LastIndexByte(glob, filepath.Separator)
	switch {
	case i < 0:
		return ""
	case i == 0:
		return glob[:1]
	}
	return glob[:i]
}

// quoteGlob makes a path match itself alone. Windows has no escape, and forbids * and ? in names.
func quoteGlob(path string) string {
	if runtime.GOOS == "windows" {
		return path
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// maxWalk bounds the look for files that two feeds share: it is a help, and must not make a start slow.
const maxWalk = 100_000

// matches are the files that a seed feed would read now.
func matches(f news.Feed) ([]string, error) {
	before, after, deep := strings.Cut(filepath.ToSlash(f.Seeds), "/**/")
	if !deep {
		return filepath.Glob(f.Seeds)
	}
	tops, err := filepath.Glob(filepath.FromSlash(before))
	if err != nil {
		return nil, err
	}
	var out []string
	seen := 0
	for _, top := range tops {
		err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil // what cannot be read is told by the fetch
			}
			if seen++; seen > maxWalk {
				return fs.SkipAll
			}
			here := f
			here.Seeds = filepath.Join(quoteGlob(path), filepath.FromSlash(after))
			files, err := matches(here)
			out = append(out, files...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sharedFiles reports two feeds that match one file now: its article would be told by two feeds.
func (l *loader) sharedFiles(feeds []news.Feed, places []feedPlaces) {
	owner := map[string]int{}
	told := map[[2]int]bool{}
	several := 0
	for _, f := range feeds {
		if f.Seeds != "" {
			several++
		}
	}
	if several < 2 {
		return
	}
	for i, f := range feeds {
		if f.Seeds == "" {
			continue
		}
		files, err := matches(f)
		if err != nil {
			l.fail(places[i].source, "seeds: %v", err)
			continue
		}
		for _, file := range files {
			first, taken := owner[file]
			if !taken {
				owner[file] = i
				continue
			}
			if !told[[2]int{first, i}] {
				told[[2]int{first, i}] = true
				l.fail(places[i].source, "feeds %q and %q both match %s", feeds[first].ID, f.ID, file)
			}
		}
	}
}

func (l *loader) proxy(n *node, f *news.Feed) {
	s, ok := l.text(n, "proxy")
	if !ok {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		l.fail(n.at, "proxy must be a URL with http, https or socks5, and a host")
		return
	}
	f.Proxy = s
}

func (l *loader) auth(n *node, f *news.Feed) {
	l.table(n, "auth", fields{
		"basic_file":  func(n *node) { l.file(n, "auth.basic_file", &f.BasicFile) },
		"header_file": func(n *node) { l.file(n, "auth.header_file", &f.HeaderFile) },
	})
	if n.kind == table && (f.BasicFile == "") == (f.HeaderFile == "") {
		l.fail(n.at, "auth needs basic_file or header_file, one of them")
	}
}
