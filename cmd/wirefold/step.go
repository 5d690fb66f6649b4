//go:build !crash || !unix

package main

import "wirefold/internal/news"

// step is told the name of each step of a refresh. Only a test build (-tags crash) does anything with it.
func step(string) {}

// acknowledged is told of each batch that the store has acknowledged. Only a test build does anything with it.
func acknowledged(news.Batch) {}
