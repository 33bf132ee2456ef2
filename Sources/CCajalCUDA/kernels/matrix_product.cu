// Matrix products in float32, exact as the CPU's.

#include "matrix_product.cuh"

// All kernels of tiles: `result = activation(left · right + bias) (+ result)`, `bias` may be null.
//
// With `parts` > 1, `result` is memory for `[parts, batch, rows, columns]`, bias, activation and
// `accumulates` are ignored, and cajal_sum_parts follows. Where rows or columns are 0 there is
// nothing to launch; `inner` may be 0 (then parts is 1).
//
// Choose by shape alone: large from 96 columns where there are at least 128 tiles in all; else
// small where there are 192, perhaps with parts; else sliced. Large tiles have one part; of the
// others there are the fewest parts that make 256 blocks, each of at least 512 summed elements.

/// Tiles of 128 by 128.
/// Grid: x = ceil(rows / 128) * ceil(columns / 128), y = 1, z = min(batch * parts, 65535).
/// Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(256, 2) cajal_matrix_product_large(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<ProductShape<4, 2, 2, 2, 8>>(left, right, bias, result, product);
}

/// Tiles of 64 by 64.
/// Grid: x = ceil(rows / 64) * ceil(columns / 64), y = 1, z = min(batch * parts, 65535).
/// Block: 128. Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(128, 4) cajal_matrix_product_small(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<ProductShape<2, 2, 2, 1, 16>>(left, right, bias, result, product);
}

/// Tiles of 32 by 32, for which eight warps share the summed axis.
/// Grid: x = ceil(rows / 32) * ceil(columns / 32), y = 1, z = min(batch * parts, 65535).
/// Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void __launch_bounds__(256, 2) cajal_matrix_product_sliced(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<ProductShape<1, 1, 2, 1, 64, 8>>(left, right, bias, result, product);
}

/// `result = activation(Σ parts + bias) (+ result)`, parts in their order, for partial sums
/// `[parts, batch, rows, columns]`; `bias` has one number per column or is null.
/// Grid: x = ceil(batch * rows * columns / 256), or fewer. Block: 256. Dynamic shared bytes: 0.
extern "C" __global__ void cajal_sum_parts(
    const float *partial, const float *bias, float *result, cajal_cuda_parts parts) {
  int64 count = parts.batch * parts.rows * parts.columns;
  FOR_EACH_INDEX(i, count) {
    int64 line = i / parts.columns, column = i - line * parts.columns;
    int64 matrix = line / parts.rows, row = line - matrix * parts.rows;
    double sum = bias != nullptr ? bias[column] : 0;
    // Several are on their way at a time; they are added in their order.
#pragma unroll 4
    for (int64 part = 0; part < parts.parts; part++) sum += partial[part * count + i];
    float *target = result + matrix * parts.result_batch + row * parts.result_row + column;
    if (parts.relu && sum < 0) sum = 0;
    if (parts.accumulates) sum += *target;
    *target = (float)sum;
  }
}
