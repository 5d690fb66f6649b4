package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wirefold/internal/news"
)

// notePrefix keeps the notes of others apart from the store's own rows in meta.
const notePrefix = "note:"

// Note is the text that was kept under a name, "" when there is none.
func (s *Store) Note(ctx context.Context, name string) (string, error) {
	var text string
	err := s.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = $1", notePrefix+name).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read note %s: %w", name, err)
	}
	return text, nil
}

// SetNote keeps a text under a name.
func (s *Store) SetNote(ctx context.Context, name, text string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", notePrefix+name, text)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep note %s: %w", name, err)
	}
	return nil
}

// Wake makes the next Place look at these stories again although no article of theirs changed.
func (s *Store) Wake(ctx context.Context, ids []news.StoryID, now time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, "UPDATE stories SET wake = $1 WHERE name = $2 AND ended = 0", micros(now), string(id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("wake stories: %w", err)
	}
	return nil
}

// Newest are the live stories, published or not, whose articles were seen last, newest first. limit ≤ 0 means all.
func (s *Store) Newest(ctx context.Context, limit int) ([]news.Story, error) {
	out, err := s.stories(ctx, "SELECT name, state FROM stories WHERE ended = 0 ORDER BY newest DESC, name DESC LIMIT $1", upTo(limit))
	if err != nil {
		return nil, fmt.Errorf("read the newest stories: %w", err)
	}
	return out, nil
}

// RemoveCorrection takes back a correction that a command made.
func (s *Store) RemoveCorrection(ctx context.Context, c news.Correction) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		rs, err := s.rulings(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.c.Origin == fromCommand && wording(r.c) == wording(c) {
				return s.removeRuling(ctx, tx, r)
			}
		}
		return news.ErrNotFound
	})
	if err != nil {
		return fmt.Errorf("remove correction: %w", err)
	}
	return nil
}
