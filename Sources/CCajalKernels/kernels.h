// The source of all levels. One file per level defines LANES, FUSED_MULTIPLY_ADD and the sizes of
// the register tiles, sets the target, and includes this.

#include "vector.h"
#include "tile.h"
#include "product_few_rows.h"
#include "product.h"
#include "rows.h"
#include "elements.h"
#include "convolution.h"
#include "winograd.h"
#include "channels.h"
#include "attention_panel.h"
#include "attention.h"
#include "attention_gradient.h"
#include "attention_row.h"
#include "random.h"

/// The table of the level.
#define CAJAL_KERNELS \
  { \
    .lanes = LANES, .unary = kernel_unary, .binary = kernel_binary, .affine = kernel_affine, \
    .add_scaled = kernel_add_scaled, .sum_rows = kernel_sum_rows, \
    .maximum_rows = kernel_maximum_rows, .sum = kernel_sum, .maximum = kernel_maximum, \
    .sum_of_squares = kernel_sum_of_squares, .strided_copy = kernel_strided_copy, \
    .product = kernel_product, .pack_right = kernel_pack_right, .panel_columns = PANEL, \
    .convolution_panel = kernel_convolution_panel, .convolution = kernel_convolution, \
    .convolution_pack = kernel_convolution_pack, \
    .convolution_kernel_gradient = kernel_convolution_kernel_gradient, \
    .winograd_points = kernel_winograd_points, .winograd_kernel = kernel_winograd_kernel, \
    .winograd_scratch = kernel_winograd_scratch, \
    .winograd = kernel_winograd, .winograd_sums = kernel_winograd_sums, \
    .winograd_kernel_gradient = kernel_winograd_kernel_gradient, \
    .group_norm = kernel_group_norm, .group_norm_gradient = kernel_group_norm_gradient, \
    .sum_blocks = kernel_sum_blocks, .repeat_blocks = kernel_repeat_blocks, \
    .gather_rows = kernel_gather_rows, \
    .scatter_add_rows = kernel_scatter_add_rows, .softmax = kernel_softmax, \
    .softmax_gradient = kernel_softmax_gradient, .layer_norm = kernel_layer_norm, \
    .layer_norm_gradient = kernel_layer_norm_gradient, .cross_entropy = kernel_cross_entropy, \
    .cross_entropy_gradient = kernel_cross_entropy_gradient, \
    .attention_scratch = kernel_attention_scratch, \
    .attention_gradient_scratch = kernel_attention_gradient_scratch, \
    .attention = kernel_attention, .attention_gradient = kernel_attention_gradient, \
    .attention_row = kernel_attention_row, .random_uniform = kernel_random_uniform, \
    .dropout = kernel_dropout, .adam = kernel_adam, .momentum = kernel_momentum, \
    .moving_average = kernel_moving_average, \
  }
