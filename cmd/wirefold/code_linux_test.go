package main

import (
	"fmt"
	"os"
	"testing"
)

func TestCodeThatIsLetGoOfIsReadAgain(t *testing.T) {
	fromFiles := func() (pages int) {
		t.Helper()
		b, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			t.Fatal(err)
		}
		var size, resident int
		if _, err := fmt.Sscan(string(b), &size, &resident, &pages); err != nil {
			t.Fatal(err)
		}
		return pages
	}
	code := ownCode()
	if len(code) == 0 {
		t.Fatal("no code of our own was found")
	}
	before := fromFiles()
	letGo(code)
	if after := fromFiles(); after >= before {
		t.Errorf("%d pages of files in memory, %d before", after, before)
	}
}
