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

// The forests of known were chosen on a cross-validated table; to choose again, measure halves too. Those of scant were chosen for what no table shows, generated streams in words that
// nobody knows: of 15,000 unrelated articles 21 find another, and 6,000 on 671 large events have a B-cubed recall of .65. Of one forest of each kind that recall differed by a third from draw to
// draw. Shorter forests, be they four, tear large events apart, to half and less; longer ones put more unrelated articles together.
var plans = [numPlans]plan{
	scant: {
		name: "scant", floor: -3, beyond: 1,
		pair: twice(recipe{trees: 160, depth: 3, rate: 0.14, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}),
		set:  twice(recipe{trees: 200, depth: 3, rate: 0.09, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}),
		join: twice(recipe{trees: 180, depth: 2, rate: 0.12, columns: 0.5, events: 0.7, ridge: 4, leastLeaf: 0.75}),
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

// twice is a blend of two draws of one recipe.
func twice(r recipe) blend { return blend{r, r} }

// careful keeps the order of signals and learns little from few; bold takes what the large sets say. Either alone is worse, the careful where there is much to
// learn from, the bold where there is little; and of one draw alone, chance decides more.
func careful(trees int, rate float64) recipe {
	return recipe{trees: trees, depth: 4, rate: rate, columns: 0.6, events: 0.8, leastRows: 20, ridge: 4, leastLeaf: 0.75}
}

func bold(trees int, rate float64) recipe {
	return recipe{trees: trees, depth: 4, rate: rate, columns: 0.6, events: 0.8, leastRows: 20, ridge: 0.3, leastLeaf: 0.1, free: true}
}
