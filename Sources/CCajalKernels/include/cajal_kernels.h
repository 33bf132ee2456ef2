// The SIMD kernels of Cajal's CPU backend: one table of functions per instruction set.
//
// All matrices are row-major Floats. Every kernel works on one thread and allocates nothing; the
// caller divides large work into tasks. The order of summation depends only on the shapes and the
// level.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// The number of queries and keys per tile of an attention plan.
enum { CAJAL_TILE = 64 };

/// The levels that the kernels are compiled for.
enum cajal_isa {
  /// Four lanes of the compiler's baseline (SSE2, NEON).
  cajal_isa_plain = 0,
  /// Eight lanes with fused multiply-add.
  cajal_isa_avx2 = 1,
  /// Sixteen lanes with fused multiply-add.
  cajal_isa_avx512 = 2,
  /// The sixteen-lane source compiled for AVX2: slow, for tests on machines without AVX-512.
  cajal_isa_wide = 3,
};

/// Functions of one element, in the order of UnaryOperation.
enum cajal_unary {
  cajal_negate,
  cajal_absolute,
  cajal_square,
  cajal_square_root,
  cajal_reciprocal,
  cajal_exponential,
  cajal_logarithm,
  cajal_relu,
  cajal_sigmoid,
  cajal_hyperbolic_tangent,
  cajal_softplus,
  cajal_gelu,
  cajal_silu,
};

/// Functions of two elements, in the order of BinaryOperation.
enum cajal_binary {
  cajal_add,
  cajal_subtract,
  cajal_multiply,
  cajal_divide,
  cajal_maximum,
  cajal_minimum,
  cajal_where_second_positive,
  cajal_gelu_gradient,
  cajal_silu_gradient,
};

/// Operands of a function of two elements over two axes; the result is contiguous.
struct cajal_binary_operands {
  const float *left;
  const float *right;
  float *result;
  long extents[2];
  /// Elements between neighbors along each axis.
  long left_strides[2];
  long right_strides[2];
};

/// result[rows, columns] = activation(left · right + bias), or result += left · right.
struct cajal_product {
  const float *left;
  const float *right;
  /// The whole right operand packed by pack_right, or null. It must be null for a partial range of
  /// summed elements.
  const float *_Nullable packed_right;
  /// One per column, or null.
  const float *_Nullable bias;
  float *result;
  /// Elements between rows and between summed elements of the left operand; one of them is 1.
  long left_row, left_step;
  /// Elements between summed elements and between columns of the right operand; one of them is 1.
  long right_step, right_column;
  long columns;
  /// Adds to what the result holds; then there is no bias and no activation.
  int accumulates;
  /// Stores max(x, 0).
  int relu;
};

/// One convolution, or a phase of the gradient of one: the result at each position is the bias plus
/// the sum over taps of the left operand times the right operand's matrix of the tap.
struct cajal_convolution {
  /// Padded, so that every tap of every position can be read.
  const float *left;
  /// A matrix [inner, columns] for each tap, columns in panels of convolution_panel(columns).
  const float *right;
  const float *_Nullable bias;
  float *result;
  /// Positions of the result in an image.
  long height, width;
  /// Elements between neighboring positions (of the result) in either.
  long left_image, left_row, left_column;
  long result_image, result_row, result_column;
  long tap_rows, tap_columns;
  /// The stride of the left operand between neighboring taps.
  long tap_row_step, tap_column_step;
  /// Elements between panels, taps and summed elements of the right operand.
  long right_panel, right_tap, right_step;
  /// Summed elements of a tap, contiguous in the left operand; columns of the result.
  long inner, columns;
};

/// The layout of a convolution's kernel, for convolution_pack.
struct cajal_convolution_kernel {
  const float *elements;
  /// Elements between neighbors; one of the last two is 1.
  long tap_row_step, tap_column_step, inner_step, column_step;
};

/// One sequence of Philox 4×32-10: word `i % 4` of block `i / 4` is element `i`.
struct cajal_random_key {
  uint32_t seed[2];
  /// Counter words 1 to 3; word 0 is the block's number.
  uint32_t stream, step[2];
};

/// Dropout keeps elements whose word is at least the threshold, multiplied by `scale`.
struct cajal_dropout {
  struct cajal_random_key key;
  uint32_t threshold;
  float scale;
};

/// A key tile of a query tile: the layout of AttentionPlan.Entry.
struct cajal_plan_entry {
  int32_t key_tile;
  /// The number of the mask, or -1 for the whole tile.
  int32_t mask;
};

/// One attention: layouts as AttentionGeometry describes them.
struct cajal_attention {
  const float *queries;
  const float *keys;
  const float *values;
  float *result;
  /// Natural, [batch, heads, queries].
  float *log_sum_exp;
  /// For the gradient alone, else null.
  const float *_Nullable result_gradient;
  float *_Nullable queries_gradient;
  float *_Nullable keys_gradient;
  float *_Nullable values_gradient;

  long heads, query_count, key_count, key_width, value_width;
  float scale;

