//go:build !linux

package main

type span struct{}

// ownCode knows a way only on Linux.
func ownCode() []span { return nil }

func letGo([]span) {}
