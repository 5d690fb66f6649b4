package publish

import (
	"container/list"
	"sync"
)

// maxPages bounds the story, article and archive documents that are kept rendered: enough for what is talked about
// today, about 20 MB at worst.
const maxPages = 512

// pageCache keeps the resources that were asked for last.
type pageCache struct {
	mu    sync.Mutex
	by    map[string]*list.Element
	order *list.List // least recently used first
}

type cachedPage struct {
	path string
	r    *resource
}

func newPageCache() *pageCache {
	return &pageCache{by: map[string]*list.Element{}, order: list.New()}
}

// get is the resource of a path, made when there is none.
func (pc *pageCache) get(path string, make func() *resource) *resource {
	pc.mu.Lock()
	defer pc.mu.Unlock()
	if el, ok := pc.by[path]; ok {
		pc.order.MoveToBack(el)
		return el.Value.(cachedPage).r
	}
	if pc.order.Len() >= maxPages {
		delete(pc.by, pc.order.Remove(pc.order.Front()).(cachedPage).path)
	}
	r := make()
	pc.by[path] = pc.order.PushBack(cachedPage{path, r})
	return r
}
