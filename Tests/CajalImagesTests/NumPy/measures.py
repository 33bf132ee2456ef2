"""The numbers of SetMeasuresTests.swift and SectionMeasuresTests.swift, computed with NumPy from the definitions in Docs/measures.md.

  python3 -m venv venv && venv/bin/pip install numpy pillow && venv/bin/python measures.py [SECTIONS]

SECTIONS is a folder with index.json, such as ../shared/data/sections: numbers of real tiles."""
import json
import math
import sys
import numpy as np
from PIL import Image


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = 2**64 - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def normal(self):
        radius = math.sqrt(-2 * math.log(((self.next() >> 11) + 1) * 2.0**-53))
        return radius * math.cos(2 * math.pi * ((self.next() >> 11) * 2.0**-53))


def pictures(seed, shift, count, height, width, channels):
    """A pattern with noise of 64 - shift bits."""
    random = SplitMix64(seed)
    result = np.zeros((count, height, width, channels))
    for index in np.ndindex(result.shape):
        _, y, x, c = index
        result[index] = 100 + 7 * ((x * x + 3 * y) % 13) + 10 * c + (random.next() >> shift)
    return result


def smooth(a):
    kernel = np.array([1, 4, 6, 4, 1]) / 16
    for axis in (1, 2):
        pad = [(2, 2) if i == axis else (0, 0) for i in range(4)]
        padded = np.pad(a, pad, mode="reflect")
        n = a.shape[axis]
        a = sum(k * np.take(padded, range(i, i + n), axis) for i, k in enumerate(kernel))
    return a


def laplacian(a):
    coarse = np.zeros_like(a)
    coarse[:, ::2, ::2] = smooth(a)[:, ::2, ::2]
    return a - 4 * smooth(coarse)


def projections(a):
    n, height, width, channels = a.shape
    count = min(16384, n * (height - 6) * (width - 6))
    detail, random, rows = laplacian(a), SplitMix64(1), []
    for k in range(count):
        y = random.next() % (height - 6)
        x = random.next() % (width - 6)
        rows.append(detail[k % n, y:y + 7, x:x + 7].reshape(-1))
    random = SplitMix64(2)
    directions = np.array([[random.normal() for _ in range(49 * channels)] for _ in range(64)])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return np.sort(np.array(rows) @ directions.T, axis=0)


def sliced_wasserstein(a, b):
    return abs(projections(a) - projections(b)).mean()


def spectrum(a, side):
    luma = a @ [0.299, 0.587, 0.114] if a.shape[-1] == 3 else a[..., 0]
    hann = np.hanning(side + 1)[:side]
    window, logs = np.outer(hann, hann), []
    for picture in luma:
        for y in range(0, picture.shape[0] - side + 1, side // 2):
            for x in range(0, picture.shape[1] - side + 1, side // 2):
                segment = picture[y:y + side, x:x + side]
                power = abs(np.fft.fft2(window * (segment - segment.mean()))) ** 2
                logs.append(10 * np.log10(power / (window**2).sum() + 1e-3))
    return np.mean(logs, axis=0)


def log_spectral(a, b, side):
    squares = (spectrum(a, side) - spectrum(b, side)).reshape(-1)[1:] ** 2
    return math.sqrt(squares.mean())


color = [pictures(seed, shift, 3, 48, 50, 3) for seed, shift in ((1, 59), (2, 61))]
gray = [pictures(seed, shift, 2, 23, 20, 1) for seed, shift in ((3, 58), (4, 60))]
for name, (a, b), side in (("color", color, 32), ("gray", gray, 16)):
    print(f"{name} {sliced_wasserstein(a, b):.9f} gray levels, {log_spectral(a, b, side):.9f} dB")


def tiles(folder):
    """Tiles of 32x32 of one section that are not background."""
    found = []
    for item in json.load(open(folder + "/index.json"))["items"]:
        if item["section"] != "gad1_p56_sect_3":
            continue
        left, top, right, bottom = item["crop"]
        picture = np.asarray(Image.open(f"{folder}/{item['file']}").convert("RGB"))[top:bottom, left:right]
        for y in range(0, picture.shape[0] - 31, 32):
            for x in range(0, picture.shape[1] - 31, 32):
                tile = picture[y:y + 32, x:x + 32]
                if (tile @ [0.299, 0.587, 0.114]).std() >= 4:
                    found.append(tile)
    return np.array(found)


def reduced(a):
    return a.reshape(len(a), 8, 4, 8, 4, 3).astype(int).sum((2, 4)) // 16


if len(sys.argv) > 1:
    real = tiles(sys.argv[1])
    target, other = real[0:1280:10], real[5:1280:10]
    inputs = reduced(target)
    lanczos = np.array([np.asarray(Image.fromarray(i.astype(np.uint8)).resize((32, 32), Image.LANCZOS)) for i in inputs])
    mse = ((lanczos.astype(float) - target) ** 2).mean((1, 2, 3))
    print(len(real), "tiles; mean PSNR", (10 * np.log10(255**2 / mse)).mean())
    print("reproduced", (reduced(lanczos) == inputs).mean())
    for name, a in (("lanczos3", lanczos), ("other", other)):
        a = a.astype(float)
        print(name, sliced_wasserstein(a, target.astype(float)), log_spectral(a, target.astype(float), 32))
