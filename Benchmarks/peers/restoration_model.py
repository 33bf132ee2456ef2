"""A restoration model (8 x 8 x 3 to 32 x 32 x 3) as a PyTorch programmer would write it for speed.

A trunk of convolution residual blocks predicts the picture as a difference from the bicubically enlarged
input; a perceptron predicts the mixture of discretized logistics of a pixel from the trunk's features, the
residuals of the 24 pixels decoded before it in a window of 7 x 7, and what is left of the sum of its block,
whose floored mean the input is. Pictures are channels last, and what the head needs is gathered for the
pixels in question before anything is computed from it.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

SIDE, RATIO, CHANNELS = 32, 4, 3
INPUT_SIDE, PLACES = SIDE // RATIO, RATIO * RATIO
PIXELS, BLOCKS = SIDE * SIDE, INPUT_SIDE * INPUT_SIDE
COMPONENTS, UNIT = 5, 8.0
PADDED = SIDE + 6

# The window's pixels that come before: rows and columns relative to the pixel.
WINDOW = torch.tensor([(y, x) for y in range(-3, 1) for x in range(-3, 4) if (y, x) < (0, 0)])
ROW, COLUMN = torch.arange(PIXELS) // SIDE, torch.arange(PIXELS) % SIDE
PLACE = ROW % RATIO * RATIO + COLUMN % RATIO
BLOCK = ROW // RATIO * INPUT_SIDE + COLUMN // RATIO
# The window of each pixel in a picture with a margin of 3, and which of it is inside.
NEIGHBORS = (ROW[:, None] + 3 + WINDOW[:, 0]) * PADDED + COLUMN[:, None] + 3 + WINDOW[:, 1]
INSIDE = F.pad(torch.ones(SIDE, SIDE), (3, 3, 3, 3)).view(-1)[NEIGHBORS]
# Which pixels of a block come before each of its places.
EARLIER = torch.tril(torch.ones(PLACES, PLACES), diagonal=-1)
REMAINING = PLACES - PLACE.float()


def enlarged(inputs):
    return F.interpolate(inputs, scale_factor=RATIO, mode="bicubic", align_corners=False)


def rows(pictures):
    """Pictures [batch, channels, rows, columns] as [pixels, channels]; no copy where channels are last."""
    return pictures.permute(0, 2, 3, 1).reshape(-1, pictures.shape[1])


def blocks(pictures):
    """Pictures as [batch, blocks, places, channels]."""
    shape = (-1, INPUT_SIDE, RATIO, INPUT_SIDE, RATIO, CHANNELS)
    return pictures.permute(0, 2, 3, 1).reshape(shape).transpose(2, 3).reshape(-1, BLOCKS, PLACES, CHANNELS)


class Trunk(nn.Module):
    def __init__(self, width=96, depth=5):
        super().__init__()
        self.first = nn.Conv2d(CHANNELS, width, 3, padding=1)
        self.blocks = nn.ModuleList(
            nn.ModuleList([nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)])
            for _ in range(depth)
        )
        self.last = nn.Conv2d(width, width, 3, padding=1)
        self.difference = nn.Conv2d(width, PLACES * CHANNELS, 3, padding=1)
        for _, second in self.blocks:
            nn.init.normal_(second.weight, std=0.1 * (9 * width) ** -0.5)
            nn.init.zeros_(second.bias)
        nn.init.zeros_(self.difference.weight)
        nn.init.zeros_(self.difference.bias)

    def forward(self, inputs, enlarged_inputs):
        begin = self.first(inputs / 64 - 2)
        x = begin
        for first, second in self.blocks:
            x = x + second(F.relu_(first(x)))
        features = self.last(x) + begin
        return enlarged_inputs + 16 * F.pixel_shuffle(self.difference(features), RATIO), features


class HeadLayer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        nn.init.normal_(self.narrow.weight, std=0.2 * (4 * width) ** -0.5)

    def forward(self, x):
        return x + self.narrow(F.gelu(self.widen(self.norm(x))))


class Head(nn.Module):
    def __init__(self, trunk_width=96, features=32, width=128, depth=3):
        super().__init__()
        self.features = nn.Linear(trunk_width, PLACES * features)
        self.first = nn.Linear(features + 24 * CHANNELS + 24 + 3 * CHANNELS, width)
        self.place = nn.Parameter(0.02 * torch.randn(PLACES, width))
        self.layers = nn.ModuleList(HeadLayer(width) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, COMPONENTS * 10)
        nn.init.normal_(self.output.weight, std=0.01)
        bias = torch.zeros(COMPONENTS, 10)
        bias[:, 1:4] = torch.linspace(-0.5, 0.5, COMPONENTS)[:, None]
        bias[:, 4:7] = -0.5
        self.output.bias.data = bias.view(-1)

    def pixel_features(self, trunk_features):
        """[input pixels, places, features]: what a pixel shuffle would spread over the picture."""
        x = self.features(rows(trunk_features))
        return x.view(len(x), PLACES, -1)

    def forward(self, pixel_features, context, picture, pixel):
        place = PLACE[pixel]
        own = pixel_features[picture * BLOCKS + BLOCK[pixel], place]
        x = self.first(torch.cat([own, context], dim=1)) + self.place[place]
        for layer in self.layers:
            x = layer(x)
        return self.output(self.norm(x))


def assembled(residuals, left, means, pixel):
    """The context of pixels: residuals [pixels, 24, channels] of their windows, what is left of their blocks' sums."""
    return torch.cat([
        residuals.flatten(1) / 16, INSIDE[pixel], left / REMAINING[pixel, None] / 16, means / 128 - 1, left / 64,
    ], dim=1)


