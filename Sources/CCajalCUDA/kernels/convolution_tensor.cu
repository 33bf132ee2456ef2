// Convolutions on tensor cores, launched as those in float32. See matrix_product_tensor.cu.

#include "convolution.cuh"
#include "tensor_tile.cuh"

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_large_tf32(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<TF32, 2, 4, 4, 4>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_large_bfloat16(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<BFloat16, 2, 4, 4, 4>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_small_tf32(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<TF32, 2, 2, 2, 4>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_small_bfloat16(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<BFloat16, 2, 2, 2, 4>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_narrow_tf32(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<TF32, 4, 1, 2, 4>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_narrow_bfloat16(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<BFloat16, 4, 1, 2, 4>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_sliced_tf32(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<TF32, 1, 1, 2, 4, 8>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_sliced_bfloat16(
    const float *x, const float *kernel, const float *bias, float *result,
    cajal_cuda_convolution convolution) {
  convolve<TensorShape<BFloat16, 1, 1, 2, 4, 8>>(x, kernel, bias, result, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_kernel_gradient_small_tf32(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  find_kernel_gradient<TensorShape<TF32, 2, 2, 2, 4>>(
      x, result_gradient, kernel_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_kernel_gradient_small_bfloat16(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  find_kernel_gradient<TensorShape<BFloat16, 2, 2, 2, 4>>(
      x, result_gradient, kernel_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_kernel_gradient_sliced_tf32(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  find_kernel_gradient<TensorShape<TF32, 1, 1, 2, 4, 8>>(
      x, result_gradient, kernel_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_kernel_gradient_sliced_bfloat16(
    const float *x, const float *result_gradient, float *kernel_gradient,
    cajal_cuda_convolution convolution) {
  find_kernel_gradient<TensorShape<BFloat16, 1, 1, 2, 4, 8>>(
      x, result_gradient, kernel_gradient, convolution);
}
