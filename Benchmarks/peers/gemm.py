"""The matrix products of the models' dense layers, into memory that is there already."""

from functools import partial

import harness
import torch
import torch.nn.functional as F
from harness import operand

# Rows, inputs and outputs of the layer.
SHAPES = [
    (12288, 128, 128),
    (3072, 128, 128),
    (192, 128, 128),
    (3072, 128, 256),
    (3072, 512, 512),
    (3072, 512, 2048),
    (3072, 2048, 512),
]
if harness.options.device != "cpu":
    SHAPES += [(24576, 512, 512), (24576, 512, 2048), (24576, 2048, 512)]


def forward(rows, inputs, outputs):
    x, weight = operand(torch.randn(rows, inputs)), operand(torch.randn(outputs, inputs))
    bias = operand(torch.randn(outputs))
    return harness.compiled(lambda: F.relu_(F.linear(x, weight, bias)))


def input_gradient(rows, inputs, outputs):
    gradient, weight = operand(torch.randn(rows, outputs)), operand(torch.randn(outputs, inputs))
    result = operand(torch.empty(rows, inputs))
    return lambda: torch.mm(gradient, weight, out=result)


def weight_gradient(rows, inputs, outputs):
    x, gradient = operand(torch.randn(rows, inputs)), operand(torch.randn(rows, outputs))
    result = operand(torch.empty(outputs, inputs))
    return lambda: torch.mm(gradient.t(), x, out=result)


torch.set_grad_enabled(False)
for rows, inputs, outputs in SHAPES:
    for prepare in (forward, input_gradient, weight_gradient):
        harness.measure(
            f"gemm_{rows}x{inputs}x{outputs}_{prepare.__name__}",
            partial(prepare, rows, inputs, outputs),
            flops=2 * rows * inputs * outputs,
        )
