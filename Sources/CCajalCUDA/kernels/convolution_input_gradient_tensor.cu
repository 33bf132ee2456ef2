// Gradients of convolutions with respect to their pictures on tensor cores, launched as those in
// float32. See matrix_product_tensor.cu.

#include "convolution_input_gradient.cuh"
#include "tensor_tile.cuh"

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_input_gradient_large_tf32(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<TF32, 2, 4, 4, 4>, false>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_input_gradient_large_bfloat16(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<BFloat16, 2, 4, 4, 4>, false>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_input_gradient_small_tf32(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<TF32, 2, 2, 2, 4>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 4) cajal_convolution_input_gradient_small_bfloat16(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<BFloat16, 2, 2, 2, 4>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_input_gradient_narrow_tf32(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<TF32, 4, 1, 2, 4>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(128, 3) cajal_convolution_input_gradient_narrow_bfloat16(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<BFloat16, 4, 1, 2, 4>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 2) cajal_convolution_input_gradient_sliced_tf32(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<TF32, 1, 1, 2, 4, 8>>(
      result_gradient, kernel, x_gradient, convolution);
}

extern "C" __global__ void __launch_bounds__(256, 1) cajal_convolution_input_gradient_sliced_bfloat16(
    const float *result_gradient, const float *kernel, float *x_gradient,
    cajal_cuda_convolution convolution) {
  find_input_gradient<TensorShape<BFloat16, 1, 1, 2, 4, 8>>(
      result_gradient, kernel, x_gradient, convolution);
}