def block_sums(inputs, means):
    """What is expected to be left of the sum of each block before any of it is known, [batch · blocks, channels]."""
    return (PLACES * rows(inputs) + 7.5) - blocks(means).sum(2).view(-1, CHANNELS)


def context(inputs, targets, means, picture, pixel):
    """What is known of pixels [pixels] of pictures before they are decoded."""
    difference = targets - means
    padded = rows(F.pad(difference, (3, 3, 3, 3)))
    window = padded[picture[:, None] * PADDED**2 + NEIGHBORS[pixel]]
    block = picture * BLOCKS + BLOCK[pixel]
    known = blocks(difference).view(-1, PLACES, CHANNELS)[block]
    left = block_sums(inputs, means)[block] - torch.einsum("np,npc->nc", EARLIER[PLACE[pixel]], known)
    return assembled(window, left, rows(means)[picture * PIXELS + pixel], pixel)


def parts(parameters):
    p = parameters.view(-1, COMPONENTS, 10)
    return p[..., 0], p[..., 1:4], p[..., 4:7].clamp(-5, 4), torch.tanh(p[..., 7:])


def nats(parameters, values, means):
    """The mean nats per sub-pixel of values [pixels, channels]."""
    logits, centers, scales, slopes = parts(parameters)
    r = ((values - means) / UNIT)[:, None]
    centers = torch.stack([
        centers[..., 0],
        centers[..., 1] + slopes[..., 0] * r[..., 0],
        centers[..., 2] + slopes[..., 1] * r[..., 0] + slopes[..., 2] * r[..., 1],
    ], dim=-1)
    inverse, half = torch.exp(-scales), 0.5 / UNIT
    upper, lower = (r - centers + half) * inverse, (r - centers - half) * inverse
    below, above = F.logsigmoid(upper), F.logsigmoid(-lower)
    inside = below + above + torch.log(-torch.expm1(-2 * half * inverse))
    values = values[:, None]
    bins = torch.where(values < 0.5, below, torch.where(values > 254.5, above, inside))
    return -torch.logsumexp(bins.sum(-1) + F.log_softmax(logits, -1), -1).mean() / CHANNELS


def sample(parameters, means, uniforms):
    """Values [pixels, channels] at temperature 1; uniforms [pixels, 1 + channels]."""
    logits, centers, scales, slopes = parts(parameters)
    chosen = (torch.softmax(logits, -1).cumsum(-1) < uniforms[:, :1]).sum(-1).clamp(max=COMPONENTS - 1)
    index = torch.arange(len(chosen))
    centers, scales, slopes = centers[index, chosen], scales[index, chosen], slopes[index, chosen]
    noise = torch.logit(uniforms[:, 1:], eps=1e-5) * torch.exp(scales)
    values, residuals = [], []
    for channel in range(CHANNELS):
        center = centers[:, channel] + noise[:, channel]
        for earlier in range(channel):
            center = center + slopes[:, channel * (channel - 1) // 2 + earlier] * residuals[earlier]
        value = (means[:, channel] + UNIT * center).round().clamp(0, 255)
        values.append(value)
        residuals.append((value - means[:, channel]) / UNIT)
    return torch.stack(values, dim=-1)


def waves():
    """The pixels of a picture that are decoded at once: those with the same column + 4 · row."""
    wave = COLUMN + 4 * ROW
    return [torch.nonzero(wave == number)[:, 0] for number in range(int(wave.max()) + 1)]


@torch.inference_mode()
def decode(trunk, head, inputs, waves):
    """Pictures [batch, pixels, channels], drawn wave by wave."""
    batch = len(inputs)
    picture, features = trunk(inputs, enlarged(inputs))
    features = head.pixel_features(features)
    means, left = rows(picture).view(batch, PIXELS, CHANNELS), block_sums(inputs, picture).view(batch, BLOCKS, CHANNELS)
    values = torch.zeros_like(means)
    residuals = torch.zeros(batch, PADDED**2, CHANNELS)
    uniforms = torch.rand(batch, PIXELS, 1 + CHANNELS)
    for pixels in waves:
        pixel = pixels.repeat(batch)
        which = torch.arange(batch).repeat_interleave(len(pixels))
        mean = means[:, pixels].flatten(0, 1)
        window = residuals[:, NEIGHBORS[pixels]].flatten(0, 1)
        known = assembled(window, left[:, BLOCK[pixels]].flatten(0, 1), mean, pixel)
        output = head(features, known, which, pixel)
        value = sample(output, mean, uniforms[:, pixels].flatten(0, 1))
        residual = (value - mean).view(batch, -1, CHANNELS)
        values[:, pixels] = value.view(batch, -1, CHANNELS)
        residuals[:, (ROW[pixels] + 3) * PADDED + COLUMN[pixels] + 3] = residual
        # No two pixels of a wave are in the same block.
        left[:, BLOCK[pixels]] -= residual
    return values
