package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wirefold/internal/news"
)

// Claim takes feeds for this process, so that no other fetches them meanwhile, and answers with the states of those
// that it got: a state that only names its feed is of one never fetched. A claim ends when the feed's state is saved,
// by Release, when the process dies, or after lease. The states are as they are now: look again whether a
// feed is still due.
func (s *Store) Claim(ctx context.Context, now time.Time, ids []news.FeedID, lease time.Duration) ([]news.FeedState, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := s.releaseLeft(ctx); err != nil {
		return nil, fmt.Errorf("claim feeds: %w", err)
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	dead, err := s.deadClaimants(ctx, ids, now)
	if err != nil {
		return nil, fmt.Errorf("claim feeds: %w", err)
	}
	var out []news.FeedState
	err = s.write(ctx, func(tx *sql.Tx) error {
		out = nil
		if err := s.knowFeeds(ctx, tx, ids); err != nil {
			return err
		}
		scan := func(rs *sql.Rows) error {
			st, err := scanFeed(rs)
			out = append(out, st)
			return err
		}
		return rows(ctx, tx, scan, s.dialect.sql(`UPDATE feeds SET owner = $3, claimed = $4 WHERE id IN (
			SELECT id FROM feeds WHERE id IN {texts $1} AND (owner = '' OR claimed <= $5 OR owner IN {texts $2}) {skip locked})
			RETURNING id, state`),
			s.dialect.list(ids), s.dialect.list(dead), s.owner, micros(now.Add(lease)), micros(now))
	})
	if err != nil {
		return nil, fmt.Errorf("claim feeds: %w", err)
	}
	slices.SortFunc(out, func(a, b news.FeedState) int { return strings.Compare(string(a.Feed), string(b.Feed)) })
	return out, nil
}

// knowFeeds gives feeds that were never seen an empty row to claim.
func (s *Store) knowFeeds(ctx context.Context, tx *sql.Tx, ids []news.FeedID) error {
	if len(ids) == 0 {
		return nil
	}
	missing := make(map[news.FeedID]bool, len(ids))
	for _, id := range ids {
		missing[id] = true
	}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var id news.FeedID
		err := rs.Scan(&id)
		delete(missing, id)
		return err
	}, s.dialect.sql("SELECT id FROM feeds WHERE id IN {texts $1}"), s.dialect.list(ids))
	if err != nil {
		return err
	}
	var values []any
	for _, id := range ids {
		if missing[id] {
			values = append(values, id, "")
		}
	}
	return s.bulk(ctx, tx, "INSERT INTO feeds (id, state) VALUES", 2, "ON CONFLICT (id) DO NOTHING", values, nil)
}

func (s *Store) deadClaimants(ctx context.Context, ids []news.FeedID, now time.Time) ([]string, error) {
	var owners []string
	err := s.read(ctx, func(tx *sql.Tx) error {
		owners = nil
		return rows(ctx, tx, func(rs *sql.Rows) error {
			var owner string
			err := rs.Scan(&owner)
			owners = append(owners, owner)
			return err
		}, s.dialect.sql("SELECT DISTINCT owner FROM feeds WHERE id IN {texts $1} AND owner <> '' AND claimed > $2"), s.dialect.list(ids), micros(now))
	})
	dead := []string{}
	for _, owner := range owners {
		if s.dead(ctx, owner) {
			dead = append(dead, owner)
		}
	}
	return dead, err
}

// Release ends this process's claims on feeds, without saving anything.
func (s *Store) Release(ctx context.Context, ids []news.FeedID) error {
	if len(ids) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, s.dialect.sql("UPDATE feeds SET owner = '' WHERE id IN {texts $1} AND owner = $2"), s.dialect.list(ids), s.owner)
		return err
	})
	if err != nil {
		// The rows still say that we hold them (the disk is full, say): the next Claim tries again.
		s.leftFeeds.add(ids)
		return fmt.Errorf("release feeds: %w", err)
	}
	return nil
}

// idSet is a set of feeds, safe for concurrent use.
type idSet struct {
	mu  sync.Mutex
	ids []news.FeedID
}

func (f *idSet) add(ids []news.FeedID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids = append(f.ids, ids...)
}

