"""The 3 × 3 convolutions of a restoration model's trunk and their gradients, channels last."""

from functools import partial

import harness
import torch
import torch.nn.functional as F

# Pictures, positions a side and channels.
SHAPES = [(images, side, channels) for images, side in ((16, 8), (8, 16), (4, 32)) for channels in (48, 64, 96)]


def operands(images, side, channels):
    def pictures():
        x = torch.randn(images, channels, side, side).to(memory_format=torch.channels_last)
        return harness.operand(x)

    kernel = torch.randn(channels, channels, 3, 3).to(memory_format=torch.channels_last)
    return pictures(), harness.operand(kernel), harness.operand(torch.randn(channels)), pictures()


def gradient(x, kernel, result_gradient, of_pictures, of_kernel):
    return torch.ops.aten.convolution_backward(
        result_gradient, x, kernel, None, (1, 1), (1, 1), (1, 1), False, (0, 0), 1,
        (of_pictures, of_kernel, False))


def forward(*shape):
    x, kernel, bias, _ = operands(*shape)
    return lambda: F.conv2d(x, kernel, bias, padding=1)


def input_gradient(*shape):
    x, kernel, _, result_gradient = operands(*shape)
    return lambda: gradient(x, kernel, result_gradient, True, False)


def kernel_gradient(*shape):
    x, kernel, _, result_gradient = operands(*shape)
    return lambda: gradient(x, kernel, result_gradient, False, True)


def backward(*shape):
    x, kernel, bias, result_gradient = operands(*shape)

    def work():
        F.conv2d(x, kernel, bias, padding=1)
        gradient(x, kernel, result_gradient, True, True)

    return work


torch.set_grad_enabled(False)
for images, side, channels in SHAPES:
    for prepare, passes in ((forward, 1), (input_gradient, 1), (kernel_gradient, 1), (backward, 3)):
        harness.measure(
            f"convolution_b{images}_{side}x{side}x{channels}_{prepare.__name__}",
            partial(prepare, images, side, channels),
            flops=2 * passes * images * side * side * 9 * channels * channels,
        )
