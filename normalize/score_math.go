package normalize

import "math"

func ln(x float64) float64      { return math.Log(x) }
func sqrt32(x float32) float32  { return float32(math.Sqrt(float64(x))) }
func log2(x float32) float32    { return float32(math.Log2(float64(x))) }
func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
