// Functions of one element, for all kernels that apply them.
#pragma once

#include "common.cuh"

/// The normal distribution's Φ(x).
__device__ inline float normal_distribution(float x) { return 0.5f * erfcf(-0.70710678f * x); }

/// x · Φ(x)
__device__ inline float gelu(float x) { return x * normal_distribution(x); }

/// Φ(x) + x · φ(x)
__device__ inline float gelu_derivative(float x) {
  return fmaf(x * 0.39894228f, expf(-0.5f * x * x), normal_distribution(x));
}

/// 1 / (1 + e⁻ˣ), without overflow on the way.
__device__ inline float sigmoid(float x) {
  float e = expf(-fabsf(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/// The derivative of x / (1 + e⁻ˣ).
__device__ inline float silu_derivative(float x) {
  float s = sigmoid(x);
  return s * fmaf(x, 1 - s, 1.0f);
}

/// ln(1 + eˣ), without overflow on the way.
__device__ inline float softplus(float x) {
  return (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x)));
}
