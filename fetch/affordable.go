package fetch

// DefaultParallel is how many fetches are under way at once where nothing forbids it. It is high because most of them
// wait for slow hosts.
const DefaultParallel = 256

// affordable is how many fetches a process may have under way that may open so many files: each holds a connection,
// and a lookup for a moment; a part stays for the store and the server.
func affordable(openFiles uint64) int {
	if openFiles >= 4*DefaultParallel {
		return DefaultParallel
	}
	return int(max(openFiles/4, 2))
}
