#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "blas.h"
#include "tensor_core.h"

// Matrix products in plain loops: what they need, and how they are done.

namespace cuda_emulator {

void require_of_blas(bool holds, const char *sentence) {
  if (holds) return;
  std::fprintf(stderr, "a matrix product of cuBLASLt: it does not hold that %s\n", sentence);
  std::abort();
}

std::size_t Layout::bytes() const {
  auto matrices = (std::uint64_t)(batch - 1) * (std::uint64_t)batch_stride;
  return (matrices + (columns - 1) * (std::uint64_t)stride + rows) * element_bytes();
}

void check(const Operation &operation, const std::array<Layout, 4> &layouts) {
  const Layout &a = layouts[0], &b = layouts[1], &c = layouts[2], &d = layouts[3];
  bool narrow = a.type == cajal_blas_bfloat16;
  require_of_blas(
      operation.compute_type == cajal_blas_compute_float32
          || (operation.compute_type == cajal_blas_compute_tf32 && !narrow),
      "products are computed in float32, or in TF32 of float32");
  require_of_blas(
      operation.scale_type == cajal_blas_float32 && c.type == cajal_blas_float32,
      "factors and sums are float32");
  require_of_blas(
      a.type == b.type && (narrow || a.type == cajal_blas_float32),
      "operands are both float32 or both bfloat16");
  require_of_blas(
      operation.epilogue == cajal_blas_epilogue_none
          || (operation.epilogue & ~(cajal_blas_epilogue_relu | cajal_blas_epilogue_bias)) == 0,
      "the epilogue is none, or bias, relu or both");
  require_of_blas(c == d, "what is added to is laid out like the result");
  for (const Layout &layout : layouts) {
    require_of_blas(
        layout.rows >= 1 && layout.columns >= 1 && layout.batch >= 1
            && layout.rows <= 0x7fffffff && layout.columns <= 0x7fffffff,
        "extents are at least 1 and fit into an int");
    require_of_blas(layout.stride >= (std::int64_t)layout.rows, "columns do not overlap");
    require_of_blas(layout.batch == d.batch, "all have as many matrices");
    require_of_blas(layout.batch_stride >= 0, "matrices follow each other");
  }
  require_of_blas(
      d.batch == 1
          || d.batch_stride >= d.stride * (std::int64_t)(d.columns - 1) + (std::int64_t)d.rows,
      "results do not overlap");
  auto transposed = [](int transpose) {
    require_of_blas(
        transpose == cajal_blas_as_it_is || transpose == cajal_blas_transposed,
        "an operand is transposed or not");
    return transpose == cajal_blas_transposed;
  };
  bool ta = transposed(operation.transposes[0]), tb = transposed(operation.transposes[1]);
  require_of_blas(
      (ta ? a.columns : a.rows) == d.rows && (tb ? b.rows : b.columns) == d.columns
          && (ta ? a.rows : a.columns) == (tb ? b.columns : b.rows),
      "extents fit");
}

Algorithm choose(
    const cajal_blas_operation_object &object, const std::array<Layout, 4> &layouts,
    const cajal_blas_preference_object &preference) {
  const Layout &a = layouts[0], &d = layouts[3];
  bool transposed = object.operation.transposes[0] == cajal_blas_transposed;
  std::uint64_t inner = transposed ? a.rows : a.columns;
  Algorithm algorithm = {
    object.operation, layouts, preference.alignments, object.bias & -object.bias,
    inner >= 64 ? 3u : 1u, 0};
  std::size_t sums = d.rows * d.columns * (std::size_t)d.batch;
  std::size_t needed = algorithm.parts == 1 ? 0 : algorithm.parts * sums * sizeof(float);
  if (needed > preference.workspace_bytes) {
    algorithm.parts = 1;
  } else {
    algorithm.workspace_bytes = needed;
  }
  return algorithm;
}

void check(Device &device, const Product &product) {
  const Algorithm &algorithm = product.algorithm;
  for (std::size_t i = 0; i < 4; i++) {
    std::size_t bytes = algorithm.layouts[i].bytes();
    cajal_cuda_address address = product.addresses[i];
    require_of_blas(device.contains(address, bytes), "matrices are in the device's memory");
    require_of_blas(
        address % algorithm.alignments[i] == 0, "matrices are aligned as the algorithm expects");
    auto batch_bytes =
        (std::size_t)algorithm.layouts[i].batch_stride * algorithm.layouts[i].element_bytes();
    require_of_blas(
        batch_bytes % algorithm.alignments[i] == 0, "matrices of a batch are aligned likewise");
    cajal_cuda_address result = product.addresses[3];
    require_of_blas(
        i >= 2 || address + bytes <= result
            || result + algorithm.layouts[3].bytes() <= address,
        "the result is no operand");
  }
  require_of_blas(
      product.addresses[2] == product.addresses[3], "what is added to is the result");
  if ((algorithm.operation.epilogue & cajal_blas_epilogue_bias) != 0) {
    require_of_blas(
        product.bias % algorithm.bias_alignment == 0
            && device.contains(product.bias, algorithm.layouts[3].rows * sizeof(float)),
        "a bias is in the device's memory, and aligned as the algorithm expects");
  }
  require_of_blas(
      product.workspace_bytes >= algorithm.workspace_bytes
          && (product.workspace_bytes == 0
              || (product.workspace % 16 == 0
                  && device.contains(product.workspace, product.workspace_bytes))),
      "the workspace is there, and aligned");
}

namespace {

float number(unsigned word) {
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}

/// An operand's elements as what is multiplied.
struct Operand {
  const void *first;
  Layout layout;
  bool transposed, is_tf32;

