"""Computes the loss of x̂ = ReLU(WᵀW x + b), or of untied weights, for nonnegative features: certified."""
