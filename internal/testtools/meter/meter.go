// Package meter measures what a command costs: wall time, CPU of its whole life, and peak memory.
package meter

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// Cost is what one run of a command took.
type Cost struct {
	Wall time.Duration
	CPU  time.Duration // user and system, of the process and the children it waited for
	Peak int64         // bytes resident at the peak; 0 where the system does not say
	Code int
	Out  []byte
	Err  []byte
}

// Run runs a command to its end. A command that cannot be started is an error; its exit code is not.
func Run(cmd *exec.Cmd) (Cost, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	c := Cost{Wall: time.Since(start), Out: stdout.Bytes(), Err: stderr.Bytes()}
	if cmd.ProcessState == nil {
		return c, fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	c.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.Peak = peak(cmd.ProcessState)
	c.Code = cmd.ProcessState.ExitCode()
	return c, nil
}

// Median is the median of each part of some costs; the outputs are those of the first.
func Median(cs []Cost) Cost {
	if len(cs) == 0 {
		return Cost{}
	}
	out := cs[0]
	out.Wall = middle(cs, func(c Cost) time.Duration { return c.Wall })
	out.CPU = middle(cs, func(c Cost) time.Duration { return c.CPU })
	out.Peak = int64(middle(cs, func(c Cost) time.Duration { return time.Duration(c.Peak) }))
	return out
}

func middle(cs []Cost, of func(Cost) time.Duration) time.Duration {
	var all []time.Duration
	for _, c := range cs {
		all = append(all, of(c))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
