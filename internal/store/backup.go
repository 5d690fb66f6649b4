package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"wirefold/internal/news"
)

// Backup writes a consistent copy of the store, as it is at one moment, to a file that must not exist. It may run
// while others read and write. The copy is a SQLite store, whatever the engine: Restore brings it back to either.
func (s *Store) Backup(ctx context.Context, file string) error {
	if err := s.backup(ctx, file); err != nil {
		return fmt.Errorf("back up to %s: %w", file, say(err))
	}
	return nil
}

func (s *Store) backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return errors.New("the file exists already")
	}
	part := file + ".part"
	if err := removeSQLite(part); err != nil {
		return err
	}
	if err := s.copyFile(ctx, part); err != nil {
		return errors.Join(err, removeSQLite(part))
	}
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	return syncDir(filepath.Dir(file))
}

func (s *Store) copyFile(ctx context.Context, file string) error {
	if s.path == "" {
		dst, err := Open(ctx, file, Options{})
		if err != nil {
			return err
		}
		return errors.Join(s.copyTo(ctx, dst, false), dst.Close())
	}
	// On its own connection: the writer must not wait for it.
	r, w, err := openSQLite(s.path)
	if err != nil {
		return err
	}
	_, err = w.ExecContext(ctx, "VACUUM INTO $1", file)
	return errors.Join(err, r.Close(), w.Close())
}

// Restore puts a backup in the place of what the store dsn names. Nobody may use the store meanwhile: news.ErrBusy
// says that somebody does (SQLite). The backup is checked before anything is replaced.
func Restore(ctx context.Context, file, dsn string) error {
	if err := restore(ctx, file, dsn); err != nil {
		return fmt.Errorf("restore %s from %s: %w", shown(dsn), file, say(err))
	}
	return nil
}

