package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// CPU is the processor time that the server has used so far, with all its processes.
func (p *Postgres) CPU(t testing.TB) time.Duration {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var ticks int
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// The name in parentheses may hold anything; the fields count from behind it (proc_pid_stat(5)).
		_, rest, _ := strings.Cut(string(b), ") ")
		f := strings.Fields(rest)
		if len(f) < 15 || f[1] != strconv.Itoa(p.pid) && filepath.Dir(name) != fmt.Sprint("/proc/", p.pid) {
			continue
		}
		own := f[11:13]
		if f[1] != strconv.Itoa(p.pid) {
			own = f[11:15] // the postmaster: with those of its children that ended
		}
		for _, s := range own {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			ticks += n
		}
	}
	const perSecond = 100 // USER_HZ of Linux on every architecture that Go runs on
	return time.Duration(ticks) * time.Second / perSecond
}
