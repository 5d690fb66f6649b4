package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gin-gonic/gin"
)

// serveBare answers every GET with the bytes of site/PATH through gin and nothing else: no limits, no log, no headers but what readers need. How it stands
// to nginx tells what the machine makes of net/http and of sendfile, which differs more between machines than servers do.
func serveBare(site, path string) error {
	plain, err := os.ReadFile(filepath.Join(site, path))
	if err != nil {
		return err
	}
	packed, err := os.ReadFile(filepath.Join(site, path+".gz"))
	if err != nil {
		return err
	}
	const etag = `"bare"`
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET(path, func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Etag", etag)
		h.Set("Vary", "Accept-Encoding")
		switch {
		case c.GetHeader("If-None-Match") == etag:
			c.Status(http.StatusNotModified)
		case c.GetHeader("Accept-Encoding") != "":
			h.Set("Content-Encoding", "gzip")
			c.Data(http.StatusOK, "application/atom+xml", packed)
		default:
			c.Data(http.StatusOK, "application/atom+xml", plain)
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	go func() {
		// The bench closes the input when it is done. Its interrupt is not enough: a script in the background hands down that it is ignored.
		_, _ = io.Copy(io.Discard, os.Stdin)
		l.Close()
	}()
	if err := http.Serve(l, r); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// startBare starts serveBare in a process of its own.
func startBare(site, path string) (target, func() error, error) {
	self, err := os.Executable()
	if err != nil {
		return target{}, nil, err
	}
	cmd := exec.Command(self, "-bare-gin", site, path)
	url, stop, err := start(cmd)
	if err != nil {
		return target{}, nil, err
	}
	return target{url, []int{cmd.Process.Pid}}, stop, nil
}
