// What host and kernels share: numbers of operations, and structures that kernels take by value.
// Plain C without includes, since NVRTC has no headers. Sizes are the same on both sides: int is
// 4 bytes, long long 8.
#pragma once

/// Functions of one element, in the order of UnaryOperation.
enum cajal_cuda_unary {
  cajal_cuda_negate,
  cajal_cuda_absolute,
  cajal_cuda_square,
  cajal_cuda_square_root,
  cajal_cuda_reciprocal,
  cajal_cuda_exponential,
  cajal_cuda_logarithm,
  cajal_cuda_relu,
  cajal_cuda_sigmoid,
  cajal_cuda_hyperbolic_tangent,
  cajal_cuda_softplus,
  cajal_cuda_gelu,
  cajal_cuda_silu,
};

/// Functions of two elements, in the order of BinaryOperation.
enum cajal_cuda_binary {
  cajal_cuda_add,
  cajal_cuda_subtract,
  cajal_cuda_multiply,
  cajal_cuda_divide,
  cajal_cuda_maximum,
  cajal_cuda_minimum,
  cajal_cuda_where_second_positive,
  cajal_cuda_gelu_gradient,
  cajal_cuda_silu_gradient,
};

/// The most axes of a geometry that a kernel takes.
enum { CAJAL_CUDA_AXES = 8 };

/// How a result's elements lie in two operands: `axes` extents, outermost first, and the elements
/// between neighbors along each, 0 where an operand is stretched.
struct cajal_cuda_broadcast {
  long long extents[CAJAL_CUDA_AXES];
  long long left_strides[CAJAL_CUDA_AXES];
  long long right_strides[CAJAL_CUDA_AXES];
  int axes;
};

/// One sequence of Philox 4x32-10: word `i % 4` of block `i / 4` is element `i`.
struct cajal_cuda_random_key {
  unsigned seed[2];
  /// Counter words 1 to 3; word 0 is the block's number.
  unsigned stream, step[2];
};

/// Dropout keeps elements whose word is at least the threshold, multiplied by `scale`.
struct cajal_cuda_dropout {
  struct cajal_cuda_random_key key;
  unsigned threshold;
  float scale;
};

/// A (batched) matrix product, of MatrixProductGeometry.
struct cajal_cuda_product {
  long long rows, inner, columns, batch;
  /// Elements from one matrix of a batch to the next.
  long long left_batch, right_batch;
  /// The left operand is stored `[inner, rows]`, the right one `[columns, inner]`.
  int transposes_left, transposes_right;
  int accumulates, relu;
  /// How many parts the sum is cut into, each of `inner_per_part` summed elements (the last one of
  /// what is left), a multiple of 16.
  long long parts, inner_per_part;
};

/// Partial sums `[parts, batch, rows, columns]`, and how their sums lie in the result.
struct cajal_cuda_parts {
  long long parts, batch, rows, columns;
  /// Elements of the result from one row, and from one matrix of the batch, to the next.
  long long result_row, result_batch;
  int accumulates, relu;
};

/// An attention, of AttentionGeometry, and where in the words of its plan the parts of it are; see
/// attention.cuh.
struct cajal_cuda_attention {
  long long batch, heads, query_count, key_count, key_width, value_width;
  long long key_starts, query_entries, key_entries, masks;
  /// -1 where no query has padding keys.
  long long padding_key_counts;
  float scale;
  int has_dropout;
  struct cajal_cuda_dropout dropout;
};

/// The operand that a kernel of attention's gradients is about.
enum cajal_cuda_attention_operand {
  cajal_cuda_attention_queries,
  cajal_cuda_attention_keys,
  cajal_cuda_attention_values,
};

/// One of the spatial axes of a convolution, of ConvolutionGeometry.Axis.
struct cajal_cuda_axis {
  int extent, kernel, stride, before, result;
};

/// A convolution, of ConvolutionGeometry. The positions of all pictures, and of all results, are
/// fewer than 2^31.
struct cajal_cuda_convolution {
  struct cajal_cuda_axis rows, columns;
  int images, channels, result_channels, groups;
  /// Of the kernel's gradient: how many parts the positions of the results are cut into, each of
  /// `positions_per_part`, a multiple of 16, but for the last.
  int parts, positions_per_part;
};
