// Functions of two matrices whose columns are summed in the same pass: the gradients of an
// activation and of the bias before it.

#include "elements.cuh"
#include "reduce_columns.cuh"

/// Elements that are computed of two matrices when they are first read, and stored.
struct ComputedMatrix {
  int operation;
  const float *left, *right;
  float *result;

  __device__ bool allows_fours() const {
    return is_aligned(left) && is_aligned(right) && is_aligned(result);
  }

  template <int ACROSS>
  __device__ void read(float (&values)[ACROSS], int64 at, int64 count, bool wide) const {
    if (ACROSS == 4 && wide) {
      float4 a = load4(left + at), b = load4(right + at);
      float4 v = make_float4(
          apply(operation, a.x, b.x), apply(operation, a.y, b.y), apply(operation, a.z, b.z),
          apply(operation, a.w, b.w));
      store4(result + at, v);
      float four[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
      for (int i = 0; i < ACROSS; i++) values[i] = four[i];
    } else {
#pragma unroll
      for (int i = 0; i < ACROSS; i++) {
        if (i >= count) continue;
        values[i] = apply(operation, left[at + i], right[at + i]);
        result[at + i] = values[i];
      }
    }
  }
};

/// `result = function(left, right)` of matrices `[rows, width]`, and the sums of the columns of
/// parts of `part` rows, `[parts, width]`, which `cajal_reduce_columns` sums where there are several;
/// `accumulates` adds to what `sums` has. `result` may be `left` or `right`.
/// Launch: exactly 256 threads, cajal_cuda_reduce_blocks(1, rows, width) blocks,
/// part = cajal_cuda_reduce_part(1, rows, width). No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_binary_column_sums(
    int operation, const float *left, const float *right, float *result, float *sums, int64 rows,
    int64 width, int64 part, int accumulates) {
  reduce_columns<Sum>(
      ComputedMatrix{operation, left, right, result}, ColumnSums{sums, cajal_cuda_sum, 1, accumulates},
      1, rows, width, part);
}