  float at(std::uint64_t matrix, std::uint64_t row, std::uint64_t column) const {
    if (transposed) std::swap(row, column);
    std::uint64_t index = matrix * (std::uint64_t)layout.batch_stride
      + column * (std::uint64_t)layout.stride + row;
    if (layout.type == cajal_blas_bfloat16) {
      return number((unsigned)static_cast<const unsigned short *>(first)[index] << 16);
    }
    float x = static_cast<const float *>(first)[index];
    return is_tf32 ? number(round_to_tf32(x)) : x;
  }
};

void poison(const Product &product) {
  std::memset(reinterpret_cast<void *>(product.workspace), 0xff, product.workspace_bytes);
}

}  // namespace

Traffic traffic(const Product &product) {
  const Algorithm &algorithm = product.algorithm;
  auto bytes = [&](std::size_t i) {
    return sector_bytes(product.addresses[i], algorithm.layouts[i].bytes());
  };
  Traffic result = {bytes(0) + bytes(1), bytes(3)};
  if (product.beta != 0) result.bytes_read += bytes(2);
  if ((algorithm.operation.epilogue & cajal_blas_epilogue_bias) != 0) {
    result.bytes_read += sector_bytes(product.bias, algorithm.layouts[3].rows * sizeof(float));
  }
  return result;
}

void execute(const Product &product) {
  const Operation &operation = product.algorithm.operation;
  const auto &layouts = product.algorithm.layouts;
  std::uint64_t parts = product.algorithm.parts;
  bool is_tf32 = operation.compute_type == cajal_blas_compute_tf32;
  auto operand = [&](std::size_t i) {
    return Operand{
      reinterpret_cast<const void *>(product.addresses[i]), layouts[i],
      operation.transposes[i] == cajal_blas_transposed, is_tf32};
  };
  Operand a = operand(0), b = operand(1);
  const Layout &d = layouts[3];
  std::uint64_t inner = a.transposed ? a.layout.rows : a.layout.columns;
  auto *result = reinterpret_cast<float *>(product.addresses[3]);
  auto *bias = reinterpret_cast<const float *>(product.bias);
  auto *partial = reinterpret_cast<float *>(product.workspace);
  if (product.workspace_bytes > 0) poison(product);

  // Visits the elements of the result: of which matrix, row and column, and their number.
  auto for_each = [&](auto body) {
    std::uint64_t index = 0;
    for (std::uint64_t matrix = 0; matrix < (std::uint64_t)d.batch; matrix++) {
      for (std::uint64_t column = 0; column < d.columns; column++) {
        for (std::uint64_t row = 0; row < d.rows; row++) body(matrix, row, column, index++);
      }
    }
  };
  auto sum_of_part = [&](std::uint64_t part, auto matrix, auto row, auto column) {
    std::uint64_t length = (inner + parts - 1) / parts, start = part * length;
    float sum = 0;
    for (std::uint64_t k = start; k < std::min(start + length, inner); k++) {
      sum += a.at(matrix, row, k) * b.at(matrix, k, column);
    }
    return sum;
  };
  std::uint64_t count = d.rows * d.columns * (std::uint64_t)d.batch;
  for (std::uint64_t part = 0; parts > 1 && part < parts; part++) {
    for_each([&](auto matrix, auto row, auto column, auto index) {
      partial[part * count + index] = sum_of_part(part, matrix, row, column);
    });
  }
  for_each([&](auto matrix, auto row, auto column, auto index) {
    float sum = parts > 1 ? 0 : sum_of_part(0, matrix, row, column);
    for (std::uint64_t part = 0; parts > 1 && part < parts; part++) {
      sum += partial[part * count + index];
    }
    float &target =
        result[matrix * (std::uint64_t)d.batch_stride + column * (std::uint64_t)d.stride + row];
    sum *= product.alpha;
    if (product.beta != 0) sum += product.beta * target;
    if ((operation.epilogue & cajal_blas_epilogue_bias) != 0) sum += bias[row];
    if ((operation.epilogue & cajal_blas_epilogue_relu) != 0 && sum < 0) sum = 0;
    target = sum;
  });
  if (product.workspace_bytes > 0) poison(product);
}

}  // namespace cuda_emulator
