// Matrix products in float32, exact as the CPU's: each sum is taken in the order of its elements.

#include "product_tile.cuh"

/// One tile of the product's result for each block and each matrix of the batch and part.
template <typename Shape, typename Left, typename Right>
__device__ inline void multiply_matrices(
    const float *left, const float *right, const float *bias, float *result,
    const cajal_cuda_product &product, float *left_tiles, float *right_tiles) {
  // Eight tiles of rows are done together, so that their columns of the right operand are read from
  // the cache.
  constexpr int64 together = 8;
  int64 tiles = divide_up(product.rows, Shape::ROWS);
  int64 column_tiles = divide_up(product.columns, Shape::COLUMNS);
  int64 first_tile = blockIdx.x / (together * column_tiles) * together;
  int64 group = smaller(together, tiles - first_tile);
  int64 place = blockIdx.x - first_tile * column_tiles;
  int64 row = (first_tile + place % group) * Shape::ROWS;
  int64 column = place / group * Shape::COLUMNS;
  int rows = (int)smaller<int64>(product.rows - row, Shape::ROWS);
  int columns = (int)smaller<int64>(product.columns - column, Shape::COLUMNS);

  for (int64 z = blockIdx.z; z < product.batch * product.parts; z += gridDim.z) {
    int64 part = z / product.batch, matrix = z - part * product.batch;
    int64 start = part * product.inner_per_part;
    int inner = (int)smaller(product.inner_per_part, product.inner - start);
    const float *a = left + matrix * product.left_batch;
    a += product.transposes_left ? start * product.rows + row : row * product.inner + start;
    const float *b = right + matrix * product.right_batch;
    b += product.transposes_right ? column * product.inner + start
                                  : start * product.columns + column;
    Left left_tile(a, product.transposes_left ? product.rows : product.inner, rows, inner);
    Right right_tile(
        b, product.transposes_right ? product.inner : product.columns, columns, inner);
    ProductSums<Shape> sums;
    sums.clear();
    multiply<Shape>(
        left_tile, right_tile, (int)divide_up(inner, Shape::DEPTH), left_tiles, right_tiles, sums);
    float *first = result + z * product.rows * product.columns + row * product.columns + column;
    bool whole = product.parts == 1;
    ProductResult target = {
        first, product.columns, rows, columns, whole && bias != nullptr ? bias + column : nullptr,
        whole && product.accumulates, whole && product.relu};
    target.store(sums);
  }
}

/// Takes the path of the operands' layouts, which all threads share.
template <typename Shape>
__device__ inline void multiply_matrices(
    const float *left, const float *right, const float *bias, float *result,
    const cajal_cuda_product &product) {
  __align__(16) __shared__ float left_tiles[Shape::LEFT_FLOATS];
  __align__(16) __shared__ float right_tiles[Shape::RIGHT_FLOATS];
  using LeftRows = RowsTile<Shape::ROWS, Shape::DEPTH, Shape::THREADS>;
  using LeftColumns = ColumnsTile<Shape::ROWS, Shape::DEPTH, Shape::THREADS>;
  using RightRows = RowsTile<Shape::COLUMNS, Shape::DEPTH, Shape::THREADS>;
  using RightColumns = ColumnsTile<Shape::COLUMNS, Shape::DEPTH, Shape::THREADS>;
  if (product.transposes_left && product.transposes_right) {
    multiply_matrices<Shape, LeftColumns, RightRows>(
        left, right, bias, result, product, left_tiles, right_tiles);
  } else if (product.transposes_left) {
    multiply_matrices<Shape, LeftColumns, RightColumns>(
        left, right, bias, result, product, left_tiles, right_tiles);
  } else if (product.transposes_right) {
    multiply_matrices<Shape, LeftRows, RightRows>(
        left, right, bias, result, product, left_tiles, right_tiles);
  } else {
    multiply_matrices<Shape, LeftRows, RightColumns>(
        left, right, bias, result, product, left_tiles, right_tiles);
  }
}

// Both kernels: `result = activation(left · right + bias) (+ result)`, `bias` may be null.
//
// With `parts` > 1, `result` is memory for `[parts, batch, rows, columns]`, bias, activation and
// `accumulates` are ignored, and cajal_sum_parts follows. Where rows or columns are 0 there is
// nothing to launch; `inner` may be 0 (then parts is 1).
//
// Choose by shape alone. Large tiles where there are at least 128 of them in all; else small ones.
// Parts where the small tiles of all matrices are fewer than 128 and inner is at least 512: the
// fewest that make 256 blocks, each of at least 256 summed elements.

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
    for (int64 part = 0; part < parts.parts; part++) sum += partial[part * count + i];
    float *target = result + matrix * parts.result_batch + row * parts.result_row + column;
    if (parts.relu && sum < 0) sum = 0;
    if (parts.accumulates) sum += *target;
    *target = (float)sum;
  }
}
