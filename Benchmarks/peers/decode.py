"""Pictures drawn sub-pixel by sub-pixel with cached keys and values, at temperature 1."""

import blocks
import harness
import torch
import torch.nn.functional as F
from model import INPUT_POSITIONS, SIZES, TARGET_POSITIONS, Img2ImgTransformer


class Cache:
    """The keys and values of one decoder layer: of all blocks, and those that the current block sees."""

    def __init__(self, layer, memory):
        self.own, self.cross, self.feed_forward = layer
        batch, heads = memory.shape[0], self.own.heads
        self.shape = (batch, heads, -1)
        width = memory.shape[2] // heads
        self.all = torch.empty(2, batch, heads, blocks.COUNT, blocks.LENGTH, width)
        self.seen = torch.empty(0)
        self.count = 0
        self.cross_keys, self.cross_values = (
            self.cross.split(x).contiguous() for x in self.cross.key_value(memory).chunk(2, dim=-1)
        )

    def begin(self, block):
        """Gathers what the block sees of other blocks, once."""
        before = blocks.MEMORY[block][:-1]
        _, batch, heads, _, length, width = self.all.shape
        self.count = length * len(before)
        self.seen = torch.empty(2, batch, heads, self.count + length, width)
        if before:
            self.seen[:, :, :, : self.count] = self.all[:, :, :, before].flatten(3, 4)

    def end(self, block):
        self.all[:, :, :, block] = self.seen[:, :, :, -blocks.LENGTH :]

    def step(self, x):
        """x [batch, width] through the layer."""
        projections = self.own.query_key_value(self.own.norm(x)).view(x.shape[0], 3, self.own.heads, 1, -1)
        self.seen[:, :, :, self.count] = projections[:, 1:, :, 0].transpose(0, 1)
        self.count += 1
        keys, values = self.seen[:, :, :, : self.count]
        attended = F.scaled_dot_product_attention(projections[:, 0], keys, values)
        x = x + self.own.output(attended.reshape(x.shape))
        query = self.cross.query(self.cross.norm(x)).view(x.shape[0], self.cross.heads, 1, -1)
        attended = F.scaled_dot_product_attention(query, self.cross_keys, self.cross_values)
        x = x + self.cross.output(attended.reshape(x.shape))
        return x + self.feed_forward.residual(x)


@torch.inference_mode()
def decode(model, inputs):
    """The pictures [batch, 3072] in block-raster order."""
    memory = model.encode(inputs)
    caches = [Cache(layer, memory) for layer in model.decoder]
    pictures = torch.empty(inputs.shape[0], TARGET_POSITIONS, dtype=torch.long)
    previous = torch.zeros(inputs.shape[0], model.size.width)
    for block in range(blocks.COUNT):
        for cache in caches:
            cache.begin(block)
        for position in range(block * blocks.LENGTH, (block + 1) * blocks.LENGTH):
            x = previous + model.target_signal[position]
            for cache in caches:
                x = cache.step(x)
            probabilities = torch.softmax(model.classes(model.decoder_norm(x)), dim=-1)
            values = torch.multinomial(probabilities, 1)[:, 0]
            pictures[:, position] = values
            rows = values + model.target_rows[position]
            previous = model.target_embedding.weight[rows] * model.size.width**0.5
        for cache in caches:
            cache.end(block)
    return pictures


def decoding(batch):
    def prepare():
        model = Img2ImgTransformer(SIZES["tiny"]).eval()
        inputs = torch.randint(0, 256, (batch, INPUT_POSITIONS))
        return lambda: decode(model, inputs)

    return prepare


for batch in (1, 16):
    harness.measure(f"decode_tiny_b{batch}", decoding(batch), images=batch, minimum_runs=3)
