#include "cajal_cuda_sources.h"

// C23, which Clang has in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char arguments_header[] = {
#embed "include/cajal_cuda_arguments.h" suffix(, 0)
};
static const char common_header[] = {
#embed "kernels/common.cuh" suffix(, 0)
};
static const char elements_header[] = {
#embed "kernels/elements.cuh" suffix(, 0)
};
static const char group_norm_header[] = {
#embed "kernels/group_norm.cuh" suffix(, 0)
};
static const char reduce_columns_header[] = {
#embed "kernels/reduce_columns.cuh" suffix(, 0)
};
static const char rows_header[] = {
#embed "kernels/rows.cuh" suffix(, 0)
};
static const char product_tile_header[] = {
#embed "kernels/product_tile.cuh" suffix(, 0)
};
static const char sliced_sums_header[] = {
#embed "kernels/sliced_sums.cuh" suffix(, 0)
};
static const char operand_tile_header[] = {
#embed "kernels/operand_tile.cuh" suffix(, 0)
};
static const char attention_header[] = {
#embed "kernels/attention.cuh" suffix(, 0)
};
static const char convolution_tile_header[] = {
#embed "kernels/convolution_tile.cuh" suffix(, 0)
};
static const char matrix_product_header[] = {
#embed "kernels/matrix_product.cuh" suffix(, 0)
};
static const char convolution_header[] = {
#embed "kernels/convolution.cuh" suffix(, 0)
};
static const char convolution_input_gradient_header[] = {
#embed "kernels/convolution_input_gradient.cuh" suffix(, 0)
};
static const char tensor_core_header[] = {
#embed "kernels/tensor_core.cuh" suffix(, 0)
};
static const char tensor_operand_header[] = {
#embed "kernels/tensor_operand.cuh" suffix(, 0)
};
static const char tensor_tile_header[] = {
#embed "kernels/tensor_tile.cuh" suffix(, 0)
};
static const char attention_softmax_header[] = {
#embed "kernels/attention_softmax.cuh" suffix(, 0)
};
static const char async_copy_header[] = {
#embed "kernels/async_copy.cuh" suffix(, 0)
};
static const char attention_walk_header[] = {
#embed "kernels/attention_walk.cuh" suffix(, 0)
};
static const char attention_tensor_header[] = {
#embed "kernels/attention_tensor.cuh" suffix(, 0)
};

static const char blocks[] = {
#embed "kernels/blocks.cu" suffix(, 0)
};
static const char causal_context[] = {
#embed "kernels/causal_context.cu" suffix(, 0)
};
static const char column_sums[] = {
#embed "kernels/column_sums.cu" suffix(, 0)
};
static const char copies[] = {
#embed "kernels/copies.cu" suffix(, 0)
};
static const char cross_entropy[] = {
#embed "kernels/cross_entropy.cu" suffix(, 0)
};
static const char elements[] = {
#embed "kernels/elements.cu" suffix(, 0)
};
static const char gather[] = {
#embed "kernels/gather.cu" suffix(, 0)
};
static const char group_norm[] = {
#embed "kernels/group_norm.cu" suffix(, 0)
};
static const char group_norm_gradient[] = {
#embed "kernels/group_norm_gradient.cu" suffix(, 0)
};
static const char layer_norm[] = {
#embed "kernels/layer_norm.cu" suffix(, 0)
};
static const char layer_norm_gradient[] = {
#embed "kernels/layer_norm_gradient.cu" suffix(, 0)
};
static const char logistic_mixture[] = {
#embed "kernels/logistic_mixture.cu" suffix(, 0)
};
static const char optimization[] = {
#embed "kernels/optimization.cu" suffix(, 0)
};
static const char random_numbers[] = {
#embed "kernels/random.cu" suffix(, 0)
};
static const char reduce[] = {
#embed "kernels/reduce.cu" suffix(, 0)
};
static const char scatter[] = {
#embed "kernels/scatter.cu" suffix(, 0)
};
static const char softmax[] = {
#embed "kernels/softmax.cu" suffix(, 0)
};
static const char strided_copy[] = {
#embed "kernels/strided_copy.cu" suffix(, 0)
};
static const char matrix_product[] = {
#embed "kernels/matrix_product.cu" suffix(, 0)
};
static const char matrix_product_few_rows[] = {
#embed "kernels/matrix_product_few_rows.cu" suffix(, 0)
};
static const char attention[] = {
#embed "kernels/attention.cu" suffix(, 0)
};
static const char attention_gradient[] = {
#embed "kernels/attention_gradient.cu" suffix(, 0)
};
static const char attention_row[] = {
#embed "kernels/attention_row.cu" suffix(, 0)
};
static const char convolution[] = {
#embed "kernels/convolution.cu" suffix(, 0)
};
static const char convolution_input_gradient[] = {
#embed "kernels/convolution_input_gradient.cu" suffix(, 0)
};
static const char convolution_kernel_gradient[] = {
#embed "kernels/convolution_kernel_gradient.cu" suffix(, 0)
};
static const char convolution_few_channels[] = {
#embed "kernels/convolution_few_channels.cu" suffix(, 0)
};
static const char matrix_operands_tensor[] = {
#embed "kernels/matrix_operands_tensor.cu" suffix(, 0)
};
static const char matrix_product_tensor[] = {
#embed "kernels/matrix_product_tensor.cu" suffix(, 0)
};
static const char convolution_tensor[] = {
#embed "kernels/convolution_tensor.cu" suffix(, 0)
};
static const char convolution_input_gradient_tensor[] = {
#embed "kernels/convolution_input_gradient_tensor.cu" suffix(, 0)
};
static const char attention_tensor[] = {
#embed "kernels/attention_tensor.cu" suffix(, 0)
};
static const char attention_operands_tensor[] = {
#embed "kernels/attention_operands_tensor.cu" suffix(, 0)
};
static const char attention_gradient_tensor[] = {
#embed "kernels/attention_gradient_tensor.cu" suffix(, 0)
};

