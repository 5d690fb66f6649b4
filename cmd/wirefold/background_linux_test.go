package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A command that works in the background gives way with every thread it has; one that answers people does not.
func TestCommandsInTheBackgroundGiveWay(t *testing.T) {
	if os.Getenv("WIREFOLD_TEST_BACKGROUND") != "" {
		inBackground()
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		for _, th := range threads {
			stat, err := os.ReadFile(filepath.Join("/proc/self/task", th.Name(), "stat"))
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(stat), ") ")
			if got := strings.Fields(rest)[16]; got != os.Getenv("WIREFOLD_TEST_BACKGROUND") {
				t.Errorf("thread %s is at %s", th.Name(), got)
			}
		}
		return
	}
	own, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, lower := range map[string]int{"as we were started": 0, "with a lower priority of its own": 7} {
		c := exec.Command("nice", "-n", strconv.Itoa(lower), os.Args[0], "-test.run", "^"+t.Name()+"$")
		c.Env = append(os.Environ(), "WIREFOLD_TEST_BACKGROUND="+strconv.Itoa(min(19, max(20-own+lower, backgroundNice))))
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
