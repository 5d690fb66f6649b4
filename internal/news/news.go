// Package news holds the words of Wirefold as plain values: what a Feed brings, what an Article is, which Articles
// make a Story, and which Stories a Topic publishes. It does no I/O, knows no clock and imports only the standard
// library, so every other package can share it without knowing any of the others.
package news

import (
	"errors"
	"time"
)

// FeedID names a Feed: the id of feeds.yaml, unique there and safe in a URL path.
type FeedID string

// ArticleKey names an Article for ever: 64 lower-case hexadecimal digits of a SHA-256.
type ArticleKey string

// StoryID names a Story for ever: 16 lower-case base32 digits, and a counter in the rare case that they were taken.
type StoryID string

// Errors that a caller must be able to tell apart. Everything else is only wrapped and reported.
var (
	// ErrNotFound: the store holds nothing under that name.
	ErrNotFound = errors.New("not found")
	// ErrBusy: somebody else holds the lease that the work needs.
	ErrBusy = errors.New("busy: another run holds the lease")
	// ErrNewerStore: the store was written by a newer program than this one.
	ErrNewerStore = errors.New("the store is newer than this program")
	// ErrUnwritable: the data directory cannot be written.
	ErrUnwritable = errors.New("cannot write the data directory")
	// ErrLostLease: the lease was taken over while its holder worked; nothing of that work was written.
	ErrLostLease = errors.New("lease lost to another run")
)

// Date is a point in time as an outlet states it. The zero Date is "unknown", and stays so.
type Date struct {
	Time time.Time `json:"time,omitzero"`
	// DayOnly says that only the calendar day was stated. Time is then midnight UTC of that day.
	DayOnly bool `json:"day_only,omitempty"`
}

// Known reports whether the date was stated at all.
func (d Date) Known() bool { return !d.Time.IsZero() }

// String is RFC 3339, or YYYY-MM-DD for a day, or "" when unknown.
func (d Date) String() string {
	switch {
	case !d.Known():
		return ""
	case d.DayOnly:
		return d.Time.Format(time.DateOnly)
	}
	return d.Time.Format(time.RFC3339)
}

// ParseDate reads what String prints. The empty string is the unknown date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	if len(s) == len(time.DateOnly) {
		t, err := time.Parse(time.DateOnly, s)
		return Date{Time: t, DayOnly: true}, err
	}
	t, err := time.Parse(time.RFC3339, s)
	return Date{Time: t}, err
}
