// What host and kernels share: numbers of operations, and structures that kernels take by value.
// Plain C without includes, since NVRTC has no headers. Sizes are the same on both sides: int is
// 4 bytes, long long 8.
#pragma once

#ifdef __cplusplus
#define CAJAL_CONSTANT constexpr
#else
#define CAJAL_CONSTANT
#endif

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

/// Ways to reduce an axis, in the order of ReduceOperation.
enum cajal_cuda_reduce {
  cajal_cuda_sum,
  cajal_cuda_mean,
  cajal_cuda_reduce_maximum,
};

enum {
  /// The longest rows that a warp or part of one reduces.
  CAJAL_CUDA_SHORT_ROW = 2048,
  /// The elements of a longer row that a block reduces.
  CAJAL_CUDA_ROW_PART = 16384,
};

/// The neighboring columns of `[outer, length, inner]` that a block of cajal_reduce_columns takes:
/// many where rows are wide, and few of a short axis, so that one launch has threads enough.
static inline long long cajal_cuda_reduce_columns(long long length, long long inner) {
  return inner >= 128 && length > 64 ? 128 : length > 64 && length <= 1024 ? 8 : 32;
}

/// The rows of the middle axis of `[outer, length, inner]` that a block of cajal_reduce_columns
/// reduces: fewer where there would be few blocks. It depends on the extents alone, as must the
/// order of sums.
static inline long long cajal_cuda_reduce_part(long long outer, long long length, long long inner) {
  long long columns = cajal_cuda_reduce_columns(length, inner);
  long long tiles = outer * ((inner + columns - 1) / columns), parts = (length + 63) / 64;
  long long wanted = 1024 / (tiles > 0 ? tiles : 1);
  // No sum of a thread has more than some hundred terms.
  long long least = (length + 4095) / 4096;
  if (parts > wanted) parts = wanted > least ? wanted : least;
  // A second launch would take longer.
  if (columns == 8) parts = 1;
  return parts > 1 ? (length + parts - 1) / parts : length > 0 ? length : 1;
}

/// The blocks of cajal_reduce_columns. It walks any grid; more would idle.
static inline long long cajal_cuda_reduce_blocks(
    long long outer, long long length, long long inner) {
  long long columns = cajal_cuda_reduce_columns(length, inner);
  long long part = cajal_cuda_reduce_part(outer, length, inner);
  long long parts = length > 0 ? (length + part - 1) / part : 1;
  long long blocks = outer * parts * ((inner + columns - 1) / columns);
  return blocks < 16384 ? blocks : 16384;
}

/// The elements of x that a contiguous result takes: `axes` extents, outermost first, and the
/// elements of x between neighbors along each.
struct cajal_cuda_strides {
  long long extents[CAJAL_CUDA_AXES];
  long long strides[CAJAL_CUDA_AXES];
  int axes;
};

/// The widest rows that one warp keeps in registers. Wider ones take the kernels `..._wide`.
enum { CAJAL_CUDA_WARP_WIDTH = 512 };

enum {
  /// The indices that a block of cajal_sort_indices sorts at most, a power of two.
  CAJAL_CUDA_SORTED_INDICES = 4096,
  /// The sorted indices that a warp of cajal_scatter_add_rows adds.
  CAJAL_CUDA_SCATTER_PIECE = 32,
  /// The columns that it adds.
  CAJAL_CUDA_SCATTER_SPAN = 128,
};

/// The most terms of a sum of rows that a launch adds.
enum { CAJAL_CUDA_ROW_TERMS = 8 };

/// Terms of a sum of rows: of each the row of a table that an index names, times a scale, and zeros
/// for a negative index; or, where there are no indices, rows in turn, as often as there are more.
struct cajal_cuda_row_terms {
  const float *tables[CAJAL_CUDA_ROW_TERMS];
  const int *indices[CAJAL_CUDA_ROW_TERMS];
  float scales[CAJAL_CUDA_ROW_TERMS];
  /// The rows of tables without indices.
  long long rows[CAJAL_CUDA_ROW_TERMS];
  /// The terms that there are.
  int count;
};

/// Blocks of the gradient of layer normalization, and so the partial sums of the parameters'
/// gradients. It depends on the shape alone, as must the order of sums.
static inline long long cajal_cuda_layer_norm_blocks(long long rows, long long width) {
  long long blocks = width <= CAJAL_CUDA_WARP_WIDTH ? (rows + 31) / 32 : rows;
  return blocks < 512 ? blocks : 512;
}

/// Pictures whose channels are normalized in groups; see GroupNormGeometry.
struct cajal_cuda_group_norm {
  long long images, positions, channels, groups;
};

/// The neighboring channels that a block of the partial sums of group normalization takes: a power
/// of two up to 32.
static inline long long cajal_cuda_group_norm_columns(long long channels) {
  long long columns = 32;
  while (columns > 1 && columns / 2 >= channels) columns /= 2;
  return columns;
}

/// The positions that such a block takes: 16 for each of its 256 threads.
static inline long long cajal_cuda_group_norm_chunk(long long channels) {
  return 16 * 256 / cajal_cuda_group_norm_columns(channels);
}

/// The chunks of a picture's positions: an extent of the partial sums.
static inline long long cajal_cuda_group_norm_chunks(long long positions, long long channels) {
  long long chunk = cajal_cuda_group_norm_chunk(channels);
  return (positions + chunk - 1) / chunk;
}

