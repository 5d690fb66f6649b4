package publish

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

type ctxt = context.Context

// value is what a counter stands at.
func value(c prometheus.Counter) int {
	r := prometheus.NewRegistry()
	if r.Register(c) != nil {
		return -1
	}
	families, err := r.Gather()
	if err != nil || len(families) != 1 {
		return -1
	}
	return int(families[0].GetMetric()[0].GetCounter().GetValue())
}
