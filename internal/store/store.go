// Package store is Wirefold's memory: what feeds brought, which articles make a story, and what topics published.
// It is one SQLite file by default and a PostgreSQL database for many machines, by the same SQL. It knows no
// matching: the pure functions that decide are handed to Place.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"wirefold/internal/news"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options is what a Store may be told. The zero value is good.
type Options struct {
	// Owner names this process in leases and claims, for people who look; it is made unique by what is appended.
	// "" means the host's name and the process id.
	Owner string
	// Now is the clock that leases run by on SQLite; nil means time.Now. PostgreSQL's own clock rules there, because
	// those of several machines differ.
	Now func() time.Time
	// Wait is how long Place waits for another process that places; 0 means 40 s, longer than a dead holder's lease.
	Wait time.Duration
}

// Store is an open store. It is safe for concurrent use. Close it.
type Store struct {
	dialect *dialect
	dsn     string
	path    string // of the SQLite file; "" on PostgreSQL
	owner   string
	now     func() time.Time
	wait    time.Duration
	alive   *os.File // locked while this process lives; nil on PostgreSQL
	pulse   *pulse   // the same on PostgreSQL; nil on SQLite

	packer *packer

	mu   sync.RWMutex // held to read while the pools are used, to write while they are exchanged
	r, w *sql.DB      // on SQLite many readers and one writer; on PostgreSQL the same pool
	file os.FileInfo  // the SQLite file as it was opened

	prepared prepared
	joints   *joints

	left      sync.Map   // names of leases that we gave back but could not write so
	leftFeeds idSet      // claims of which that is so
	placing   sync.Mutex // one Place at a time in this process
	articles  recall     // guarded by placing
	turnEnded time.Time  // when we last gave the lease of Place back; guarded by placing
	told      told
}

const (
	// busyWait is how long one statement waits for other processes before it fails, and retryFor how long a
	// transaction is tried again: twenty refreshes and a server write to one file without an error.
	busyWait = 20 * time.Second
	retryFor = 2 * time.Minute
	// readers bounds the connections that read at once on PostgreSQL, fileReaders on SQLite, where each has a cache of its own in
	// our memory.
	readers, fileReaders = 8, 4
)

// Open opens the store that dsn names, a path (SQLite, made when missing) or postgres://… (PostgreSQL 15 or later),
// and brings its schema up to date. The errors that matter: news.ErrNewerStore when a newer program wrote it,
// news.ErrUnwritable when the directory or file cannot be written.
//
// SQLite runs in WAL mode with synchronous=FULL: what Save or Place acknowledged survives a crash of the program,
// of the system and a loss of power. The cost is one fsync for each of them; Saves that wait for each other share one.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &Store{dsn: dsn, now: o.Now, wait: o.Wait, owner: ownerName(o.Owner), joints: newJoints()}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	if s.packer, err = newPacker(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if s.wait == 0 {
		s.wait = 40 * time.Second
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", shown(dsn), say(err)), s.packer.close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if isPostgres(s.dsn) {
		s.dialect = postgresDialect
		db, err := openPostgres(s.dsn)
		if err != nil {
			return err
		}
		s.r, s.w = db, db
		s.pulse = startPulse(ctx, db, s.owner)
	} else {
		s.dialect = sqliteDialect
		path, err := sqlitePath(s.dsn)
		if err != nil {
			return err
		}
		s.path = path
		if s.alive, err = markAlive(path, s.owner); err != nil {
			return fmt.Errorf("%w: %w", news.ErrUnwritable, err)
		}
		if s.r, s.w, err = openSQLite(path); err != nil {
			return errors.Join(err, s.closeAlive())
		}
	}
	if err := s.upgrade(ctx); err != nil {
		return errors.Join(err, s.closeAlive(), s.closePools())
	}
	if s.path != "" {
		info, err := os.Stat(s.path)
		if err != nil {
			return errors.Join(err, s.closeAlive(), s.closePools())
		}
		s.file = info
	}
	return nil
}

// Close ends the use of the store. Claims that this process still holds are free from then on. Closing twice does no
// harm.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The mark goes first: on PostgreSQL it lives on a connection of the pool.
	return errors.Join(s.closeAlive(), s.closePools(), s.packer.close())
}

func (s *Store) closePools() error {
	if s.r == s.w {
		return s.w.Close()
	}
	return errors.Join(s.r.Close(), s.w.Close())
}

func (s *Store) closeAlive() error {
	if s.pulse != nil {
		s.pulse.end()
		s.pulse = nil
	}
	if s.alive == nil {
		return nil
	}
	f := s.alive
	s.alive = nil
	return errors.Join(f.Close(), removeIfThere(f.Name()))
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// shown is a dsn that may be printed: without user and password.
func shown(dsn string) string {
	if !isPostgres(dsn) {
		return dsn
	}
	rest := dsn[strings.Index(dsn, "//")+2:]
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	host, _, _ := strings.Cut(rest, "?")
	return "postgres://" + host
}

func ownerName(given string) string {
	if given == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "host"
		}
		given = fmt.Sprintf("%s-%d", host, os.Getpid())
	}
	given = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, given)
	return fmt.Sprintf("%.40s-%08x", given, rand.Uint32())
}