/// The blocks of the partial sums of group normalization.
static inline long long cajal_cuda_group_norm_blocks(
    long long images, long long positions, long long channels) {
  long long columns = cajal_cuda_group_norm_columns(channels);
  long long stripes = (channels + columns - 1) / columns;
  return images * cajal_cuda_group_norm_chunks(positions, channels) * stripes;
}

/// Pictures as blocks of positions; see BlockGeometry.
struct cajal_cuda_blocks {
  long long images, rows, columns, channels, factor;
};

/// A mixture of logistics as cajal_logistic_mixture of the CPU's kernels has it; see
/// LogisticMixtureGeometry. A kind of parameter has its first one and the distance between
/// components.
struct cajal_cuda_logistic_mixture {
  int components, channels, width;
  int logit_step, mean, mean_step, log_scale, log_scale_step, slope, slope_step;
  float unit, log_unit, minimum_log_scale, maximum_log_scale;
  int last_value;
  /// Whether bins of a probability up to 1e-5 take the density at their center.
  int density_below;
};

/// The lanes that share a pixel of a mixture: a power of two up to 32.
static inline int cajal_cuda_mixture_lanes(int components) {
  int lanes = 32;
  while (lanes > 1 && lanes / 2 >= components) lanes /= 2;
  return lanes;
}

/// The bytes of shared memory that a warp of cajal_logistic_mixture takes.
static inline int cajal_cuda_mixture_shared_bytes(int components, int width) {
  return 32 / cajal_cuda_mixture_lanes(components) * (width + components) * 4;
}

/// The pictures of causalContext; see CausalContextGeometry. The ratio is 0 without inputs.
struct cajal_cuda_causal_context {
  long long rows, columns, channels, ratio;
};

/// What a label stands for: its own probability, that of each other class, and the entropy in nats.
struct cajal_cuda_smoothed_label {
  double on_label, elsewhere, entropy;
};

/// The blocks of cajal_sum_of_squares, and so its partial sums.
static inline long long cajal_cuda_sum_of_squares_blocks(long long count) {
  long long blocks = (count + 8191) / 8192;
  return blocks < 1 ? 1 : blocks < 1024 ? blocks : 1024;
}

/// See AdamStep.
struct cajal_cuda_adam {
  float step_size, beta1, beta2, epsilon, gradient_scale, decay;
};

/// Which elements decay: those from an even-numbered end on, up to the next, counted from 0.
#define CAJAL_CUDA_DECAY_ENDS 128
struct cajal_cuda_decayed {
  long long ends[CAJAL_CUDA_DECAY_ENDS];
  /// The ends that there are.
  int count;
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

/// The widest heads that attention on tensor cores takes.
enum { CAJAL_CUDA_TENSOR_ATTENTION_WIDTH = 64 };

/// The tiles of 64 rows that a block of attention on tensor cores has itself. Warps of 32 rows read
/// shared memory half as often as those of 16; lines longer than 128 bytes leave no room for them.
static inline CAJAL_CONSTANT int cajal_cuda_attention_row_tiles(int width, int number_bytes) {
  return width * number_bytes > 128 ? 1 : 2;
}

/// The places for the tiles that a block meets, one after another: with two, one is filled while
/// the other one is multiplied. The gradients' long lines leave room for one.
static inline CAJAL_CONSTANT int cajal_cuda_attention_stages(
    int of_gradient, int width, int number_bytes) {
  return of_gradient && width * number_bytes > 128 ? 1 : 2;
}

/// The bytes of 64 lines of `width` numbers. Lines are an odd number of 16 bytes apart.
static inline CAJAL_CONSTANT int cajal_cuda_attention_tile_bytes(int width, int number_bytes) {
  return 64 * (width * number_bytes + 16);
}

/// The bytes of such a place: two tiles, of a gradient the statistics of 64 queries, and for each
/// of the block's own tiles a mask and what dropout keeps.
static inline CAJAL_CONSTANT int cajal_cuda_attention_stage_bytes(
    int of_gradient, int width, int number_bytes) {
  return 2 * cajal_cuda_attention_tile_bytes(width, number_bytes) + (of_gradient ? 512 : 0)
      + 1024 * cajal_cuda_attention_row_tiles(width, number_bytes);
}

/// The bytes of shared memory of a block: of a gradient its tiles of two operands; the places.
static inline CAJAL_CONSTANT int cajal_cuda_attention_shared_bytes(
    int of_gradient, int width, int number_bytes) {
  int row_tiles = cajal_cuda_attention_row_tiles(width, number_bytes);
  int own = 2 * row_tiles * cajal_cuda_attention_tile_bytes(width, number_bytes);
  return (of_gradient ? own : 0)
      + cajal_cuda_attention_stages(of_gradient, width, number_bytes)
          * cajal_cuda_attention_stage_bytes(of_gradient, width, number_bytes);
}

/// The rows of an operand of attention in fewer bits: whole pairs of tiles.
static inline CAJAL_CONSTANT long long cajal_cuda_attention_padded_rows(long long count) {
  return (count + 127) / 128 * 128;
}

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
  /// How many parts sums are cut into. Of the kernel's gradient they are sums over positions, each
  /// of `positions_per_part`, a multiple of 16, but for the last.
  int parts, positions_per_part;
  /// Whether negative results become 0. Not of parts.
  int relu;
  /// Whether the pictures' gradient is added to what is there. Not that of parts or large tiles.
  int accumulates;
};
