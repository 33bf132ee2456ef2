// The gradients of an activation and of the bias before it, in one pass.

#include "elements.cuh"
#include "reduce_columns.cuh"

/// The gradient of an activation's input, of that of its result and a number that it is known from:
/// the input of GELU, or the result of relu. Other operations would only make the code long.
__device__ inline float activation_gradient(int operation, float gradient, float x) {
  if (operation == cajal_cuda_gelu_gradient) return gradient * gelu_derivative(x);
  return x > 0 ? gradient : 0;
}

/// Elements that are computed of two matrices where they are read, and then stored.
struct ComputedMatrix {
  static constexpr int UNROLLED = 1;
  int operation;
  StoredMatrix left, right;
  float *result;

  __device__ bool allows_fours() const {
    return left.allows_fours() && right.allows_fours() && is_aligned(result);
  }

  template <int ACROSS>
  __device__ void read(float (&values)[ACROSS], int64 at, int64 count, bool wide) const {
    float others[ACROSS];
    left.read(values, at, count, wide);
    right.read(others, at, count, wide);
#pragma unroll
    for (int i = 0; i < ACROSS; i++) {
      if (i < count) values[i] = activation_gradient(operation, values[i], others[i]);
    }
  }

  template <int ACROSS>
  __device__ void keep(const float (&values)[ACROSS], int64 at, int64 count, bool wide) const {
    if (ACROSS == 4 && wide) {
      store4(
          result + at,
          make_float4(values[0], values[1 % ACROSS], values[2 % ACROSS], values[3 % ACROSS]));
    } else {
#pragma unroll
      for (int i = 0; i < ACROSS; i++) {
        if (i < count) result[at + i] = values[i];
      }
    }
  }
};

/// `result = operation(left, right)` of matrices `[rows, width]`, where `operation` is
/// cajal_cuda_where_second_positive or cajal_cuda_gelu_gradient, and the sums of the columns of parts
/// of `part` rows, `[parts, width]`, which `cajal_reduce_columns` sums where there are several.
/// `accumulates` adds to what `sums` has. `result` may be `left` or `right`.
/// Launch: exactly 256 threads, cajal_cuda_reduce_blocks(1, rows, width) blocks,
/// part = cajal_cuda_reduce_part(1, rows, width). No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_binary_column_sums(
    int operation, const float *left, const float *right, float *result, float *sums, int64 rows,
    int64 width, int64 part, int accumulates) {
  reduce_columns<Sum>(
      ComputedMatrix{operation, {left}, {right}, result},
      ColumnSums{sums, cajal_cuda_sum, 1, accumulates}, 1, rows, width, part);
}
