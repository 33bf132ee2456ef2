// Matrix products with few rows, as in decoding: the right operand is read once, and that is all
// the time they take.

#include "common.cuh"

/// Rows and columns of a block, its warps, and the summed elements of the left operand that are in
/// shared memory at once.
constexpr int FEW_ROWS = 8, FEW_COLUMNS = 32, FEW_WARPS = 16, FEW_INNER = 512;

/// The part of a product that one block does. An extent fits into an int.
struct FewRows {
  const float *left, *right;
  /// Elements of the left operand from one row, and from one summed element, to the next.
  int left_row, left_inner;
  /// The rows and columns that exist, and the summed elements.
  int rows, columns;
  int inner;
  /// Elements of the right operand from one row of its storage to the next.
  int right_stride;

  /// Copies `ROWS` rows of the left operand from summed element `start` on, zeros after the ends.
  template <int ROWS>
  __device__ void stage(float *left_part, int start) const {
#pragma unroll 2
    for (int i = (int)threadIdx.x; i < ROWS * FEW_INNER; i += FEW_WARPS * WARP) {
      int k = start + i % FEW_INNER;
      int row = i / FEW_INNER;
      bool exists = row < rows && k < inner;
      left_part[i] = exists ? left[(int64)row * left_row + (int64)k * left_inner] : 0;
    }
  }

  /// The right operand is `[inner, columns]`: a lane has a column, a warp a slice of the sum.
  template <int ROWS>
  __device__ void multiply_columns(
      const float *left_part, int start, float (&sums)[ROWS]) const {
    constexpr int slice = FEW_INNER / FEW_WARPS;
    int lane = lane_index();
    int first = warp_index() * slice;
    int count = inner - start - first;
    if (lane >= columns || count <= 0) return;
    const float *b = right + (int64)(start + first) * right_stride + lane;
#pragma unroll 2
    for (int k = 0; k < slice; k += 4) {
      float y[4];
#pragma unroll
      for (int i = 0; i < 4; i++) y[i] = k + i < count ? b[(int64)(k + i) * right_stride] : 0;
#pragma unroll
      for (int row = 0; row < ROWS; row++) {
        float4 x = load4(left_part + row * FEW_INNER + first + k);
        sums[row] += x.x * y[0];
        sums[row] += x.y * y[1];
        sums[row] += x.z * y[2];
        sums[row] += x.w * y[3];
      }
    }
  }

  /// The right operand is `[columns, inner]`: a warp has two columns, a lane a part of the sum.
  template <int ROWS>
  __device__ void multiply_rows(
      const float *left_part, int start, bool aligned, float (&sums)[2][ROWS]) const {
#pragma unroll
    for (int which = 0; which < 2; which++) {
      int column = warp_index() + which * FEW_WARPS;
      if (column >= columns) continue;
      const float *b = right + (int64)column * right_stride + start;
      int count = inner - start;
#pragma unroll 2
      for (int i = 0; i < FEW_INNER; i += 4 * WARP) {
        int k = i + 4 * lane_index();
        float4 y = make_float4(0, 0, 0, 0);
        if (aligned && k + 4 <= count) {
          y = load4(b + k);
        } else {
          if (k < count) y.x = b[k];
          if (k + 1 < count) y.y = b[k + 1];
          if (k + 2 < count) y.z = b[k + 2];
          if (k + 3 < count) y.w = b[k + 3];
        }
#pragma unroll
        for (int row = 0; row < ROWS; row++) {
          float4 x = load4(left_part + row * FEW_INNER + k);
          sums[which][row] += x.x * y.x;
          sums[which][row] += x.y * y.y;
          sums[which][row] += x.z * y.z;
          sums[which][row] += x.w * y.w;
        }
      }
    }
  }

  /// Leaves the product in `totals` `[FEW_WARPS, FEW_ROWS, FEW_COLUMNS]`, to be summed over warps.
  template <int ROWS>
  __device__ void multiply_columns(float *left_part, float *totals) const {
    float sums[ROWS] = {};
    for (int start = 0; start < inner; start += FEW_INNER) {
      stage<ROWS>(left_part, start);
      __syncthreads();
      multiply_columns<ROWS>(left_part, start, sums);
      __syncthreads();
    }
#pragma unroll
    for (int row = 0; row < ROWS; row++) {
      totals[(warp_index() * FEW_ROWS + row) * FEW_COLUMNS + lane_index()] = sums[row];
    }
  }