func restore(ctx context.Context, file, dsn string) error {
	if isPostgres(dsn) {
		return restorePostgres(ctx, file, dsn)
	}
	path, err := sqlitePath(dsn)
	if err != nil {
		return err
	}
	part := path + ".restore"
	if err := removeSQLite(part); err != nil {
		return err
	}
	if err := checkedCopy(ctx, file, part); err != nil {
		return errors.Join(err, removeSQLite(part))
	}
	if err := unused(path); err != nil {
		return errors.Join(err, removeSQLite(part))
	}
	// The log of the old database must be gone before the new one takes its place: SQLite would play it back into it.
	for _, name := range []string{path + "-wal", path + "-shm"} {
		if err := removeIfThere(name); err != nil {
			return err
		}
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func restorePostgres(ctx context.Context, file, dsn string) error {
	dir, err := os.MkdirTemp("", "wirefold-restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, "restore.db")
	if err := checkedCopy(ctx, file, part); err != nil {
		return err
	}
	src, err := Open(ctx, part, Options{})
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := Open(ctx, dsn, Options{})
	if err != nil {
		return err
	}
	return errors.Join(src.copyTo(ctx, dst, true), dst.Close())
}

// checkedCopy copies a backup, brings it up to date and makes sure that it is whole.
func checkedCopy(ctx context.Context, file, to string) error {
	if err := copyBytesOf(file, to); err != nil {
		return err
	}
	s, err := Open(ctx, to, Options{})
	if err != nil {
		return err
	}
	problems, err := s.Integrity(ctx)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("the backup is damaged: %s", problems[0])
	}
	return errors.Join(err, s.Close())
}

func copyBytesOf(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// unused makes sure that no living process has the store open.
func unused(path string) error {
	if err := sweepDead(path); err != nil {
		return err
	}
	names, err := filepath.Glob(globQuote(path) + aliveMark + "*")
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return fmt.Errorf("%w: stop the programs that use it first", news.ErrBusy)
	}
	return nil
}

func removeSQLite(path string) error {
	var errs []error
	for _, name := range []string{path, path + "-wal", path + "-shm", path + "-journal"} {
		errs = append(errs, removeIfThere(name))
	}
	return errors.Join(errs...)
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Integrity looks for damage: of the file (SQLite), and of what the tables say about each other. It answers with one
// line for each problem, none for a sound store.
func (s *Store) Integrity(ctx context.Context) ([]string, error) {
	var problems []string
	err := s.read(ctx, func(tx *sql.Tx) error {
		problems = nil
		if s.path != "" {
			err := rows(ctx, tx, func(rs *sql.Rows) error {
				var line string
				err := rs.Scan(&line)
				if line != "ok" {
					problems = append(problems, line)
				}
				return err
			}, "PRAGMA integrity_check")
			if err != nil {
				return err
			}
		}
		for _, c := range []struct{ problem, query string }{
			{"articles that neither wait nor have a place", "SELECT count(*) FROM articles a WHERE NOT EXISTS (SELECT 1 FROM places p WHERE p.article = a.id) AND NOT EXISTS (SELECT 1 FROM unplaced u WHERE u.article = a.id)"},
			{"articles that wait but are not stored", "SELECT count(*) FROM unplaced u WHERE NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = u.article)"},
			{"places in stories that are not there", "SELECT count(*) FROM places p WHERE p.story <> 0 AND NOT EXISTS (SELECT 1 FROM stories s WHERE s.id = p.story)"},
			{"places in stories that have ended", "SELECT count(*) FROM places p JOIN stories s ON s.id = p.story WHERE s.ended <> 0"},
			{"aliases of stories that are not there", "SELECT count(*) FROM aliases a WHERE NOT EXISTS (SELECT 1 FROM stories s WHERE s.name = a.name)"},
			{"aliases of aliases", "SELECT count(*) FROM aliases a JOIN aliases b ON b.old = a.name"},
			{"topic entries of stories that are not there", "SELECT count(*) FROM entries e WHERE NOT EXISTS (SELECT 1 FROM stories s WHERE s.id = e.story)"},
			{"articles of live topic entries that the topic does not list", "SELECT count(*) FROM entries e JOIN places p ON p.story = e.story WHERE e.gone = 0 AND e.ended = 0 AND NOT EXISTS (SELECT 1 FROM listed l WHERE l.slug = e.slug AND l.article = p.article AND l.gone = 0)"},
			{"articles that a topic lists without a live entry", "SELECT count(*) FROM listed l JOIN places p ON p.article = l.article WHERE l.gone = 0 AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.slug = l.slug AND e.story = p.story AND e.gone = 0 AND e.ended = 0)"},
		} {
			var n int
			if err := tx.QueryRowContext(ctx, c.query).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				problems = append(problems, fmt.Sprintf("%d %s", n, c.problem))
			}
		}
		return s.checkMembers(ctx, tx, &problems)
	})
	if err != nil {
		return nil, fmt.Errorf("check the store: %w", err)
	}
	return problems, nil
}

// checkMembers compares the members that stories list with the places of articles.
func (s *Store) checkMembers(ctx context.Context, tx *sql.Tx, problems *[]string) error {
	in := map[int64]int64{}
	err := rows(ctx, tx, func(rs *sql.Rows) error {
		var article, story int64
		err := rs.Scan(&article, &story)
		in[article] = story
		return err
	}, "SELECT article, story FROM places WHERE story <> 0")
	if err != nil {
		return err
	}
	wrong := 0
	err = rows(ctx, tx, func(rs *sql.Rows) error {
		var id int64
		var packed, state sql.RawBytes
		if err := rs.Scan(&id, &packed, &state); err != nil {
			return err
		}
		members, err := unpackIDs(packed)
		if err != nil {
			*problems = append(*problems, fmt.Sprintf("the members of story %d are damaged", id))
			return nil
		}
		if _, err := s.packer.unpack(state); err != nil {
			*problems = append(*problems, fmt.Sprintf("the state of story %d is damaged", id))
		}
		for _, m := range members {
			if in[m] != id {
				wrong++
			}
			delete(in, m)
		}
		return nil
	}, "SELECT id, members, state FROM stories")
	if wrong += len(in); wrong > 0 {
		*problems = append(*problems, fmt.Sprintf("%d articles of which story and place disagree", wrong))
	}
	return err
}
