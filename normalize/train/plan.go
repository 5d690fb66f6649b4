package main

// Two judges are learned, each by a plan of its own (see normalize.ModelFile): one for pairs of which little is known, one for the rest.
const (
	scant = iota
	known
	numPlans
)

// plan is how a judge is learned.
type plan struct {
	name string
	// The forest of each kind; without a gate every pair is looked at.
	gate, pair, set, join blend
	gateFloor, floor      float64
	// beyond is how far above the floor a score is sure of it for the rejection trace.
	beyond float64
	// whole says that the pairs of one event and those of two are thinned out apart: of most sets all of those of one event are learned from.
	whole bool
}

// weights are what a set counts in each plan.
type weights [numPlans]float64

// both is the same weight in each plan.
func both(w float64) weights { return weights{w, w} }

func (w weights) times(by float64) weights { return weights{w[scant] * by, w[known] * by} }

// The forests of known were chosen on a cross-validated table, those of scant before on the same table, when folds still said more for one event than the model (rows.likeAll); to
// choose again, measure halves too. Those of scant are kept for what the table does not show: what more
// trees, free of any order, learn from every true pair took up to twice as many pairs in words that nobody knows for edges, and tore large events apart there.
var plans = [numPlans]plan{
	scant: {
		name: "scant", floor: -3,
		pair: blend{{trees: 180, depth: 3, rate: 0.12, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}},
		set:  blend{{trees: 240, depth: 3, rate: 0.07, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}},
		join: blend{{trees: 200, depth: 2, rate: 0.1, columns: 0.5, events: 0.7, ridge: 4, leastLeaf: 0.75}},
	},
	known: {
		name: "known", whole: true, gateFloor: -5.5, floor: -4, beyond: 1,
		gate: blend{{trees: 64, depth: 3, rate: 0.2, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}},
		pair: blend{careful(150, 0.14), bold(150, 0.14), careful(150, 0.14), bold(150, 0.14)},
		set:  blend{careful(150, 0.12), bold(150, 0.12), careful(150, 0.12), bold(150, 0.12)},
		join: blend{joins, joins, joins, joins},
	},
}

var joins = recipe{trees: 60, depth: 2, rate: 0.1, columns: 0.5, events: 0.7, ridge: 4, leastLeaf: 0.75}

// careful keeps the order of signals and learns little from few; bold takes what the large sets say. Either alone is worse, the careful where there is much to
// learn from, the bold where there is little; and of one draw alone, chance decides more.
func careful(trees int, rate float64) recipe {
	return recipe{trees: trees, depth: 4, rate: rate, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}
}

func bold(trees int, rate float64) recipe {
	return recipe{trees: trees, depth: 4, rate: rate, columns: 0.6, events: 0.8, leastRows: 20, ridge: 0.3, leastLeaf: 0.1, free: true}
}