  /// The start of each query tile's entries, with one more for the end.
  const int32_t *tile_starts;
  const struct cajal_plan_entry *entries;
  /// CAJAL_TILE words per mask: bit q of word k is set if query q attends to key k (the plan's,
  /// transposed).
  const uint64_t *masks;
  /// The number of zero-logit padding keys (value 0) of each query, or null.
  const float *_Nullable padding_key_counts;
  const struct cajal_dropout *_Nullable dropout;
};

/// One row of attention for decoding; see Backend.attentionRow.
struct cajal_attention_row {
  /// This head's query, its part of the caches, and its result.
  const float *query;
  /// [key tiles, key_width, CAJAL_TILE]
  const float *keys;
  /// [key tiles * CAJAL_TILE, value_width]
  const float *values;
  float *result;
  long key_count, key_width, value_width;
  float scale;
  const struct cajal_plan_entry *entries;
  long entry_count;
  /// The plan's own masks (bit k of word q) and the query's place in its tile.
  const uint64_t *masks;
  long query_in_tile;
  float padding_key_count;
};

/// One step of Adam; see AdamStep.
struct cajal_adam {
  float step_size, beta1, beta2, epsilon, gradient_scale, decay;
};

/// A mixture of discretized logistics and the places of its parameters; see
/// LogisticMixtureGeometry.
struct cajal_logistic_mixture {
  long components, channels, width;
  /// The first parameter of a kind, and the distance from component to component; logits begin
  /// at 0.
  long logit_step, mean, mean_step, log_scale, log_scale_step, slope, slope_step;
  float unit, log_unit, minimum_log_scale, maximum_log_scale;
  int32_t last_value;
  /// Takes the density for the probability of inner bins with less than 1e-5.
  int density_below;
};

/// Pictures that are partly known, and what is expected of them; see CausalContextGeometry.
struct cajal_causal_context {
  /// [images, rows, columns, channels]
  const float *targets;
  const float *means;
  /// [images, rows / ratio, columns / ratio, channels], or null.
  const float *_Nullable inputs;
  long rows, columns, channels, ratio;
  float residual_scale;
};

/// The kernels of one level.
struct cajal_kernels {
  /// The number of Floats in a vector.
  long lanes;

  void (*unary)(enum cajal_unary, const float *x, float *result, long count);
  void (*binary)(enum cajal_binary, const struct cajal_binary_operands *);
  void (*affine)(const float *x, float scale, float offset, float *result, long count);
  void (*add_scaled)(const float *x, float scale, float *result, long count);

  /// Sums of `length` rows of `inner` elements, each `stride` elements further on, in blocks.
  void (*sum_rows)(const float *x, long length, long inner, long stride, float *result);
  void (*maximum_rows)(const float *x, long length, long inner, long stride, float *result);
  /// The sum and the maximum of one run of elements.
  float (*sum)(const float *x, long count);
  float (*maximum)(const float *x, long count);
  double (*sum_of_squares)(const float *x, long count);
  /// result[i, j] = x[i * strides[0] + j * strides[1]]
  void (*strided_copy)(const float *x, const long *strides, float *result, long rows, long columns);

  /// Rows and summed elements from ... to; see cajal_product.
  void (*product)(
      const struct cajal_product *, long row_from, long row_to, long inner_from, long inner_to);
  /// Packs the right operand once for several tasks of a product: panels from ... to, each of
  /// panel_columns columns, the last one padded, of all `inner` summed elements. The packed operand
  /// has `inner` times the padded number of columns elements.
  void (*pack_right)(
      const struct cajal_product *, long inner, long panel_from, long panel_to, float *packed);
  long panel_columns;

  /// Columns per panel of the right operand of a convolution with this number of columns.
  long (*convolution_panel)(long columns);
  /// Positions from ... to, counted through images, rows and columns.
  void (*convolution)(const struct cajal_convolution *, long from, long to);
  /// Packs the right operand as [panel, tap, inner, columns of a panel], the last panel padded with
  /// zeros.
  void (*convolution_pack)(
      const struct cajal_convolution *, const struct cajal_convolution_kernel *, float *packed);
  /// Adds to the gradient of the kernel for taps from ... to what `positions` positions of the
  /// result's gradient give; the convolution's right operand and result are not used.
  void (*convolution_kernel_gradient)(
      const struct cajal_convolution *, const float *gradient, long positions, long tap_from,
      long tap_to, float *kernel_gradient, long kernel_row, long kernel_tap);

  /// Winograd's F(4×4, 3×3) for convolutions of 3 × 3 taps and stride 1 whose left operand can be
  /// read up to whole tiles of 4 × 4 positions. Elements of the points' matrices of a kernel, and
  /// of the sums for its gradient.
  long (*winograd_points)(const struct cajal_convolution *);
  /// Makes the points' matrices of what convolution_pack packed.
  void (*winograd_kernel)(const struct cajal_convolution *, const float *packed, float *points);
  /// Elements of scratch that winograd and winograd_sums need.
  long (*winograd_scratch)(const struct cajal_convolution *);
  /// Tiles from ... to of the result, counted through images, rows and columns.
  void (*winograd)(
      const struct cajal_convolution *, const float *points, long from, long to, float *scratch);
  /// Adds to the sums for the gradient of the kernel over tiles from ... to of the result's
  /// gradient.
  void (*winograd_sums)(
      const struct cajal_convolution *, const float *gradient, long from, long to, float *sums,
      float *scratch);
  /// Adds to the gradient of the kernel what the sums give.
  void (*winograd_kernel_gradient)(
      const struct cajal_convolution *, const float *sums, float *kernel_gradient, long kernel_row,
      long kernel_tap);

