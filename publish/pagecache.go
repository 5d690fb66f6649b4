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

// get is the resource of a path, nil when it is not kept.
func (pc *pageCache) get(path string) *resource {
	pc.mu.Lock()
	defer pc.mu.Unlock()
	el, ok := pc.by[path]
	if !ok {
		return nil
	}
	pc.order.MoveToBack(el)
	return el.Value.(cachedPage).r
}

// put keeps a resource that has been rendered: what does not exist must not push out what does.
func (pc *pageCache) put(path string, r *resource) {
	pc.mu.Lock()
	defer pc.mu.Unlock()
	if _, ok := pc.by[path]; ok {
		return
	}
	if pc.order.Len() >= maxPages {
		delete(pc.by, pc.order.Remove(pc.order.Front()).(cachedPage).path)
	}
	pc.by[path] = pc.order.PushBack(cachedPage{path, r})
}
