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
static const char product_tile_header[] = {
#embed "kernels/product_tile.cuh" suffix(, 0)
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

static const char copies[] = {
#embed "kernels/copies.cu" suffix(, 0)
};
static const char elements[] = {
#embed "kernels/elements.cu" suffix(, 0)
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

#define SOURCE(name, text) {name, text, sizeof text - 1}

static const struct cajal_cuda_source headers[] = {
  SOURCE("cajal_cuda_arguments.h", arguments_header),
  SOURCE("common.cuh", common_header),
  SOURCE("elements.cuh", elements_header),
  SOURCE("product_tile.cuh", product_tile_header),
  SOURCE("operand_tile.cuh", operand_tile_header),
  SOURCE("attention.cuh", attention_header),
  SOURCE("convolution_tile.cuh", convolution_tile_header),
};

static const struct cajal_cuda_source files[] = {
  SOURCE("copies.cu", copies),
  SOURCE("elements.cu", elements),
  SOURCE("matrix_product.cu", matrix_product),
  SOURCE("matrix_product_few_rows.cu", matrix_product_few_rows),
  SOURCE("attention.cu", attention),
  SOURCE("attention_gradient.cu", attention_gradient),
  SOURCE("attention_row.cu", attention_row),
  SOURCE("convolution.cu", convolution),
  SOURCE("convolution_input_gradient.cu", convolution_input_gradient),
  SOURCE("convolution_kernel_gradient.cu", convolution_kernel_gradient),
  SOURCE("convolution_few_channels.cu", convolution_few_channels),
};

size_t cajal_cuda_kernel_file_count(void) { return sizeof files / sizeof *files; }

struct cajal_cuda_source cajal_cuda_kernel_file(size_t index) { return files[index]; }

size_t cajal_cuda_kernel_header_count(void) { return sizeof headers / sizeof *headers; }

struct cajal_cuda_source cajal_cuda_kernel_header(size_t index) { return headers[index]; }
