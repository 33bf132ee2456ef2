// Elements that strides pick, written to a contiguous result. The host leaves out axes of extent 1
// and joins neighboring axes that are one run of elements.

#include "common.cuh"

/// Where element `index` of the result is in x; divisions of 32-bit indices take a fraction of the
/// time.
template <typename Index>
__device__ inline int64 strided_offset(const cajal_cuda_strides &geometry, Index index) {
  int64 offset = 0;
  for (int axis = geometry.axes - 1; axis > 0; axis--) {
    Index extent = (Index)geometry.extents[axis];
    Index quotient = index / extent;
    offset += (index - quotient * extent) * geometry.strides[axis];
    index = quotient;
  }
  return geometry.axes > 0 ? offset + index * geometry.strides[0] : 0;
}

template <typename Index>
__device__ inline void strided_copy(
    const float *x, float *result, int64 count, const cajal_cuda_strides &geometry) {
  int last = geometry.axes - 1;
  bool wide = last >= 0 && geometry.strides[last] == 1 && geometry.extents[last] % 4 == 0 &&
              is_aligned(x) && is_aligned(result);
  for (int axis = 0; axis < last; axis++) wide = wide && geometry.strides[axis] % 4 == 0;
  if (wide) {
    FOR_EACH_INDEX(i, count / 4) {
      store4(result + 4 * i, load4(x + strided_offset(geometry, (Index)(4 * i))));
    }
  } else {
    FOR_EACH_INDEX(i, count) { result[i] = x[strided_offset(geometry, (Index)i)]; }
  }
}

/// Copies `count` elements, in the order of the result. For any 4-byte elements.
/// Launch: 256 threads, ceil(count / 1024) blocks, at most 65536. No shared memory.
extern "C" __global__ void cajal_strided_copy(
    const float *x, float *result, int64 count, cajal_cuda_strides geometry) {
  if (count <= 0x7fffffff) {
    strided_copy<uint32>(x, result, count, geometry);
  } else {
    strided_copy<uint64>(x, result, count, geometry);
  }
}

/// `cajal_strided_copy` where the elements of x are neighbors along `axis`, which is not the last
/// one: through tiles of 32 by 32 of this axis and the last one.
/// Launch: exactly 256 threads, product of the other extents · ceil(extent of axis / 32) ·
/// ceil(last extent / 32) blocks, at most 65536. No dynamic shared memory.
extern "C" __global__ void __launch_bounds__(256) cajal_strided_copy_transposed(
    const float *x, float *result, cajal_cuda_strides geometry, int axis) {
  // One more than 32, so that a column of the tile is in as many banks.
  __shared__ float tile[WARP * (WARP + 1)];
  int last = geometry.axes - 1, lane = lane_index(), warp = warp_index();
  int64 rows = geometry.extents[axis], columns = geometry.extents[last];
  int64 row_tiles = divide_up(rows, WARP), column_tiles = divide_up(columns, WARP);
  int64 tiles = row_tiles * column_tiles, row_stride = 1;
  for (int i = 0; i < last; i++) tiles *= i == axis ? 1 : geometry.extents[i];
  for (int i = axis + 1; i <= last; i++) row_stride *= geometry.extents[i];
  for (int64 index = blockIdx.x; index < tiles; index += gridDim.x) {
    int64 rest = index / column_tiles, column = (index - rest * column_tiles) * WARP;
    int64 quotient = rest / row_tiles, row = (rest - quotient * row_tiles) * WARP;
    int64 source = 0, target = 0, stride = 1;
    for (int i = last; i >= 0; i--) {
      if (i != axis && i != last) {
        int64 position = quotient % geometry.extents[i];
        quotient /= geometry.extents[i];
        source += position * geometry.strides[i];
        target += position * stride;
      }
      stride *= geometry.extents[i];
    }
    for (int i = warp; i < WARP; i += 8) {
      if (column + i < columns && row + lane < rows) {
        tile[i * (WARP + 1) + lane] =
            x[source + (column + i) * geometry.strides[last] + row + lane];
      }
    }
    __syncthreads();
    for (int i = warp; i < WARP; i += 8) {
      if (row + i < rows && column + lane < columns) {
        result[target + (row + i) * row_stride + column + lane] = tile[lane * (WARP + 1) + i];
      }
    }
    // Nobody may write the next tile while others read this one.
    __syncthreads();
  }
}
