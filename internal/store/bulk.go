package store

import (
	"context"
	"database/sql"
	"math/bits"
	"strconv"
	"strings"
	"sync"
)

// bulkRows is how many rows one INSERT carries at most: enough that a call to the engine costs little beside the
// work. Rests go in powers of two, so that there are few statements to prepare and each is prepared once.
const bulkRows = 32

// prepared keeps the statements of SQLite's one writer. A statement that is missing inside a transaction is prepared
// for that one alone and for good before the next, because preparing for good needs the connection. (PostgreSQL's
// driver keeps its own.)
type prepared struct {
	mu     sync.Mutex
	kept   map[string]*sql.Stmt
	wanted map[string]bool
}

// maxPrepared bounds the statements kept: some twenty inserts in six sizes.
const maxPrepared = 150

// prepareWanted prepares what earlier transactions missed. The mutex is not held meanwhile: preparing waits for the
// writer's connection, and who has that may be waiting for the mutex.
func (p *prepared) prepareWanted(ctx context.Context, db *sql.DB) error {
	for _, q := range p.take() {
		st, err := db.PrepareContext(ctx, q)
		if err != nil {
			return err
		}
		if !p.keep(q, st) {
			if err := st.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// take hands the wanted statements to one caller.
func (p *prepared) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for q := range p.wanted {
		if p.kept[q] == nil && len(p.kept)+len(out) < maxPrepared {
			out = append(out, q)
		}
	}
	p.wanted = nil
	return out
}

// keep reports false when another caller has prepared the same.
func (p *prepared) keep(q string, st *sql.Stmt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept[q] != nil {
		return false
	}
	if p.kept == nil {
		p.kept = map[string]*sql.Stmt{}
	}
	p.kept[q] = st
	return true
}

func (p *prepared) in(ctx context.Context, tx *sql.Tx, q string) (*sql.Stmt, error) {
	p.mu.Lock()
	st := p.kept[q]
	if st == nil {
		if p.wanted == nil {
			p.wanted = map[string]bool{}
		}
		p.wanted[q] = true
	}
	p.mu.Unlock()
	if st != nil {
		return tx.StmtContext(ctx, st), nil
	}
	return tx.PrepareContext(ctx, q)
}

// forget drops all statements: their pool is closed.
func (p *prepared) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept, p.wanted = nil, nil
}

// bulk inserts many rows of cols values each: head is "INSERT INTO t (…) VALUES", tail what follows the rows. With
// scan, tail has a RETURNING whose rows it is handed.
func (s *Store) bulk(ctx context.Context, tx *sql.Tx, head string, cols int, tail string, values []any, scan func(*sql.Rows) error) error {
	for len(values) > 0 {
		n := min(1<<(bits.Len(uint(len(values)/cols))-1), bulkRows)
		// As many rows at once as there are left for statements of this size.
		part := values[:len(values)/(n*cols)*n*cols]
		if err := s.insertRows(ctx, tx, s.dialect.bulk(head, n, cols, tail), n*cols, part, scan); err != nil {
			return err
		}
		values = values[len(part):]
	}
	return nil
}

// insertRows runs one statement as often as its n values go into those there are.
func (s *Store) insertRows(ctx context.Context, tx *sql.Tx, q string, n int, values []any, scan func(*sql.Rows) error) error {
	if s.dialect == postgresDialect {
		for ; len(values) > 0; values = values[n:] {
			if scan == nil {
				if _, err := tx.ExecContext(ctx, q, values[:n]...); err != nil {
					return err
				}
			} else if err := rows(ctx, tx, scan, q, values[:n]...); err != nil {
				return err
			}
		}
		return nil
	}
	st, err := s.prepared.in(ctx, tx, q)
	if err != nil {
		return err
	}
	defer st.Close()
	for ; len(values) > 0; values = values[n:] {
		if scan == nil {
			if _, err := st.ExecContext(ctx, values[:n]...); err != nil {
				return err
			}
			continue
		}
		rs, err := st.QueryContext(ctx, values[:n]...)
		if err != nil {
			return err
		}
		if err := eachRow(rs, scan); err != nil {
			return err
		}
	}
	return nil
}

// bulk writes the INSERT of n rows. SQLite takes its values by position: it looks numbered ones up one by one.
func (d *dialect) bulk(head string, n, cols int, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n * cols {
		switch {
		case i == 0:
			b.WriteString(" (")
		case i%cols == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		if d == postgresDialect {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i + 1))
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteString(") ")
	b.WriteString(tail)
	return b.String()
}
