package store

type cache struct{}

func newCache() *cache { return &cache{} }