  /// Leaves the product in `totals` `[FEW_ROWS, FEW_COLUMNS]`.
  template <int ROWS>
  __device__ void multiply_rows(float *left_part, float *totals) const {
    float sums[2][ROWS] = {};
    bool aligned = is_aligned(right) && right_stride % 4 == 0;
    for (int start = 0; start < inner; start += FEW_INNER) {
      stage<ROWS>(left_part, start);
      __syncthreads();
      multiply_rows<ROWS>(left_part, start, aligned, sums);
      __syncthreads();
    }
#pragma unroll
    for (int row = 0; row < ROWS; row++) {
#pragma unroll
      for (int which = 0; which < 2; which++) {
        float sum = warp_sum(sums[which][row]);
        if (lane_index() != 0) continue;
        totals[row * FEW_COLUMNS + warp_index() + which * FEW_WARPS] = sum;
      }
    }
  }

  template <int ROWS>
  __device__ void multiply(float *left_part, float *totals, bool transposes_right) const {
    if (transposes_right) {
      multiply_rows<ROWS>(left_part, totals);
    } else {
      multiply_columns<ROWS>(left_part, totals);
    }
  }
};

/// As cajal_matrix_product_small, for up to about 32 rows: eight rows and 32 columns per block.
///
/// Parts where the blocks would be fewer than 128 and inner is at least 2048: the fewest that make
/// 128 blocks, each of at least 1024 summed elements.
/// Grid: x = ceil(columns / 32), y = ceil(rows / 8), z = min(batch * parts, 65535).
/// Block: 512. Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(512, 1) cajal_matrix_product_few_rows(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  __align__(16) __shared__ float left_part[FEW_ROWS * FEW_INNER];
  __shared__ float totals[FEW_WARPS * FEW_ROWS * FEW_COLUMNS];
  int64 first_row = (int64)blockIdx.y * FEW_ROWS, first_column = (int64)blockIdx.x * FEW_COLUMNS;
  int rows = (int)smaller<int64>(product.rows - first_row, FEW_ROWS);
  for (int64 z = blockIdx.z; z < product.batch * product.parts; z += gridDim.z) {
    int64 part = z / product.batch, matrix = z - part * product.batch;
    int64 start = part * product.inner_per_part;
    FewRows task;
    task.left_row = product.transposes_left ? 1 : (int)product.inner;
    task.left_inner = product.transposes_left ? (int)product.rows : 1;
    task.right_stride = (int)(product.transposes_right ? product.inner : product.columns);
    task.left = left + matrix * product.left_batch + first_row * task.left_row
        + start * task.left_inner;
    task.right = right + matrix * product.right_batch
        + (product.transposes_right ? first_column * product.inner + start
                                    : start * product.columns + first_column);
    task.rows = rows;
    task.columns = (int)smaller<int64>(product.columns - first_column, FEW_COLUMNS);
    task.inner = (int)smaller(product.inner_per_part, product.inner - start);
    if (rows == 1) {
      task.multiply<1>(left_part, totals, product.transposes_right);
    } else if (rows == 2) {
      task.multiply<2>(left_part, totals, product.transposes_right);
    } else if (rows <= 4) {
      task.multiply<4>(left_part, totals, product.transposes_right);
    } else {
      task.multiply<8>(left_part, totals, product.transposes_right);
    }
    __syncthreads();
    int row = warp_index(), column = lane_index();
    if (row < rows && column < task.columns) {
      int terms = product.transposes_right ? 1 : FEW_WARPS;
      float sum = 0;
      for (int term = 0; term < terms; term++) {
        sum += totals[(term * FEW_ROWS + row) * FEW_COLUMNS + column];
      }
      float *target = result + z * product.rows * product.columns
          + (first_row + row) * product.columns + first_column + column;
      if (product.parts == 1) {
        if (bias != nullptr) sum += bias[first_column + column];
        if (product.relu && sum < 0) sum = 0;
        if (product.accumulates) sum += *target;
      }
      *target = sum;
    }
    // The next product waits for all threads before it writes other totals.
  }
}
