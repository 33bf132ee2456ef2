"""Operations that memory bounds, each on 2²⁵ numbers, and the ceilings: a copy and large products."""

from functools import partial

import harness
import torch
import torch.nn.functional as F

SHAPE, COUNT, SIDE = (32768, 1024), 1 << 25, 8192
# On the processor this would take minutes, and is measured otherwise.
IS_GPU = harness.options.device != "cpu"


def copy():
    source, target = torch.randn(COUNT), torch.empty(COUNT)
    return lambda: target.copy_(source)


def product():
    left, right, result = (harness.operand(torch.randn(SIDE, SIDE)) for _ in range(3))
    return lambda: torch.mm(left, right, out=result)


def adam():
    parameter = torch.nn.Parameter(torch.randn(COUNT))
    parameter.grad = torch.randn(COUNT)
    optimizer = torch.optim.Adam([parameter], lr=1e-4, betas=(0.9, 0.98), eps=1e-9, fused=True)
    return optimizer.step


def function(operation, inputs=1):
    def prepare():
        operands = [torch.rand(SHAPE) * 2 - 1 for _ in range(inputs)]
        work = harness.compiled(lambda: operation(*operands))

        def without_gradients():
            with torch.no_grad():
                work()

        return without_gradients

    return prepare


def group_norm():
    x = (torch.rand(512, 64, 32, 32) * 2 - 1).to(memory_format=torch.channels_last)
    weight, bias = torch.rand(64), torch.rand(64)
    work = harness.compiled(lambda: F.group_norm(x, 8, weight, bias, 0.25))
    return lambda: work()


ROW = {"weight": torch.rand(SHAPE[1]), "bias": torch.rand(SHAPE[1])}
torch.set_grad_enabled(False)
if IS_GPU:
    harness.measure(f"product_{SIDE}", product, flops=2 * SIDE**3, minimum_runs=3)
# What memory bounds is computed in float32.
measure = partial(harness.measure, precisions=("float32",))
measure(f"copy_{COUNT}", copy, bytes_moved=8 * COUNT)
measure(f"adam_{COUNT}", adam, bytes_moved=28 * COUNT)
name = f"of [{SHAPE[0]}, {SHAPE[1]}]"
for label, prepare, operands in (
    ("relu", function(F.relu), 1),
    ("gelu", function(F.gelu), 1),
    ("add", function(torch.add, inputs=2), 2),
    ("dropout", function(lambda x: F.dropout(x, 0.1)), 1),
    ("softmax", function(lambda x: F.softmax(x, -1)), 1),
    ("layer norm", function(lambda x: F.layer_norm(x, SHAPE[1:], eps=1e-6, **ROW)), 1),
):
    measure(f"{label} {name}", prepare, bytes_moved=4 * COUNT * (operands + 1))
measure("group norm of [512, 32, 32, 64] in 8", group_norm, bytes_moved=8 * COUNT)
