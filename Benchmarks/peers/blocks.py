"""tensor2tensor's masked two-dimensional attention, in block-raster order.

32 rows of 96 sub-pixels in blocks of 16 x 16. A block sees the blocks above it up to 32 columns to either
side, those up to 32 columns to its left, and itself up to each position: kept block by block, its memory is
a list of whole blocks.
"""

import torch
import torch.nn.functional as F
from torch.nn.attention.flex_attention import create_block_mask

ROWS, COLUMNS, SIDE = 32, 96, 16
BLOCK_ROWS, BLOCK_COLUMNS = ROWS // SIDE, COLUMNS // SIDE
COUNT, LENGTH = BLOCK_ROWS * BLOCK_COLUMNS, SIDE * SIDE
REACH = 32 // SIDE


def _memory(block):
    row, column = divmod(block, BLOCK_COLUMNS)
    left, right = max(column - REACH, 0), min(column + REACH, BLOCK_COLUMNS - 1)
    above = [(row - 1) * BLOCK_COLUMNS + other for other in range(left, right + 1)] if row else []
    return above + [row * BLOCK_COLUMNS + other for other in range(left, column)] + [block]


# The blocks that each block sees, itself last.
MEMORY = [_memory(block) for block in range(COUNT)]

# The attention mask within that memory.
_CAUSAL = torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril()
MASKS = [
    torch.cat([torch.ones(LENGTH, LENGTH * (len(memory) - 1), dtype=torch.bool), _CAUSAL], dim=1)
    for memory in MEMORY
]
VISIBLE_PAIRS = sum(int(mask.sum()) for mask in MASKS)

# The raster position of each position of the sequence.
ORDER = (
    torch.arange(ROWS * COLUMNS)
    .view(BLOCK_ROWS, SIDE, BLOCK_COLUMNS, SIDE)
    .permute(0, 2, 1, 3)
    .reshape(-1)
)


def flexible_mask(device):
    """The pattern as flex_attention's block mask."""
    seen = torch.zeros(COUNT, COUNT, dtype=torch.bool)
    for block, memory in enumerate(MEMORY):
        seen[block, memory] = True

    def is_seen(batch, head, query, key):
        query_block, key_block = query // LENGTH, key // LENGTH
        return seen[query_block, key_block] & ((query_block != key_block) | (key <= query))

    length = COUNT * LENGTH
    return create_block_mask(is_seen, None, None, length, length, device=device)


def local2d(queries, keys, values):
    """[batch, heads, 3072, width] in block-raster order, three times, to the same."""
    shape = (*queries.shape[:2], COUNT, LENGTH, queries.shape[3])
    queries, keys, values = (x.reshape(shape).unbind(2) for x in (queries, keys, values))
    return torch.cat(
        [
            F.scaled_dot_product_attention(
                queries[block],
                torch.cat([keys[other] for other in memory], dim=2),
                torch.cat([values[other] for other in memory], dim=2),
                attn_mask=MASKS[block],
            )
            for block, memory in enumerate(MEMORY)
        ],
        dim=2,
    )
