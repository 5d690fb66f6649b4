//go:build !linux

package main

func memoryIsLimited() bool { return false }
