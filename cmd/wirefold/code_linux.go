package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// span is a part of the memory of this process.
type span struct{ from, to uintptr }

// ownCode finds the parts of the program's own file that are mapped and hold nothing but what is in the file: the code, and the
// tables beside it. What the linker or anybody else has written into is left out, and where the system does not tell, all is.
func ownCode() []span {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []span
	mine := false
	var at span
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		if !strings.HasSuffix(fields[0], ":") { // a part begins
			_, err := fmt.Sscanf(fields[0], "%x-%x", &at.from, &at.to)
			mine = err == nil && fields[1][0] == 'r' && fields[1][1] == '-' && len(fields) == 6 && fields[5] == self
		} else if mine && fields[0] == "Anonymous:" && fields[1] == "0" {
			out = append(out, at)
		}
	}
	return out
}

// letGo gives the memory of parts of the program back. What is needed of them again is read again, and mostly the system still has
// it.
func letGo(code []span) {
	for _, s := range code {
		// Where this fails, nothing was given back, and nothing is lost.
		syscall.Syscall(syscall.SYS_MADVISE, s.from, s.to-s.from, syscall.MADV_DONTNEED) //nolint:errcheck // see above
	}
}
