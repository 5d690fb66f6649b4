package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"wirefold/fetch"
	"wirefold/internal/config"
	"wirefold/internal/news"
)

// app is the outside world as a command sees it: tests hand in their own.
type app struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Now            func() time.Time
	// Dial connects to an address that the guard has checked; nil is the system's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Background lets other programs go first from now on; nil = nothing to do.
	Background func()
	// Serving prepares the process to serve. The server calls work before what takes long, and then what that returned. nil = nothing to do, for either.
	Serving func() (work func() (done func()))
}

// giveWay is called by commands that nobody waits for: who is served on the same machine goes first.
func (a *app) giveWay() {
	if a.Background != nil {
		a.Background()
	}
}

// guard makes every connection to the outside.
func (a *app) guard(cfg *config.Config) *fetch.Guard {
	return &fetch.Guard{Allow: cfg.Fetch.Allow, Dial: a.Dial}
}

// The exit codes of every command (docs/design.md section 6; most are those of sysexits.h).
const (
	exitDone       = 0
	exitUsage      = 64
	exitBadInput   = 65 // some input bad, the rest answered
	exitNoInput    = 66
	exitPortTaken  = 69
	exitUnwritable = 73
	exitIO         = 74
	exitNewerStore = 76
	exitConfig     = 78

	// Of refresh alone.
	exitSomeFailed = 2
	exitAllFailed  = 3
	exitLocked     = 4
)

// exitError carries the exit code of a command. A nil Err has already been told.
type exitError struct {
	Code int
	Err  error
}

func (e *exitError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

func (e *exitError) Unwrap() error { return e.Err }

// exit makes err end the program with code; a nil err ends it silently, for commands that have told everything.
func exit(code int, err error) error { return &exitError{Code: code, Err: err} }

// run is the program. It returns the exit code.
func run(ctx context.Context, a *app, args []string) int {
	root := newRootCmd(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var ee *exitError
	if !errors.As(err, &ee) {
		ee = &exitError{Code: codeOf(err), Err: err}
	}
	if ee.Err != nil {
		fmt.Fprintf(a.Stderr, "wirefold: %s\n", printable(ee.Err.Error()))
	}
	return ee.Code
}

// untilSignal ends with SIGINT or SIGTERM, for commands that have something to finish then. The others simply die of it.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

// codeOf is the exit code of an error that no command gave one.
func codeOf(err error) int {
	switch {
	case errors.Is(err, news.ErrNewerStore):
		return exitNewerStore
	case errors.Is(err, news.ErrUnwritable):
		return exitUnwritable
	}
	return exitIO
}

// usagef is the error for what the user typed wrong.
func usagef(format string, args ...any) error {
	return exit(exitUsage, fmt.Errorf(format, args...))
}

// printable drops every control byte but newline and tab: what a feed says must not reach a terminal as a command.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || isBidi(r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// oneLine is printable on a single line.
func oneLine(s string) string {
	return printable(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " "))
}

// isBidi reports the characters that reorder a terminal line (Unicode Standard Annex 9, explicit formatting).
func isBidi(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "wirefold",
		Short: "One merged feed with one entry per event",
		Long: `Wirefold reads feeds and seed files, folds the articles that tell the same event into one story,
and publishes one merged topic feed with one entry per story.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%w (see '%s --help')", err, c.CommandPath())
	})
	root.AddCommand(
		newServeCmd(a), newRefreshCmd(a), newPublishCmd(a), newGroupCmd(a), newEvalCmd(a), newExplainCmd(a), newCorrectCmd(a),
		newParseCmd(a), newCheckCmd(a), newAddCmd(a), newOPMLCmd(a), newBackupCmd(a), newRestoreCmd(a), newIntegrityCmd(a), newMigrateCmd(a), newVersionCmd(a),
	)
	tellUsage(root)
	return root
}

// tellUsage makes wrong arguments a usage error, which cobra by itself cannot tell from a failed run.
func tellUsage(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usagef("%w (see '%s --help')", err, c.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		tellUsage(sub)
	}
}
