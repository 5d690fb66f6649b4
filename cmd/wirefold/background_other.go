//go:build !linux

package main

func inBackground() {}
