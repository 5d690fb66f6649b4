package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wirefold/internal/news"
)

// The state of a feed is stored as the JSON of news.FeedState. A refresh in which nothing changed reads and writes little
// but such states, so they are read and written here field by field, in a fifth of the time of encoding/json. What this
// file does not know (another field, an escape, null) it leaves to encoding/json, which has the last word on both ways.

// packState is what json.Marshal(s) answers.
func packState(s *news.FeedState) (string, error) {
	w := stateWriter{b: make([]byte, 0, 768)}
	w.b = append(w.b, '{')
	w.name("feed")
	w.value(string(s.Feed))
	w.text("url", s.URL)
	w.text("moved", s.Moved)
	w.text("move_to", s.MoveTo)
	w.time("move_since", s.MoveSince)
	w.number("move_proofs", int64(s.MoveProofs))
	w.text("final", s.Final)
	w.text("etag", s.ETag)
	w.text("last_modified", s.LastModified)
	w.text("body_hash", s.BodyHash)
	w.time("tried", s.Tried)
	w.time("good", s.Good)
	w.time("changed", s.Changed)
	w.time("full", s.Full)
	w.time("next_due", s.NextDue)
	w.time("earliest", s.Earliest)
	w.time("retry_after", s.RetryAfter)
	w.number("interval", int64(s.Interval))
	w.part("poll", s.Poll.Every != 0 || s.Poll.SkipHours != nil || s.Poll.SkipDays != nil, s.Poll)
	w.number("failures", int64(s.Failures))
	w.text("error", s.Error)
	w.number("http", int64(s.HTTP))
	w.part("gone", s.Gone, s.Gone)
	w.part("flags", len(s.Flags) > 0, s.Flags)
	w.text("doc_id", s.DocID)
	w.text("title", s.Title)
	w.text("link", s.Link)
	w.text("language", s.Language)
	w.part("updated", s.Updated != news.Date{}, s.Updated)
	w.text("rights", s.Rights)
	w.part("hubs", len(s.Hubs) > 0, s.Hubs)
	w.text("self", s.Self)
	w.part("push", s.Push != nil, s.Push)
	w.part("files", len(s.Files) > 0, s.Files)
	w.b = append(w.b, '}')
	return string(w.b), w.err
}

// stateWriter appends the fields that are not empty.
type stateWriter struct {
	b   []byte
	err error
}

func (w *stateWriter) name(name string) {
	if len(w.b) > 1 {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

// value writes a string. What is not ASCII, or needs other escapes than those of an ETag, goes the long way.
func (w *stateWriter) value(s string) {
	start := len(w.b)
	w.b = append(w.b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c >= utf8.RuneSelf || c == '<' || c == '>' || c == '&':
			w.b = w.b[:start]
			w.any(s)
			return
		case c == '"' || c == '\\':
			w.b = append(w.b, '\\', c)
		default:
			w.b = append(w.b, c)
		}
	}
	w.b = append(w.b, '"')
}

func (w *stateWriter) any(v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.b = append(w.b, b...)
}

func (w *stateWriter) text(name, s string) {
	if s != "" {
		w.name(name)
		w.value(s)
	}
}

func (w *stateWriter) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	w.name(name)
	w.b = append(w.b, '"')
	b, err := t.AppendText(w.b)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.b = append(b, '"')
}

func (w *stateWriter) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.b = strconv.AppendInt(w.b, n, 10)
	}
}

func (w *stateWriter) part(name string, there bool, v any) {
	if there {
		w.name(name)
		w.any(v)
	}
}

// unpackState is json.Unmarshal(raw, s) for an empty s.
func unpackState(raw string, s *news.FeedState) error {
	if readState(raw, s) {
		return nil
	}
	*s = news.FeedState{}
	if err := json.Unmarshal([]byte(raw), s); err != nil {
		return fmt.Errorf("%w: %w", errPacking, err)
	}
	return nil
}

