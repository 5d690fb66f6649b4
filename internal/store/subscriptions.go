package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"wirefold/internal/news"
)

// Subscriptions are all subscribers of the built-in hub, by topic and callback.
func (s *Store) Subscriptions(ctx context.Context) ([]news.Subscription, error) {
	var out []news.Subscription
	err := s.read(ctx, func(tx *sql.Tx) error {
		out = nil
		return rows(ctx, tx, func(rs *sql.Rows) error {
			var state string
			if err := rs.Scan(&state); err != nil {
				return err
			}
			var sub news.Subscription
			if err := json.Unmarshal([]byte(state), &sub); err != nil {
				return fmt.Errorf("%w: %w", errPacking, err)
			}
			out = append(out, sub)
			return nil
		}, "SELECT state FROM subscriptions ORDER BY topic, callback")
	})
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	return out, nil
}

// PutSubscription stores a subscriber, in place of the one with the same topic and callback.
func (s *Store) PutSubscription(ctx context.Context, sub news.Subscription) error {
	state, err := json.Marshal(sub)
	if err == nil {
		err = s.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO subscriptions (topic, callback, state) VALUES ($1, $2, $3)
				ON CONFLICT (topic, callback) DO UPDATE SET state = excluded.state`, plain(sub.Topic), plain(sub.Callback), string(state))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("store subscription to %s: %w", sub.Topic, err)
	}
	return nil
}

// DeleteSubscription removes a subscriber, if it is there.
func (s *Store) DeleteSubscription(ctx context.Context, topic, callback string) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM subscriptions WHERE topic = $1 AND callback = $2", plain(topic), plain(callback))
		return err
	})
	if err != nil {
		return fmt.Errorf("remove subscription to %s: %w", topic, err)
	}
	return nil
}
