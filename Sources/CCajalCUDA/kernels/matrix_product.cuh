// What the kernels of matrix products share, in float32 and on tensor cores.
#pragma once

#include "sliced_sums.cuh"

/// One tile of the product's result for each block and each matrix of the batch and part.
template <typename Shape, typename Left, typename Right>
__device__ inline void multiply_matrices(
    const float *left, const float *right, const float *bias, float *result,
    const cajal_cuda_product &product, typename Shape::Element *left_tiles,
    typename Shape::Element *right_tiles) {
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
    typename Shape::Sums sums;
    sums.clear();
    multiply<Shape>(
        left_tile, right_tile, (int)divide_up(inner, Shape::DEPTH), left_tiles, right_tiles, sums);
    float *first = result + z * product.rows * product.columns + row * product.columns + column;
    bool whole = product.parts == 1;
    ProductResult target = {
        first, product.columns, rows, columns, whole && bias != nullptr ? bias + column : nullptr,
        whole && product.accumulates, whole && product.relu};
    int64 stride = product.columns;
    store_sums<Shape>(
        sums, target, left_tiles, right_tiles, [stride](int i) { return i * stride; });
  }
}

/// Takes the path of the operands' layouts, which all threads share.
template <typename Shape>
__device__ inline void multiply_matrices(
    const float *left, const float *right, const float *bias, float *result,
    const cajal_cuda_product &product) {
  __align__(16) __shared__ typename Shape::Element left_tiles[2 * Shape::LEFT_TILE];
  __align__(16) __shared__ typename Shape::Element right_tiles[2 * Shape::RIGHT_TILE];
  using LeftRows = typename Shape::template RowsOperand<typename Shape::LeftRows>;
  using LeftColumns = typename Shape::template ColumnsOperand<typename Shape::LeftColumns>;
  using RightRows = typename Shape::template RowsOperand<typename Shape::RightRows>;
  using RightColumns = typename Shape::template ColumnsOperand<typename Shape::RightColumns>;
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
