"""Attention of the models' shapes: scaled_dot_product_attention, forwards, and forwards and backwards."""

from functools import partial

import harness
import blocks
import torch
import torch.nn.functional as F
from torch.nn.attention.flex_attention import flex_attention

# Pattern, batch, heads, queries, keys, width of a head.
CASES = [
    ("local2d", 4, 4, 3072, 3072, 32),
    ("causal", 4, 4, 3072, 3072, 32),
    ("encdec", 4, 4, 3072, 192, 32),
    ("enc", 4, 4, 192, 192, 32),
    ("local2d", 4, 8, 3072, 3072, 64),
    ("causal", 4, 8, 3072, 3072, 64),
    ("encdec", 4, 8, 3072, 192, 64),
    ("local2d", 1, 8, 3072, 3072, 64),
]


def visible_pairs(pattern, queries, keys):
    if pattern == "local2d":
        return blocks.VISIBLE_PAIRS
    return queries * (queries + 1) // 2 if pattern == "causal" else queries * keys


def attend(pattern):
    if pattern == "local2d":
        # Compiled on a GPU, flex_attention is the best there is; by itself it makes all weights.
        if harness.options.compile and harness.options.device != "cpu":
            mask = blocks.flexible_mask(harness.options.device)
            return harness.compiled(partial(flex_attention, block_mask=mask))
        return harness.compiled(blocks.local2d)
    return harness.compiled(
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=pattern == "causal")
    )


def forward(pattern, query_shape, key_shape):
    def prepare():
        inputs = [harness.operand(torch.randn(shape)) for shape in (query_shape, key_shape, key_shape)]
        function = attend(pattern)

        def work():
            with torch.no_grad():
                function(*inputs)

        return work

    return prepare


def forward_and_backward(pattern, query_shape, key_shape):
    def prepare():
        inputs = [
            harness.operand(torch.randn(shape)).requires_grad_()
            for shape in (query_shape, key_shape, key_shape)
        ]
        gradient = harness.operand(torch.randn(query_shape))
        function = attend(pattern)

        def work():
            for x in inputs:
                x.grad = None
            function(*inputs).backward(gradient)

        return work

    return prepare


for pattern, batch, heads, queries, keys, width in CASES:
    name = f"{pattern}_b{batch}_h{heads}_q{queries}"
    name += f"_k{keys}_d{width}" if pattern == "encdec" else f"_d{width}"
    shapes = (batch, heads, queries, width), (batch, heads, keys, width)
    work = visible_pairs(pattern, queries, keys) * batch * heads * width
    harness.measure(name + "_forward", forward(pattern, *shapes), flops=4 * work)
    harness.measure(name + "_backward", forward_and_backward(pattern, *shapes), flops=14 * work)
