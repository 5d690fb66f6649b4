package refresh

import (
	"sort"
	"sync"
)

// queue hands out the jobs of a run host by host: at most lanes of one host at once, so that a slow host with more feeds
// than there are workers keeps only its own waiting.
type queue struct {
	mu sync.Mutex
	// hosts that have jobs and a lane free: at first those with the most jobs, because they take longest; one that was given
	// a lane goes to the end. A lane becomes free only when its host has no more jobs, so none ever comes back.
	hosts []*hostJobs
	lanes int // of all hosts together
}

// hostJobs are the jobs of one host that nobody has begun, and how many workers are at it.
type hostJobs struct {
	jobs []*job
	busy int
}

// byHost makes the queue of a run.
func byHost(jobs []*job) *queue {
	sort.Slice(jobs, func(i, j int) bool { return jobs[i].feed.ID < jobs[j].feed.ID })
	q := &queue{}
	of := map[string]*hostJobs{}
	for _, j := range jobs {
		h := of[j.at]
		if h == nil {
			h = &hostJobs{}
			of[j.at] = h
			q.hosts = append(q.hosts, h)
		}
		h.jobs = append(h.jobs, j)
	}
	sort.SliceStable(q.hosts, func(i, j int) bool { return len(q.hosts[i].jobs) > len(q.hosts[j].jobs) })
	for _, h := range q.hosts {
		q.lanes += min(lanes, len(h.jobs))
	}
	return q
}

// first gives a worker a job of a host that has a lane free; nil when there is no such host any more.
func (q *queue) first() (*job, *hostJobs) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.hosts) > 0 {
		h := q.hosts[0]
		q.hosts = q.hosts[1:]
		if len(h.jobs) == 0 {
			continue
		}
		if h.busy++; h.busy < lanes {
			q.hosts = append(q.hosts, h)
		}
		return h.take(), h
	}
	return nil, nil
}

// next gives a worker another job of the host that it is at, or one of another host when that has no more.
func (q *queue) next(h *hostJobs) (*job, *hostJobs) {
	if j := q.another(h); j != nil {
		return j, h
	}
	return q.first()
}

func (q *queue) another(h *hostJobs) *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(h.jobs) == 0 {
		return nil
	}
	return h.take()
}

func (h *hostJobs) take() *job {
	j := h.jobs[0]
	h.jobs = h.jobs[1:]
	return j
}
