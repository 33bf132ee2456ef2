// Operands of matrix products that are rounded in memory, for a library that takes no float32. Our
// own products round them on their way to shared memory.

#include "operand_tile.cuh"
#include "tensor_core.cuh"

/// Rounds `count` numbers to bfloat16, and zeros up to a multiple of eight: vector `index` of eight.
__device__ inline void round_eight(const float *x, uint4 *result, int64 count, int64 index) {
  bool aligned = is_aligned(x);
  int left = (int)smaller<int64>(count - 8 * index, 8);
  float4 a = load4_or_zeros(x + 8 * index, aligned, left);
  float4 b = load4_or_zeros(x + 8 * index + 4, aligned, left - 4);
  result[index] = make_uint4(
      round_to_bfloat16(a.x, a.y), round_to_bfloat16(a.z, a.w), round_to_bfloat16(b.x, b.y),
      round_to_bfloat16(b.z, b.w));
}

/// Rounds both operands of a product to bfloat16. The results are aligned to 16 bytes and have room
/// for multiples of eight numbers.
/// Grid: x = ceil((ceil(left_count / 8) + ceil(right_count / 8)) / 256), or fewer. Block: 256.
/// Dynamic shared bytes: 0.
extern "C" __global__ void cajal_round_operands_bfloat16(
    const float *left, uint4 *left_result, int64 left_count, const float *right,
    uint4 *right_result, int64 right_count) {
  int64 left_vectors = divide_up(left_count, 8);
  FOR_EACH_INDEX(i, left_vectors + divide_up(right_count, 8)) {
    if (i < left_vectors) {
      round_eight(left, left_result, left_count, i);
    } else {
      round_eight(right, right_result, right_count, i - left_vectors);
    }
  }
}