// readState reports false where it met what packState does not write by itself.
func readState(raw string, s *news.FeedState) bool {
	rest, ok := strings.CutPrefix(raw, `{"`)
	if !ok {
		return false
	}
	for {
		name, after, ok := strings.Cut(rest, `":`)
		if !ok {
			return false
		}
		n := extent(after)
		if n == 0 || !setState(s, name, after[:n]) {
			return false
		}
		rest = after[n:]
		if rest == "}" {
			return true
		}
		if rest, ok = strings.CutPrefix(rest, `,"`); !ok {
			return false
		}
	}
}

// extent is the length of the value that s begins with, up to the comma or brace after it; 0 when it does not end.
func extent(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
			if c == '\\' {
				i++
			}
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}'):
			return i
		case c == '}' || c == ']':
			depth--
		}
	}
	return 0
}

func setState(s *news.FeedState, name, value string) bool {
	switch name {
	case "feed":
		return setText((*string)(&s.Feed), value)
	case "url":
		return setText(&s.URL, value)
	case "moved":
		return setText(&s.Moved, value)
	case "move_to":
		return setText(&s.MoveTo, value)
	case "move_since":
		return setTime(&s.MoveSince, value)
	case "move_proofs":
		return setNumber(&s.MoveProofs, value)
	case "final":
		return setText(&s.Final, value)
	case "etag":
		return setText(&s.ETag, value)
	case "last_modified":
		return setText(&s.LastModified, value)
	case "body_hash":
		return setText(&s.BodyHash, value)
	case "tried":
		return setTime(&s.Tried, value)
	case "good":
		return setTime(&s.Good, value)
	case "changed":
		return setTime(&s.Changed, value)
	case "full":
		return setTime(&s.Full, value)
	case "next_due":
		return setTime(&s.NextDue, value)
	case "earliest":
		return setTime(&s.Earliest, value)
	case "retry_after":
		return setTime(&s.RetryAfter, value)
	case "interval":
		return setNumber(&s.Interval, value)
	case "poll":
		return json.Unmarshal([]byte(value), &s.Poll) == nil
	case "failures":
		return setNumber(&s.Failures, value)
	case "error":
		return setText(&s.Error, value)
	case "http":
		return setNumber(&s.HTTP, value)
	case "gone":
		s.Gone = value == "true"
		return s.Gone || value == "false"
	case "flags":
		return json.Unmarshal([]byte(value), &s.Flags) == nil
	case "doc_id":
		return setText(&s.DocID, value)
	case "title":
		return setText(&s.Title, value)
	case "link":
		return setText(&s.Link, value)
	case "language":
		return setText(&s.Language, value)
	case "updated":
		return json.Unmarshal([]byte(value), &s.Updated) == nil
	case "rights":
		return setText(&s.Rights, value)
	case "hubs":
		return json.Unmarshal([]byte(value), &s.Hubs) == nil
	case "self":
		return setText(&s.Self, value)
	case "push":
		return json.Unmarshal([]byte(value), &s.Push) == nil
	case "files":
		return json.Unmarshal([]byte(value), &s.Files) == nil
	}
	return false
}

func setText(to *string, value string) bool {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return false
	}
	*to = value[1 : len(value)-1]
	if strings.IndexByte(*to, '\\') < 0 {
		return isPlain(*to) && strings.IndexByte(*to, '"') < 0
	}
	b := make([]byte, 0, len(*to))
	for i := 0; i < len(*to); i++ {
		c := (*to)[i]
		if c == '"' {
			return false
		}
		if c == '\\' {
			if i++; i == len(*to) || (*to)[i] != '"' && (*to)[i] != '\\' {
				return false
			}
			c = (*to)[i]
		}
		b = append(b, c)
	}
	*to = string(b)
	return isPlain(*to)
}

// isPlain reports whether a string has no control characters and is UTF-8.
func isPlain(s string) bool {
	ascii := true
	for i := range len(s) {
		if s[i] < ' ' {
			return false
		}
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s)
}

func setTime(to *time.Time, value string) bool {
	var text string
	return setText(&text, value) && to.UnmarshalText([]byte(text)) == nil
}

func setNumber[T ~int | ~int64](to *T, value string) bool {
	n, err := strconv.ParseInt(value, 10, 64)
	*to = T(n)
	return err == nil && strconv.FormatInt(n, 10) == value && int64(T(n)) == n
}
