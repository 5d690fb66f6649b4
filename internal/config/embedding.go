package config

import (
	"math"
	"strconv"
	"strings"
)

// embedding reads the section of the embedding service. A section that says anything must say which service and model.
func (l *loader) embedding(n *node, c *Config) {
	e := &c.Embedding
	e.Unrelated, e.Same = 20, 80
	l.table(n, "embedding", fields{
		"url": func(n *node) {
			s, ok := l.text(n, "embedding.url")
			if !ok {
				return
			}
			u, err := httpURL(s)
			if err != nil {
				l.fail(n.at, "embedding.url: %v", err)
				return
			}
			if u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
				l.fail(n.at, "embedding.url must end with its path, without query and fragment")
				return
			}
			e.URL = strings.TrimSuffix(strings.TrimRight(s, "/"), "/embeddings")
		},
		"model":      func(n *node) { l.line(n, "embedding.model", &e.Model) },
		"token_file": func(n *node) { l.token(n, "embedding.token_file", &e.Token) },
		"unrelated":  func(n *node) { l.likeness(n, "embedding.unrelated", &e.Unrelated) },
		"same":       func(n *node) { l.likeness(n, "embedding.same", &e.Same) },
	})
	if n.kind != table || len(n.entries) == 0 {
		return
	}
	for _, what := range []string{"url", "model"} {
		if v := n.get(what); v == nil || v.kind == null || (v.kind == text || v.kind == anyScalar) && strings.TrimSpace(v.text) == "" {
			l.fail(n.at, "embedding needs a %s", what)
		}
	}
	if e.Unrelated >= e.Same {
		l.fail(n.at, "embedding.unrelated (%s) must be less than embedding.same (%s)", hundredths(e.Unrelated), hundredths(e.Same))
	}
}

// likeness reads a number from -1 to 1 with at most two decimals, as hundredths.
func (l *loader) likeness(n *node, what string, to *int) {
	f, err := strconv.ParseFloat(n.text, 64)
	if n.kind != number && n.kind != anyScalar || err != nil || !(math.Abs(f) <= 1) || math.Abs(f*100-math.Round(f*100)) > 1e-9 {
		l.fail(n.at, "%s must be a number from -1 to 1 with at most two decimals", what)
		return
	}
	*to = int(math.Round(f * 100))
}

func hundredths(n int) string { return strconv.FormatFloat(float64(n)/100, 'f', 2, 64) }