  /// Group normalization of one picture; scratch is 2 and 4 times the channels.
  void (*group_norm)(
      const float *x, const float *scale, const float *bias, float *result, float *statistics,
      long positions, long channels, long groups, float epsilon, float *scratch);
  void (*group_norm_gradient)(
      const float *x, const float *scale, const float *statistics, const float *gradient,
      float *x_gradient, float *scale_gradient, float *bias_gradient, long positions, long channels,
      long groups, float *scratch);
  /// One row of blocks; `columns` counts blocks.
  void (*sum_blocks)(
      const float *x, float scale, float *result, long columns, long channels, long factor);
  void (*repeat_blocks)(
      const float *x, float scale, float *result, long columns, long channels, long factor);

  void (*gather_rows)(
      const float *table, const int32_t *indices, float scale, float *result, long count,
      long width);
  void (*scatter_add_rows)(
      const float *rows, const int32_t *indices, float scale, float *table, long count, long width);
  void (*softmax)(const float *x, float *result, long rows, long width, int logarithm);
  void (*softmax_gradient)(
      const float *y, const float *result_gradient, float *x_gradient, long rows, long width,
      int logarithm);
  void (*layer_norm)(
      const float *x, const float *scale, const float *bias, float *result,
      float *_Nullable statistics, long rows, long width, float epsilon);
  void (*layer_norm_gradient)(
      const float *x, const float *scale, const float *statistics, const float *result_gradient,
      float *x_gradient, float *scale_gradient, float *bias_gradient, long rows, long width);
  void (*cross_entropy)(
      const float *logits, const int32_t *labels, float smoothing, float *losses, long rows,
      long width);
  void (*cross_entropy_gradient)(
      const float *logits, const int32_t *labels, float smoothing, float scale, float *gradient,
      long rows, long width);

  /// Floats of scratch (64-byte aligned) that the attention kernels need.
  long (*attention_scratch)(const struct cajal_attention *);
  long (*attention_gradient_scratch)(const struct cajal_attention *);
  /// Query tiles from ... to of one head of one image.
  void (*attention)(
      const struct cajal_attention *, long image, long head, long tile_from, long tile_to,
      float *scratch);
  /// One head of one image.
  void (*attention_gradient)(
      const struct cajal_attention *, long image, long head, float *scratch);
  void (*attention_row)(const struct cajal_attention_row *);

  /// Elements 4 * first_block ... of a sequence: uniform numbers in [low, high).
  void (*random_uniform)(
      const struct cajal_random_key *, float low, float high, uint32_t first_block, float *result,
      long count);
  void (*dropout)(
      const float *x, const struct cajal_dropout *, uint32_t first_block, float *result,
      long count);

  void (*adam)(
      float *parameters, const float *gradients, float *first_moments, float *second_moments,
      const struct cajal_adam *, long count);
  void (*momentum)(
      float *parameters, const float *gradients, float *momenta, float learning_rate,
      float momentum, float gradient_scale, int nesterov, long count);
  void (*moving_average)(const float *x, float *average, float decay, long count);

  /// Floats of scratch that logistic_mixture needs.
  long (*logistic_mixture_scratch)(const struct cajal_logistic_mixture *);
  /// The negative log-likelihood of each row, and its gradient where that is not null.
  void (*logistic_mixture)(
      const struct cajal_logistic_mixture *, const float *parameters, const int32_t *values,
      const float *locations, float *losses, float *_Nullable gradient, long rows, float *scratch);
  /// What is known of `count` pixels, counted through images, rows and columns.
  void (*causal_context)(
      const struct cajal_causal_context *, const int32_t *pixels, float *result, long count);
};

/// The kernels of a level, or null if they are not in this build or not supported by this machine.
const struct cajal_kernels *_Nullable cajal_kernels_for(enum cajal_isa);

/// Turns masks with bit k of word q into masks with bit q of word k.
void cajal_transpose_masks(const uint64_t *masks, uint64_t *result, long count);

/// Continues a CRC-32C (Castagnoli); start with 0.
uint32_t cajal_crc32c(uint32_t crc, const void *_Nullable bytes, size_t count);

/// Requests huge pages for memory, where supported. Page-aligned memory only.
void cajal_advise_huge_pages(void *memory, size_t byte_count);

/// The number of processors in this process's affinity mask, or of all online ones if there is no
/// mask.
long cajal_usable_processors(void);

/// An address unique to the calling thread while it lives.
uint64_t cajal_thread_identity(void);

#pragma clang assume_nonnull end

#if defined(__cplusplus)
}
#endif
