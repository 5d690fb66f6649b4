//go:build !unix

package fetch

// openFilesLimit is more than enough: these systems set no small one.
func openFilesLimit() uint64 { return 16_384 }
