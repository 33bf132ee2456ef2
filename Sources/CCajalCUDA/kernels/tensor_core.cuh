// Products of tensor cores: numbers in fewer bits, whose products are added in float32.
//
// An `mma.sync` multiplies 16 rows by 8 columns over 32 bytes of summed elements, its step. Lane
// `4 * g + t` has, of the left operand, words `t` and `t + 4` of rows `g` and `g + 8`, of the right
// one words `t` and `t + 4` of column `g`, and of the sums columns `2 * t` and `2 * t + 1` of rows
// `g` and `g + 8`. The fragments of the two types of numbers differ in what a word holds: one TF32
// number, or two of bfloat16.
#pragma once

#include "common.cuh"

// The emulator has its own.
#ifndef TENSOR_CORE_INSTRUCTIONS
#define TENSOR_CORE_INSTRUCTIONS

/// A number as TF32, 10 bits of fraction, rounded to nearest, away from zero halfway.
__device__ inline uint32 round_to_tf32(float x) {
  uint32 result;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(result) : "f"(x));
  return result;
}

/// Two numbers as bfloat16, the first one in the lower half, rounded to nearest even.
__device__ inline uint32 round_to_bfloat16(float first, float second) {
  uint32 result;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(second), "f"(first));
  return result;
}

/// `sums += left * right`, 16 by 8 by 8.
__device__ inline void multiply_add_tf32(
    float (&sums)[4], const uint32 (&left)[4], const uint32 (&right)[2]) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}

/// `sums += left * right`, 16 by 8 by 16.
__device__ inline void multiply_add_bfloat16(
    float (&sums)[4], const uint32 (&left)[4], const uint32 (&right)[2]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}

/// Reads four matrices of 8 rows of 16 bytes from shared memory: lane `8 * m + r` names row `r` of
/// matrix `m`, and gets word `lane % 4` of row `lane / 4` of each.
__device__ inline void load_matrices(uint32 (&words)[4], const void *row) {
  asm volatile(
      "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
      : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
      : "r"((uint32)__cvta_generic_to_shared(row)));
}

/// Likewise, but of each matrix of 8 by 8 half words a lane gets column `lane / 4` of rows
/// `2 * (lane % 4)` and `2 * (lane % 4) + 1`.
__device__ inline void load_transposed_matrices(uint32 (&words)[4], const void *row) {
  asm volatile(
      "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
      : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
      : "r"((uint32)__cvta_generic_to_shared(row)));
}

/// 2^x, with a relative error of at most 2^-22. Less than 2^-126 becomes 0, which saves `exp2f`'s
/// scaling of such numbers.
__device__ inline float exp2_or_zero(float x) {
  float result;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}
#endif

/// The bytes of summed elements that an instruction multiplies.
constexpr int TENSOR_STEP_BYTES = 32;

/// Numbers of TF32, a word each. `STEP` summed elements are multiplied at a time.
///
/// Operands that have a line per summed element are read by `load_left` and `load_right`, from the
/// line of the step's first element on, in which `first` is the first row or column, and lines are
/// `pitch` bytes apart. With `PAIRED`, words `t` and `t + 4` are summed elements `2 * t` and
/// `2 * t + 1`, as they are in sums that become a left operand.
struct TF32 {
  static constexpr int BYTES = 4, STEP = TENSOR_STEP_BYTES / BYTES;

  static __device__ void store4(void *target, float4 x) {
    *static_cast<uint4 *>(target) = make_uint4(
        round_to_tf32(x.x), round_to_tf32(x.y), round_to_tf32(x.z), round_to_tf32(x.w));
  }

  static __device__ void multiply_add(
      float (&sums)[4], const uint32 (&left)[4], const uint32 (&right)[2]) {
    multiply_add_tf32(sums, left, right);
  }

  /// 16 rows.
  static __device__ void load_left(uint32 (&words)[4], const unsigned char *first, int pitch) {
    first += lane_index() % 4 * pitch + lane_index() / 4 * BYTES;
#pragma unroll
    for (int i = 0; i < 4; i++) words[i] = word(first + i / 2 * 4 * pitch + i % 2 * 8 * BYTES);
  }

  /// 16 columns, as two fragments.
  template <bool PAIRED>
  static __device__ void load_right(
      uint32 (&words)[2][2], const unsigned char *first, int pitch) {
    first += lane_index() % 4 * (PAIRED ? 2 : 1) * pitch + lane_index() / 4 * BYTES;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      words[i / 2][i % 2] = word(first + i % 2 * (PAIRED ? 1 : 4) * pitch + i / 2 * 8 * BYTES);
    }
  }

  /// The left operand of a step from sums of 16 rows and `STEP` columns.
  static __device__ void convert(uint32 (&words)[4], const float (*sums)[4]) {
    words[0] = round_to_tf32(sums[0][0]);
    words[1] = round_to_tf32(sums[0][2]);
    words[2] = round_to_tf32(sums[0][1]);
    words[3] = round_to_tf32(sums[0][3]);
  }

 private:
  static __device__ uint32 word(const unsigned char *address) {
    return *reinterpret_cast<const uint32 *>(address);
  }
};

/// Numbers of bfloat16, two to a word; see TF32.
struct BFloat16 {
  static constexpr int BYTES = 2, STEP = TENSOR_STEP_BYTES / BYTES;

  static __device__ void store4(void *target, float4 x) {
    *static_cast<uint2 *>(target) =
        make_uint2(round_to_bfloat16(x.x, x.y), round_to_bfloat16(x.z, x.w));
  }

  static __device__ void multiply_add(
      float (&sums)[4], const uint32 (&left)[4], const uint32 (&right)[2]) {
    multiply_add_bfloat16(sums, left, right);
  }

  static __device__ void load_left(uint32 (&words)[4], const unsigned char *first, int pitch) {
    int lane = lane_index(), depth = lane % 8 + lane / 16 * 8;
    load_transposed_matrices(words, first + depth * pitch + lane / 8 % 2 * 8 * BYTES);
  }

  template <bool PAIRED>
  static __device__ void load_right(
      uint32 (&words)[2][2], const unsigned char *first, int pitch) {
    // A word holds a pair of summed elements in any case.
    int lane = lane_index(), depth = lane % 16;
    uint32 four[4];
    load_transposed_matrices(four, first + depth * pitch + lane / 16 * 8 * BYTES);
    words[0][0] = four[0], words[0][1] = four[1], words[1][0] = four[2], words[1][1] = four[3];
  }

  static __device__ void convert(uint32 (&words)[4], const float (*sums)[4]) {
    words[0] = round_to_bfloat16(sums[0][0], sums[0][1]);
    words[1] = round_to_bfloat16(sums[0][2], sums[0][3]);
    words[2] = round_to_bfloat16(sums[1][0], sums[1][1]);
    words[3] = round_to_bfloat16(sums[1][2], sums[1][3]);
  }
};
