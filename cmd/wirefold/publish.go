package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"wirefold/publish"
)

func newPublishCmd(a *app) *cobra.Command {
	var path, out string
	var verbose bool
	c := &cobra.Command{
		Use:   "publish --out DIR",
		Short: "Write everything that the server would serve as files, for any web host",
		Long: `Publish writes the feeds and pages of all topics into a folder, at the paths where the server serves them, each
with compressed siblings (.gz, .br, .zst) for web servers that hand those out. Every file is written beside its place and
renamed; a file whose bytes are the same is not touched; what cannot have changed since the last time is not rendered; what is
no longer published is removed, and nothing else ever is.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("publish needs --out DIR")
			}
			a.giveWay()
			if a.Getenv("GOGC") == "" {
				debug.SetGCPercent(publishPace)
			}
			return withHouse(c.Context(), a, path, func(ctx context.Context, h *house) error {
				p, err := h.publisher(publish.Options{Program: thisProgram()})
				if err != nil {
					return err
				}
				w, err := p.WriteSite(ctx, out)
				if err != nil {
					return err
				}
				if verbose {
					fmt.Fprintf(a.Stdout, "%d files written, %d unchanged, %d removed\n", w.Written, w.Unchanged, w.Removed)
				}
				return nil
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&out, "out", "", "the `folder` to write into; made when missing")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "say how many files were written")
	return c
}

// publishPace lets the heap grow to four times what is alive, which is little, and the program ends soon.
const publishPace = 300

// thisProgram tells this build from others: by its file, and by what the build says of itself. "" when it cannot be known.
func thisProgram() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Stat(path)
	if err != nil {
		return ""
	}
	built, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %d %d\n%s", path, file.Size(), file.ModTime().UnixNano(), built)
}
