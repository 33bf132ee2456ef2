// The instructions of tensor cores, lane by lane as the PTX ISA lays out their fragments. See
// tensor_core.cuh.
#pragma once

#include <cmath>
#include <cstring>

#include "block.h"

#define TENSOR_CORE_INSTRUCTIONS

inline unsigned round_to_tf32(float x) {
  unsigned bits;
  std::memcpy(&bits, &x, sizeof bits);
  if (std::isnan(x)) return 0x7fffffffu;
  return std::isinf(x) ? bits : (bits + 0x1000u) & ~0x1fffu;
}

inline unsigned round_to_bfloat16(float x) {
  unsigned bits;
  std::memcpy(&bits, &x, sizeof bits);
  return std::isnan(x) ? 0x7fffu : (bits + 0x7fffu + (bits >> 16 & 1)) >> 16;
}
inline unsigned round_to_bfloat16(float first, float second) {
  return round_to_bfloat16(first) | round_to_bfloat16(second) << 16;
}

namespace cuda_emulator {

/// What a lane gives to a product.
struct Fragments {
  unsigned left[4], right[2];
};

inline double tf32_number(unsigned word, int) {
  // The instruction reads no more bits.
  word &= ~0x1fffu;
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}
inline double bfloat16_number(unsigned word, int half) {
  word = half == 0 ? word << 16 : word & 0xffff0000u;
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}

/// The sums of a lane, over 8 words of `per_word` numbers.
template <typename Number>
void multiply_add(
    const char *name, float (&sums)[4], const unsigned (&left)[4], const unsigned (&right)[2],
    int per_word, Number number) {
  Fragments own;
  std::memcpy(own.left, left, sizeof left);
  std::memcpy(own.right, right, sizeof right);
  const Slot *slots = exchange(0xffffffffu, name, &own, sizeof own);
  auto given = [&](int lane) {
    return reinterpret_cast<const Fragments *>(slots[lane].bytes);
  };
  int group = lane() / 4, place = lane() % 4;
  for (int i = 0; i < 4; i++) {
    int column = 2 * place + i % 2;
    double sum = 0;
    for (int word = 0; word < 8; word++) {
      unsigned a = given(group * 4 + word % 4)->left[i / 2 + word / 4 * 2];
      unsigned b = given(column * 4 + word % 4)->right[word / 4];
      for (int half = 0; half < per_word; half++) sum += number(a, half) * number(b, half);
    }
    sums[i] = (float)(sums[i] + sum);
  }
}

/// Four matrices; `pick` is the half word that a lane takes as half `half` of word `m`'s matrix.
template <typename Pick>
void load_matrices(const char *name, unsigned (&words)[4], const void *row, Pick pick) {
  unsigned short own[8];
  std::memcpy(own, row, sizeof own);
  const Slot *slots = exchange(0xffffffffu, name, own, sizeof own);
  for (int matrix = 0; matrix < 4; matrix++) {
    words[matrix] = 0;
    for (int half = 0; half < 2; half++) {
      auto [line, column] = pick(half);
      unsigned short value;
      std::memcpy(&value, slots[8 * matrix + line].bytes + 2 * column, sizeof value);
      words[matrix] |= (unsigned)value << 16 * half;
    }
  }
}

}  // namespace cuda_emulator

inline void multiply_add_tf32(
    float (&sums)[4], const unsigned (&left)[4], const unsigned (&right)[2]) {
  cuda_emulator::multiply_add(
      "mma.sync of TF32", sums, left, right, 1, cuda_emulator::tf32_number);
}
inline void multiply_add_bfloat16(
    float (&sums)[4], const unsigned (&left)[4], const unsigned (&right)[2]) {
  cuda_emulator::multiply_add(
      "mma.sync of bfloat16", sums, left, right, 2, cuda_emulator::bfloat16_number);
}

inline float exp2_or_zero(float x) {
  float result = std::exp2(x);
  return result < 0x1p-126f ? 0 : result;
}

inline void load_matrices(unsigned (&words)[4], const void *row) {
  int lane = cuda_emulator::lane();
  cuda_emulator::load_matrices("ldmatrix", words, row, [=](int half) {
    return std::pair(lane / 4, lane % 4 * 2 + half);
  });
}
inline void load_transposed_matrices(unsigned (&words)[4], const void *row) {
  int lane = cuda_emulator::lane();
  cuda_emulator::load_matrices("ldmatrix.trans", words, row, [=](int half) {
    return std::pair(lane % 4 * 2 + half, lane / 4);
  });
}
