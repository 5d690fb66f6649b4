package meter

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestACommandIsMeasured(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Run(exec.Command(self, "-test.list", "ACommand"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Code != 0 || c.Wall <= 0 || c.CPU <= 0 || !strings.Contains(string(c.Out), "TestACommandIsMeasured") {
		t.Errorf("got %+v", c)
	}
	if _, err := Run(exec.Command(self + "-that-is-not-there")); err == nil {
		t.Error("a command that cannot be started is no error")
	}
}

func TestMedianIsOfEachPart(t *testing.T) {
	got := Median([]Cost{{Wall: 3, CPU: 1, Peak: 5}, {Wall: 1, CPU: 2, Peak: 6}, {Wall: 2, CPU: 9, Peak: 1}})
	if got.Wall != 2 || got.CPU != 2*time.Nanosecond || got.Peak != 5 {
		t.Errorf("got %+v", got)
	}
}
