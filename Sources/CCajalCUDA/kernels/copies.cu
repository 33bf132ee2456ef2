// Copies of runs of elements, for elements of any type: a kernel per size of what is moved at once.

#include "common.cuh"

/// Copies `rows` runs of `width` elements, `stride` and `result_stride` elements apart.
template <typename T>
__device__ inline void copy_rows(
    const T *x, int64 stride, T *result, int64 result_stride, int64 rows, int64 width) {
  FOR_EACH_INDEX(i, rows * width) {
    int64 row = i / width, column = i - row * width;
    result[row * result_stride + column] = x[row * stride + column];
  }
}

extern "C" __global__ void cajal_copy_rows_1(
    const unsigned char *x, int64 stride, unsigned char *result, int64 result_stride, int64 rows,
    int64 width) {
  copy_rows(x, stride, result, result_stride, rows, width);
}

extern "C" __global__ void cajal_copy_rows_2(
    const unsigned short *x, int64 stride, unsigned short *result, int64 result_stride, int64 rows,
    int64 width) {
  copy_rows(x, stride, result, result_stride, rows, width);
}

extern "C" __global__ void cajal_copy_rows_4(
    const uint32 *x, int64 stride, uint32 *result, int64 result_stride, int64 rows,
    int64 width) {
  copy_rows(x, stride, result, result_stride, rows, width);
}

extern "C" __global__ void cajal_copy_rows_8(
    const uint64 *x, int64 stride, uint64 *result, int64 result_stride, int64 rows,
    int64 width) {
  copy_rows(x, stride, result, result_stride, rows, width);
}

extern "C" __global__ void cajal_copy_rows_16(
    const uint4 *x, int64 stride, uint4 *result, int64 result_stride, int64 rows,
    int64 width) {
  copy_rows(x, stride, result, result_stride, rows, width);
}
