package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// bulkRows is how many rows one INSERT carries: enough that a call to the engine costs little beside the work.
const bulkRows = 50

// bulk inserts many rows of cols values each: head is "INSERT INTO t (…) VALUES", tail what follows the rows. With
// scan, tail has a RETURNING whose rows it is handed.
func bulk(ctx context.Context, tx *sql.Tx, head string, cols int, tail string, values []any, scan func(*sql.Rows) error) error {
	var full *sql.Stmt
	for len(values) > 0 {
		n := min(len(values)/cols, bulkRows)
		part := values[:n*cols]
		values = values[n*cols:]
		var st *sql.Stmt
		var err error
		if n == bulkRows && full != nil {
			st = full
		} else {
			if st, err = tx.PrepareContext(ctx, bulkSQL(head, n, cols, tail)); err != nil {
				return err
			}
			defer st.Close()
			if n == bulkRows {
				full = st
			}
		}
		if scan == nil {
			_, err = st.ExecContext(ctx, part...)
		} else {
			err = scanAll(ctx, st, scan, part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func scanAll(ctx context.Context, st *sql.Stmt, scan func(*sql.Rows) error, args []any) error {
	rs, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rs.Close()
	for rs.Next() {
		if err := scan(rs); err != nil {
			return err
		}
	}
	return rs.Err()
}

func bulkSQL(head string, n, cols int, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		for j := range cols {
			switch {
			case j > 0:
				b.WriteByte(',')
			case i > 0:
				b.WriteString("),(")
			default:
				b.WriteString(" (")
			}
			fmt.Fprintf(&b, "$%d", i*cols+j+1)
		}
	}
	b.WriteString(") ")
	b.WriteString(tail)
	return b.String()
}
