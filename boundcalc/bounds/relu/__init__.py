"""Bounds the best loss of x̂ = ReLU(WᵀW x + b) over all W and b: floors with proofs, and networks in closed form."""
