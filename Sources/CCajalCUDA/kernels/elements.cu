// Element by element. Threads walk the elements in steps of the whole grid, four at a time where
// all buffers allow 16-byte accesses.

#include "elements.cuh"

/// `result[i] = function(x[i])`
template <typename Function>
__device__ inline void map(const float *x, float *result, int64 count, Function function) {
  int64 vectors = is_aligned(x) && is_aligned(result) ? count / 4 : 0;
  FOR_EACH_INDEX(i, vectors) {
    float4 v = load4(x + 4 * i);
    store4(
        result + 4 * i, make_float4(function(v.x), function(v.y), function(v.z), function(v.w)));
  }
  FOR_EACH_INDEX(i, count - 4 * vectors) {
    result[4 * vectors + i] = function(x[4 * vectors + i]);
  }
}

/// `result[i] = function(left[i], right[i])`
template <typename Function>
__device__ inline void map2(
    const float *left, const float *right, float *result, int64 count, Function function) {
  int64 vectors =
      is_aligned(left) && is_aligned(right) && is_aligned(result) ? count / 4 : 0;
  FOR_EACH_INDEX(i, vectors) {
    float4 a = load4(left + 4 * i), b = load4(right + 4 * i);
    store4(
        result + 4 * i, make_float4(
                            function(a.x, b.x), function(a.y, b.y), function(a.z, b.z),
                            function(a.w, b.w)));
  }
  FOR_EACH_INDEX(i, count - 4 * vectors) {
    int64 element = 4 * vectors + i;
    result[element] = function(left[element], right[element]);
  }
}

extern "C" __global__ void cajal_fill(float *result, float value, int64 count) {
  int64 vectors = is_aligned(result) ? count / 4 : 0;
  FOR_EACH_INDEX(i, vectors) { store4(result + 4 * i, make_float4(value, value, value, value)); }
  FOR_EACH_INDEX(i, count - 4 * vectors) { result[4 * vectors + i] = value; }
}

extern "C" __global__ void cajal_unary(
    int operation, const float *x, float *result, int64 count) {
  switch (operation) {
    case cajal_cuda_negate: map(x, result, count, [](float v) { return -v; }); break;
    case cajal_cuda_absolute: map(x, result, count, [](float v) { return fabsf(v); }); break;
    case cajal_cuda_square: map(x, result, count, [](float v) { return v * v; }); break;
    case cajal_cuda_square_root: map(x, result, count, [](float v) { return sqrtf(v); }); break;
    case cajal_cuda_reciprocal: map(x, result, count, [](float v) { return 1 / v; }); break;
    case cajal_cuda_exponential: map(x, result, count, [](float v) { return expf(v); }); break;
    case cajal_cuda_logarithm: map(x, result, count, [](float v) { return logf(v); }); break;
    case cajal_cuda_relu: map(x, result, count, [](float v) { return v < 0 ? 0 : v; }); break;
    case cajal_cuda_sigmoid: map(x, result, count, [](float v) { return sigmoid(v); }); break;
    case cajal_cuda_hyperbolic_tangent:
      map(x, result, count, [](float v) { return tanhf(v); });
      break;
    case cajal_cuda_softplus: map(x, result, count, [](float v) { return softplus(v); }); break;
    case cajal_cuda_gelu: map(x, result, count, [](float v) { return gelu(v); }); break;
    case cajal_cuda_silu: map(x, result, count, [](float v) { return v * sigmoid(v); }); break;
  }
}

/// The function of an operation's number. All threads take the same branch.
__device__ inline float apply(int operation, float a, float b) {
  switch (operation) {
    case cajal_cuda_add: return a + b;
    case cajal_cuda_subtract: return a - b;
    case cajal_cuda_multiply: return a * b;
    case cajal_cuda_divide: return a / b;
    case cajal_cuda_maximum: return maximum(a, b);
    case cajal_cuda_minimum: return minimum(a, b);
    case cajal_cuda_where_second_positive: return b > 0 ? a : 0;
    case cajal_cuda_gelu_gradient: return a * gelu_derivative(b);
    case cajal_cuda_silu_gradient: return a * silu_derivative(b);
    default: return __uint_as_float(0x7fffffffu);
  }
}

extern "C" __global__ void cajal_binary(
    int operation, const float *left, const float *right, float *result, int64 count) {
  map2(left, right, result, count, [=](float a, float b) { return apply(operation, a, b); });
}

/// `result = function(left, right)` where an operand is stretched. Divisions of 32-bit indices take
/// a fraction of the time.
template <typename Index>
__device__ inline void apply_stretched(
    int operation, const float *left, const float *right, float *result, int64 count,
    const cajal_cuda_broadcast &geometry) {
  FOR_EACH_INDEX(i, count) {
    Index rest = (Index)i;
    int64 left_offset = 0, right_offset = 0;
    for (int axis = geometry.axes - 1; axis > 0; axis--) {
      Index extent = (Index)geometry.extents[axis];
      Index quotient = rest / extent, position = rest - quotient * extent;
      left_offset += position * geometry.left_strides[axis];
      right_offset += position * geometry.right_strides[axis];
      rest = quotient;
    }
    left_offset += rest * geometry.left_strides[0];
    right_offset += rest * geometry.right_strides[0];
    result[i] = apply(operation, left[left_offset], right[right_offset]);
  }
}

extern "C" __global__ void cajal_binary_broadcast(
    int operation, const float *left, const float *right, float *result, int64 count,
    cajal_cuda_broadcast geometry) {
  if (count <= 0x7fffffff) {
    apply_stretched<uint32>(operation, left, right, result, count, geometry);
  } else {
    apply_stretched<uint64>(operation, left, right, result, count, geometry);
  }
}

extern "C" __global__ void cajal_affine(
    const float *x, float scale, float offset, float *result, int64 count) {
  map(x, result, count, [=](float v) { return fmaf(scale, v, offset); });
}

extern "C" __global__ void cajal_add_scaled(
    const float *x, float scale, float *result, int64 count) {
  map2(x, result, result, count, [=](float v, float sum) { return fmaf(scale, v, sum); });
}
