package main

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A server has few threads until something works, all of them while anything does and for a second more, and each change is made once.
func TestThreadsFollowTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sets []int
		s := &sharing{few: 1, all: 4, set: func(threads int) { sets = append(sets, threads) }}
		after := func(d time.Duration, want ...int) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			if !slices.Equal(sets, want) {
				t.Errorf("threads were set to %v, want %v", sets, want)
			}
		}
		refresh := s.work()
		after(time.Hour, 4)
		render := s.work()
		refresh()
		refresh() // twice is once
		after(time.Hour, 4)
		render()
		after(calmAfter/2, 4)
		s.work()()
		after(calmAfter*3/4, 4)
		after(calmAfter/2, 4, 1)
		after(time.Hour, 4, 1)
		s.work()()
		after(calmAfter+1, 4, 1, 4, 1)
	})
}
