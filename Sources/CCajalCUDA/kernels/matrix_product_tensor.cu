// Matrix products on tensor cores: float32 operands are rounded to TF32 or bfloat16 on their way to
// shared memory, and products are added in float32. Launched as cajal_matrix_product_large, _small
// and _sliced; cajal_sum_parts follows likewise.

#include "matrix_product.cuh"
#include "tensor_tile.cuh"

extern "C" __global__ void __launch_bounds__(256, 1) cajal_matrix_product_large_tf32(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<TensorShape<TF32, 2, 4, 4, 4>>(left, right, bias, result, product);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_matrix_product_large_bfloat16(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<TensorShape<BFloat16, 2, 4, 4, 4>>(left, right, bias, result, product);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_matrix_product_small_tf32(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<TensorShape<TF32, 2, 2, 2, 4>>(left, right, bias, result, product);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_matrix_product_small_bfloat16(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<TensorShape<BFloat16, 2, 2, 2, 4>>(left, right, bias, result, product);
}

extern "C" __global__ void __launch_bounds__(256, 2) cajal_matrix_product_sliced_tf32(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<TensorShape<TF32, 1, 1, 2, 4, 8>>(left, right, bias, result, product);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_matrix_product_sliced_bfloat16(
    const float *left, const float *right, const float *bias, float *result,
    cajal_cuda_product product) {
  multiply_matrices<TensorShape<BFloat16, 1, 1, 2, 4, 8>>(left, right, bias, result, product);
}
