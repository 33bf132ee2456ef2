"""tensor2tensor's img2img transformer (8 x 8 x 3 to 32 x 32 x 3) as a PyTorch programmer would write it for speed.

The encoder attends globally over 192 sub-pixels. The decoder's 3072 stay in block-raster order throughout;
it attends to its own earlier blocks and to the encoder. Layer norm before every sub-layer, dropout 0.1 and
the residual after it, ReLU feed-forward, 256 classes for each sub-pixel.
"""

import math
from dataclasses import dataclass

import blocks
import torch
import torch.nn as nn
import torch.nn.functional as F

DROPOUT = 0.1
INPUT_POSITIONS, TARGET_POSITIONS = 192, 3072


@dataclass
class Size:
    width: int
    filter_width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    flops_per_image: float


SIZES = {
    "tiny": Size(128, 128, 4, 4, 2, 19.62e9),
    "base": Size(512, 2048, 8, 4, 8, 778e9),
}


def timing_signal(rows, columns, width):
    """Sinusoids of the row in the first half of the channels, and of the column in the second."""
    scales = width // 4
    inverse = torch.exp(torch.arange(scales) * (-math.log(10_000) / max(scales - 1, 1)))

    def along(length):
        angles = torch.arange(length)[:, None] * inverse
        return torch.cat([angles.sin(), angles.cos()], dim=1)

    row = along(rows)[:, None].expand(rows, columns, -1)
    column = along(columns)[None].expand(rows, columns, -1)
    return torch.cat([row, column], dim=2).reshape(rows * columns, width)


class Attention(nn.Module):
    """Projections around an attention; keys and values come from the memory, or from x itself."""

    def __init__(self, size, attend, has_memory):
        super().__init__()
        self.heads, self.attend, self.has_memory = size.heads, attend, has_memory
        self.norm = nn.LayerNorm(size.width)
        if has_memory:
            self.query = nn.Linear(size.width, size.width, bias=False)
            self.key_value = nn.Linear(size.width, 2 * size.width, bias=False)
        else:
            self.query_key_value = nn.Linear(size.width, 3 * size.width, bias=False)
        self.output = nn.Linear(size.width, size.width, bias=False)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x, memory=None):
        normed = self.norm(x)
        if self.has_memory:
            projections = [self.query(normed), *self.key_value(memory).chunk(2, dim=-1)]
        else:
            projections = self.query_key_value(normed).chunk(3, dim=-1)
        attended = self.attend(*(self.split(projection) for projection in projections))
        return x + F.dropout(self.output(attended.transpose(1, 2).reshape(x.shape)), DROPOUT, self.training)


class FeedForward(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.norm = nn.LayerNorm(size.width)
        self.widen = nn.Linear(size.width, size.filter_width)
        self.narrow = nn.Linear(size.filter_width, size.width)

    def residual(self, x):
        return self.narrow(F.relu(self.widen(self.norm(x))))

    def forward(self, x):
        return x + F.dropout(self.residual(x), DROPOUT, self.training)


class Img2ImgTransformer(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        full_attention = F.scaled_dot_product_attention
        self.input_embedding = nn.Embedding(768, size.width)
        self.target_embedding = nn.Embedding(768, size.width)
        for table in (self.input_embedding, self.target_embedding):
            nn.init.normal_(table.weight, std=size.width**-0.5)
        self.encoder = nn.ModuleList(
            nn.ModuleList([Attention(size, full_attention, has_memory=False), FeedForward(size)])
            for _ in range(size.encoder_layers)
        )
        self.decoder = nn.ModuleList(
            nn.ModuleList(
                [
                    Attention(size, blocks.local2d, has_memory=False),
                    Attention(size, full_attention, has_memory=True),
                    FeedForward(size),
                ]
            )
            for _ in range(size.decoder_layers)
        )
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(size.width), nn.LayerNorm(size.width)
        self.classes = nn.Linear(size.width, 256)
        # Value v of channel c is row 256 c + v of a table.
        self.register_buffer("input_rows", torch.arange(INPUT_POSITIONS) % 3 * 256)
        self.register_buffer("target_rows", blocks.ORDER % 3 * 256)
        self.register_buffer("input_signal", timing_signal(8, 24, size.width))
        self.register_buffer("target_signal", timing_signal(32, 96, size.width)[blocks.ORDER])

    def encode(self, inputs):
        x = self.input_embedding(inputs + self.input_rows) * self.size.width**0.5 + self.input_signal
        x = F.dropout(x, DROPOUT, self.training)
        for attention, feed_forward in self.encoder:
            x = feed_forward(attention(x))
        return self.encoder_norm(x)

    def forward(self, inputs, targets):
        """The logits [batch, 3072, 256] of targets in block-raster order, each from those before it."""
        memory = self.encode(inputs)
        y = self.target_embedding(targets + self.target_rows) * self.size.width**0.5
        y = F.pad(y[:, :-1], (0, 0, 1, 0)) + self.target_signal
        y = F.dropout(y, DROPOUT, self.training)
        for own_attention, memory_attention, feed_forward in self.decoder:
            y = feed_forward(memory_attention(own_attention(y), memory))
        return self.classes(self.decoder_norm(y))