#define SOURCE(name, text) {name, text, sizeof text - 1}

static const struct cajal_cuda_source headers[] = {
  SOURCE("cajal_cuda_arguments.h", arguments_header),
  SOURCE("common.cuh", common_header),
  SOURCE("elements.cuh", elements_header),
  SOURCE("group_norm.cuh", group_norm_header),
  SOURCE("reduce_columns.cuh", reduce_columns_header),
  SOURCE("rows.cuh", rows_header),
  SOURCE("product_tile.cuh", product_tile_header),
  SOURCE("sliced_sums.cuh", sliced_sums_header),
  SOURCE("operand_tile.cuh", operand_tile_header),
  SOURCE("async_copy.cuh", async_copy_header),
  SOURCE("attention.cuh", attention_header),
  SOURCE("attention_softmax.cuh", attention_softmax_header),
  SOURCE("attention_tensor.cuh", attention_tensor_header),
  SOURCE("attention_walk.cuh", attention_walk_header),
  SOURCE("convolution_tile.cuh", convolution_tile_header),
  SOURCE("matrix_product.cuh", matrix_product_header),
  SOURCE("convolution.cuh", convolution_header),
  SOURCE("convolution_input_gradient.cuh", convolution_input_gradient_header),
  SOURCE("tensor_core.cuh", tensor_core_header),
  SOURCE("tensor_tile.cuh", tensor_tile_header),
  SOURCE("tensor_operand.cuh", tensor_operand_header),
};

static const struct cajal_cuda_source files[] = {
  SOURCE("blocks.cu", blocks),
  SOURCE("causal_context.cu", causal_context),
  SOURCE("column_sums.cu", column_sums),
  SOURCE("copies.cu", copies),
  SOURCE("cross_entropy.cu", cross_entropy),
  SOURCE("elements.cu", elements),
  SOURCE("gather.cu", gather),
  SOURCE("group_norm.cu", group_norm),
  SOURCE("group_norm_gradient.cu", group_norm_gradient),
  SOURCE("layer_norm.cu", layer_norm),
  SOURCE("layer_norm_gradient.cu", layer_norm_gradient),
  SOURCE("logistic_mixture.cu", logistic_mixture),
  SOURCE("optimization.cu", optimization),
  SOURCE("random.cu", random_numbers),
  SOURCE("reduce.cu", reduce),
  SOURCE("scatter.cu", scatter),
  SOURCE("softmax.cu", softmax),
  SOURCE("strided_copy.cu", strided_copy),
  SOURCE("matrix_product.cu", matrix_product),
  SOURCE("matrix_product_few_rows.cu", matrix_product_few_rows),
  SOURCE("attention.cu", attention),
  SOURCE("attention_gradient.cu", attention_gradient),
  SOURCE("attention_row.cu", attention_row),
  SOURCE("attention_tensor.cu", attention_tensor),
  SOURCE("attention_operands_tensor.cu", attention_operands_tensor),
  SOURCE("attention_gradient_tensor.cu", attention_gradient_tensor),
  SOURCE("convolution.cu", convolution),
  SOURCE("convolution_input_gradient.cu", convolution_input_gradient),
  SOURCE("convolution_kernel_gradient.cu", convolution_kernel_gradient),
  SOURCE("convolution_few_channels.cu", convolution_few_channels),
  SOURCE("matrix_operands_tensor.cu", matrix_operands_tensor),
  SOURCE("matrix_product_tensor.cu", matrix_product_tensor),
  SOURCE("convolution_tensor.cu", convolution_tensor),
  SOURCE("convolution_input_gradient_tensor.cu", convolution_input_gradient_tensor),
};

size_t cajal_cuda_kernel_file_count(void) { return sizeof files / sizeof *files; }

struct cajal_cuda_source cajal_cuda_kernel_file(size_t index) { return files[index]; }

size_t cajal_cuda_kernel_header_count(void) { return sizeof headers / sizeof *headers; }

struct cajal_cuda_source cajal_cuda_kernel_header(size_t index) { return headers[index]; }
