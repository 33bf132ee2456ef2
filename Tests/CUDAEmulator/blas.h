// The objects of the emulator's cuBLASLt. What one is made of is compared as a whole.
#pragma once

#include <array>
#include <tuple>

#include "cajal_cuda_blas.h"
#include "device.h"

namespace cuda_emulator {

struct Operation {
  int compute_type, scale_type;
  std::array<int, 2> transposes = {cajal_blas_as_it_is, cajal_blas_as_it_is};
  int epilogue = cajal_blas_epilogue_none;

  bool operator==(const Operation &other) const {
    auto all = [](auto &o) {
      return std::tie(o.compute_type, o.scale_type, o.transposes, o.epilogue);
    };
    return all(*this) == all(other);
  }
};

/// A column-major matrix, or several of them.
struct Layout {
  int type;
  std::uint64_t rows, columns;
  /// Elements from one column to the next.
  std::int64_t stride;
  int batch = 1;
  std::int64_t batch_stride = 0;

  bool operator==(const Layout &other) const {
    auto all = [](auto &o) {
      return std::tie(o.type, o.rows, o.columns, o.stride, o.batch, o.batch_stride);
    };
    return all(*this) == all(other);
  }
  std::size_t element_bytes() const { return type == cajal_blas_bfloat16 ? 2 : 4; }
  /// The bytes from the first element to the end of the last one.
  std::size_t bytes() const;
};

/// Alignments are those of the matrices in the order of their attributes: a, b, c, d.
using Alignments = std::array<unsigned, 4>;

/// An operation on matrices, and how it is done.
struct Algorithm {
  Operation operation;
  std::array<Layout, 4> layouts;
  Alignments alignments;
  /// The alignment of the bias that the operation had when it was asked for.
  cajal_cuda_address bias_alignment;
  /// How many parts sums are cut into.
  std::uint64_t parts;
  /// Room for the sums of all parts, where there are several.
  std::size_t workspace_bytes;
};

/// A matrix product that is to be done.
struct Product {
  Algorithm algorithm;
  float alpha, beta;
  /// The matrices in the order a, b, c, d.
  std::array<cajal_cuda_address, 4> addresses;
  cajal_cuda_address bias, workspace;
  std::size_t workspace_bytes;
};

/// Stops the program with a sentence where an operation on matrices is none.
void check(const Operation &, const std::array<Layout, 4> &);
/// Stops the program with a sentence where a product reads or writes where it must not.
void check(Device &, const Product &);
/// Does it.
void execute(const Product &);
/// What it has to move: its operands and its result.
Traffic traffic(const Product &);
/// Stops the program with a sentence unless something is so.
void require_of_blas(bool, const char *sentence);

}  // namespace cuda_emulator

struct cajal_blas_handle_object {
  cuda_emulator::Device *device;
};

struct cajal_blas_operation_object {
  cuda_emulator::Operation operation;
  cajal_cuda_address bias = 0;
};

struct cajal_blas_layout_object {
  cuda_emulator::Layout layout;
};

struct cajal_blas_preference_object {
  std::uint64_t workspace_bytes = 0;
  unsigned reductions = 7;
  cuda_emulator::Alignments alignments = {256, 256, 256, 256};
};

namespace cuda_emulator {

/// The algorithm for an operation on matrices.
Algorithm choose(
    const cajal_blas_operation_object &, const std::array<Layout, 4> &,
    const cajal_blas_preference_object &);

}  // namespace cuda_emulator
