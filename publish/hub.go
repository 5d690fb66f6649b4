package publish

import (
	"context"

	"wirefold/internal/news"
)

// Subscriptions keep the subscribers of the built-in hub, so that a restart forgets nobody.
type Subscriptions interface {
	// Subscriptions lists all subscriptions that have not expired.
	Subscriptions(ctx context.Context) ([]news.Subscription, error)
	// SaveSubscription adds a subscription, or replaces the one with the same topic and callback.
	SaveSubscription(ctx context.Context, s news.Subscription) error
	DeleteSubscription(ctx context.Context, topic, callback string) error
}
