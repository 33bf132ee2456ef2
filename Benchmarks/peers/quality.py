"""Trains the restoration model on a data set of `cajal datagen` and says when it is good, as `throughput quality`.

  .venv/bin/python quality.py --data DIR --minutes 10 --threads 2

The tiles are read from the shards' PNG pictures (Pillow and NumPy are needed), the training examples are crops
in random orientations, and the held-out ones a random choice of those that tiles are cut into, without crops
whose luma has a standard deviation below 4.
Prints a JSON line per evaluation and then one per milestone, with the keys of `throughput quality --json`.
"""

import argparse
import glob
import io
import json
import math
import os
import re
import time

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--steps", type=int)
parser.add_argument("--minutes", type=float, default=10)
parser.add_argument("--tiles", type=int, default=128)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)

import numpy as np  # noqa: E402
import restoration_model as m  # noqa: E402
import torch  # noqa: E402
import torch.nn as nn  # noqa: E402
from PIL import Image  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(0)
random = np.random.default_rng(0)
BATCH, HEAD_PIXELS, WARM_UP = 8, 2048, 50
PNG = re.compile(rb"\x89PNG\r\n\x1a\n.*?IEND\xaeB`\x82", re.DOTALL)


def tiles(kind):
    """The pictures [rows, columns, channels] in the shards of a kind, found by their signatures."""
    found = []
    for shard in sorted(glob.glob(os.path.join(options.data, f"*-{kind}-*"))):
        with open(shard, "rb") as file:
            found += [np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in PNG.findall(file.read())]
    return found


def crop(tile, top, left):
    return tile[top:top + m.SIDE, left:left + m.SIDE]


def has_tissue(picture):
    return (picture @ np.array([0.299, 0.587, 0.114])).std() >= 4


def tensor(crops):
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float()


def training_batch(pictures):
    crops = []
    for index in random.integers(len(pictures), size=BATCH):
        tile = pictures[index]
        part = crop(tile, *(random.integers(extent - m.SIDE + 1) for extent in tile.shape[:2]))
        part = np.rot90(part, random.integers(4))
        crops.append(part[:, ::-1] if random.random() < 0.5 else part)
    return tensor(crops)


def reduced(targets):
    """The floors of the means of blocks."""
    return nn.functional.avg_pool2d(targets, m.RATIO).mul(m.PLACES).round().div(m.PLACES).floor()


def psnr(pictures, targets):
    errors = (pictures.round().clamp(0, 255) - targets).square().mean((1, 2, 3)).clamp_min(1e-3)
    return (10 * torch.log10(255**2 / errors)).mean().item()


def lanczos(inputs):
    return tensor([
        np.asarray(Image.fromarray(picture).resize((m.SIDE, m.SIDE), Image.LANCZOS))
        for picture in inputs.permute(0, 2, 3, 1).byte().numpy()
    ])


class Run:
    def __init__(self, training, held_out, steps):
        self.training, self.held_out, self.steps = training, held_out, steps
        self.trunk = m.Trunk().to(memory_format=torch.channels_last)
        self.head = m.Head().to(memory_format=torch.channels_last)
        self.groups = [list(self.trunk.parameters()), list(self.head.parameters())]
        self.optimizer = torch.optim.AdamW(
            [{"params": self.groups[0], "peak": 1e-3}, {"params": self.groups[1], "peak": 2e-3}],
            betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        self.weights = [weight.data for group in self.groups for weight in group]
        self.averages = [weight.clone() for weight in self.weights]
        self.inputs = reduced(held_out)
        self.lanczos = psnr(lanczos(self.inputs), held_out)
        self.step = 0

    def losses(self, inputs, targets, chosen):
        picture, features = self.trunk(inputs, m.enlarged(inputs))
        error, picture = (picture - targets).abs().mean(), picture.detach()
        which, pixel = chosen // m.PIXELS, chosen % m.PIXELS
        known = m.context(inputs, targets, picture, which, pixel)
        output = self.head(self.head.pixel_features(features), known, which, pixel)
        return picture, error, m.nats(output, m.rows(targets)[chosen], m.rows(picture)[chosen])

    def make_step(self):
        rate = min(1, (self.step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        targets = training_batch(self.training).contiguous(memory_format=torch.channels_last)
        _, error, nats = self.losses(
            reduced(targets), targets, torch.randint(0, BATCH * m.PIXELS, (HEAD_PIXELS,)))
        self.optimizer.zero_grad(set_to_none=True)
        (error / 16 + 0.1 * nats).backward()
        for group in self.groups:
            nn.utils.clip_grad_norm_(group, 0.5)
        self.optimizer.step()
        self.step += 1
        decay = min(0.99, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.averages, self.weights, 1 - decay)

    def swap(self):
        for weight, average in zip(self.weights, self.averages):
            kept = weight.clone()
            weight.copy_(average)
            average.copy_(kept)

    @torch.inference_mode()
    def evaluate(self):
        """The gain over Lanczos in dB and the nats, with the averages of the weights."""
        self.swap()
        pictures, nats = [], []
        for targets, inputs in zip(self.held_out.split(BATCH), self.inputs.split(BATCH)):
            picture, _, loss = self.losses(inputs, targets, torch.arange(len(targets) * m.PIXELS))
            pictures.append(picture)
            nats.append(loss.item() * len(targets))
        self.swap()
        return psnr(torch.cat(pictures), self.held_out) - self.lanczos, sum(nats) / len(self.held_out)


def held_out_crops():
    crops = [
        crop(tile, top, left)
        for tile in tiles("dev")
        for top in range(0, tile.shape[0] - m.SIDE + 1, m.SIDE)
        for left in range(0, tile.shape[1] - m.SIDE + 1, m.SIDE)
    ]
    crops = [part for part in crops if has_tissue(part)]
    return tensor([crops[index] for index in np.random.default_rng(0).permutation(len(crops))[:options.tiles]])


def affordable_steps(training, held_out):
    run = Run(training, held_out, 1000)
    for _ in range(5):
        run.make_step()
    start = time.perf_counter()
    for _ in range(40):
        run.make_step()
    return max(1, int(options.minutes * 60 * 40 / (time.perf_counter() - start)))


def milestone(name, points, margin):
    """When a margin was first not negative, interpolated from the evaluation before."""
    seconds, last = None, None
    for point in points:
        if margin(point) >= 0:
            share = margin(point) / (margin(point) - margin(last)) if last else 0
            seconds = point["seconds"] - (point["seconds"] - (last or point)["seconds"]) * share
            break
        last = point
    print(json.dumps({"case": name, "seconds": seconds}), flush=True)


def main():
    training, held_out = tiles("train"), held_out_crops()
    run = Run(training, held_out, options.steps or affordable_steps(training, held_out))
    points, trained, due = [], 0.0, 2.0
    while run.step < run.steps:
        start = time.perf_counter()
        run.make_step()
        trained += time.perf_counter() - start
        if trained >= due or run.step == run.steps:
            gain, nats = run.evaluate()
            points.append({"step": run.step, "seconds": trained, "gain": gain, "nats": nats})
            print(json.dumps(points[-1]), flush=True)
            due = 1.25 * trained
    milestone("quality_lanczos", points, lambda point: point["gain"])
    milestone("quality_lanczos_plus_1.5_dB", points, lambda point: point["gain"] - 1.5)
    milestone("quality_1.60_nats", points, lambda point: 1.6 - point["nats"])


main()