func (f *idSet) take() []news.FeedID {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := f.ids
	f.ids = nil
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// releaseLeft gives back what a Release could not.
func (s *Store) releaseLeft(ctx context.Context) error {
	return s.Release(ctx, s.leftFeeds.take())
}

// SaveStates stores the states of many feeds (and hosts) that brought nothing new, in one transaction: a thousand
// answers of 304 cost one fsync. It ends this process's claims on them.
func (s *Store) SaveStates(ctx context.Context, feeds []news.FeedState, hosts []news.HostState) error {
	if len(feeds) == 0 && len(hosts) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error { return s.putStates(ctx, tx, feeds, hosts) })
	if err != nil {
		return fmt.Errorf("save feed states: %w", err)
	}
	return nil
}

func (s *Store) putStates(ctx context.Context, tx *sql.Tx, feeds []news.FeedState, hosts []news.HostState) error {
	values := make([]any, 0, 2*len(feeds))
	for _, f := range lastOf(feeds, func(f *news.FeedState) string { return string(f.Feed) }) {
		state, err := packState(f)
		if err != nil {
			return err
		}
		values = append(values, string(f.Feed), state)
	}
	// An owner's name is letters, digits, dots, dashes and underscores (ownerName): safe inside the statement.
	err := s.bulk(ctx, tx, "INSERT INTO feeds (id, state) VALUES", 2, `ON CONFLICT (id) DO UPDATE SET state = excluded.state,
		owner = CASE WHEN feeds.owner = '`+s.owner+`' THEN '' ELSE feeds.owner END`, values, nil)
	if err != nil {
		return err
	}
	values = values[:0]
	for _, h := range lastOf(hosts, func(h *news.HostState) string { return h.Host }) {
		b, err := json.Marshal(h)
		if err != nil {
			return err
		}
		values = append(values, plain(h.Host), string(b))
	}
	return s.bulk(ctx, tx, "INSERT INTO hosts (host, state) VALUES", 2, "ON CONFLICT (host) DO UPDATE SET state = excluded.state", values, nil)
}

// lastOf keeps the last of those with one name, ordered by name: one INSERT may not name a row twice, and one order
// for all keeps two processes from waiting for each other.
func lastOf[T any](all []T, name func(*T) string) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[len(all)-1-i] = &all[i]
	}
	slices.SortStableFunc(out, func(a, b *T) int { return strings.Compare(name(a), name(b)) })
	return slices.CompactFunc(out, func(a, b *T) bool { return name(a) == name(b) })
}

// FeedStates are the states of all feeds that were ever saved or claimed, by id.
func (s *Store) FeedStates(ctx context.Context) ([]news.FeedState, error) {
	var out []news.FeedState
	err := s.read(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM feeds").Scan(&n); err != nil {
			return err
		}
		out = make([]news.FeedState, 0, n)
		return rows(ctx, tx, func(rs *sql.Rows) error {
			st, err := scanFeed(rs)
			out = append(out, st)
			return err
		}, "SELECT id, state FROM feeds ORDER BY id")
	})
	if err != nil {
		return nil, fmt.Errorf("read feed states: %w", err)
	}
	return out, nil
}

func scanFeed(rs *sql.Rows) (st news.FeedState, err error) {
	var id, raw string // a type of its own would go through reflection
	if err := rs.Scan(&id, &raw); err != nil {
		return st, err
	}
	if raw != "" {
		if err := unpackState(raw, &st); err != nil {
			return st, fmt.Errorf("state of feed %s: %w", id, err)
		}
	}
	st.Feed = news.FeedID(id)
	return st, nil
}

// HostStates are the states of all hosts, by name.
func (s *Store) HostStates(ctx context.Context) ([]news.HostState, error) {
	var out []news.HostState
	err := s.read(ctx, func(tx *sql.Tx) error {
		return rows(ctx, tx, func(rs *sql.Rows) error {
			var host, state string
			if err := rs.Scan(&host, &state); err != nil {
				return err
			}
			var h news.HostState
			if err := json.Unmarshal([]byte(state), &h); err != nil {
				return fmt.Errorf("state of host %s: %w: %w", host, errPacking, err)
			}
			out = append(out, h)
			return nil
		}, "SELECT host, state FROM hosts ORDER BY host")
	})
	if err != nil {
		return nil, fmt.Errorf("read host states: %w", err)
	}
	return out, nil
}
