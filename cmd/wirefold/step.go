//go:build !crash || !unix

package main

// step is told the name of each step of a refresh. Only a test build (-tags crash) does anything with it.
func step(string) {}
