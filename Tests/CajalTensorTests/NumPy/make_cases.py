"""Writes cases.json, what NumPy computes of some tensors, beside this file.

    pip install numpy==2.4.6 && python3 make_cases.py

Inputs are exact as Float; results are computed in double precision. The keys of the results are
what NumPyTests.swift calls them.
"""

import json
import math
import pathlib

import numpy as np

random = np.random.default_rng(7)


def floats(*shape, low=-3.0, high=3.0):
    return random.uniform(low, high, shape).astype(np.float32).astype(np.float64)


nan, inf = math.nan, math.inf
x, z = floats(2, 3, 4), floats(2, 3, 4)
y = floats(3, 1)
p = floats(2, 3, 4, low=0.1, high=4.0)
t = random.integers(-3, 4, (4, 5)).astype(np.float64)
s = np.array([1.5, nan, -0.0, inf, -2.5, -inf, 0.0, nan, 0.5, 2.5, -0.5])
a, b = floats(2, 1, 3, 4), floats(5, 4, 2)
v = floats(4)
i = random.integers(-9, 10, (3, 4)).astype(np.float64)
j = np.where(random.integers(0, 2, (3, 4)) == 1, 1.0, -1.0) * random.integers(1, 5, (3, 4))
inputs = dict(x=x, y=y, z=z, p=p, t=t, s=s, a=a, b=b, v=v, i=i, j=j)
r = {}

each = np.vectorize
r["exp"], r["log"], r["sqrt"], r["rsqrt"] = np.exp(x), np.log(p), np.sqrt(p), 1 / np.sqrt(p)
r["squared"], r["reciprocal"], r["abs"], r["sign"] = x * x, 1 / p, np.abs(x), np.sign(x)
r["floor"], r["ceil"], r["rounded"] = np.floor(x), np.ceil(x), np.round(x)
r["sin"], r["cos"], r["tanh"] = np.sin(x), np.cos(x), np.tanh(x)
r["sigmoid"], r["softplus"] = 1 / (1 + np.exp(-x)), np.logaddexp(0, x)
r["relu"], r["leakyRelu"] = np.maximum(x, 0), np.where(x > 0, x, 0.25 * x)
r["gelu"], r["silu"] = x * each(lambda u: 0.5 * math.erfc(-u / math.sqrt(2)))(x), x / (1 + np.exp(-x))
r["pow 2.5"], r["pow 3"], r["pow y"] = np.power(p, 2.5), np.power(x, 3.0), np.power(p, y)
r["clamped"] = np.clip(x, -1, 0.5)
r["maximum"], r["minimum"] = np.maximum(x, y), np.minimum(x, y)
for name, f in dict(floor=np.floor, ceil=np.ceil, rounded=np.round, sign=np.sign, abs=np.abs).items():
    r[name + " special"] = f(s)
r["clamped special"] = np.clip(s, -1, 1)
r["isNaN"], r["isInfinite"], r["isFinite"] = np.isnan(s), np.isinf(s), np.isfinite(s)

for name, f in dict(sum=np.sum, mean=np.mean, max=np.max, min=np.min, variance=np.var,
                    standardDeviation=np.std).items():
    r[name] = f(x)
    for axis in range(3):
        r[f"{name} {axis}"] = f(x, axis=axis)
        r[f"{name} {axis} kept"] = f(x, axis=axis, keepdims=True)
for axes in [(0, 1), (1, 2), (0, 2), (2, 0, 1), ()]:
    for name, f in dict(sum=np.sum, mean=np.mean, max=np.max, min=np.min, variance=np.var,
                        standardDeviation=np.std).items():
        r[f"{name} {list(axes)}"] = f(x, axis=axes)
        r[f"{name} {list(axes)} kept"] = f(x, axis=axes, keepdims=True)
for axis in range(2):
    r[f"argmax {axis}"], r[f"argmin {axis}"] = np.argmax(t, axis=axis), np.argmin(t, axis=axis)
    r[f"sorted {axis}"], r[f"sorted down {axis}"] = np.sort(t, axis), -np.sort(-t, axis)
    r[f"argsorted {axis}"] = np.argsort(t, axis, kind="stable")
    r[f"argsorted down {axis}"] = np.argsort(-t, axis, kind="stable")
    r[f"gatherAlong {axis}"] = np.take_along_axis(t, np.argsort(t, axis, kind="stable"), axis)
for axis in range(3):
    r[f"cumulativeSum {axis}"] = np.cumsum(x, axis=axis)
r["argmax special"], r["argmin special"] = np.argmax(s), np.argmin(s)
r["max special"], r["min special"] = np.max(s), np.min(s)
r["sorted special"], r["argsorted special"] = np.sort(s, kind="stable"), np.argsort(s, kind="stable")

r["matmul"] = a @ b
r["matmul one"], r["matmul first"] = x @ b[0], a[0, 0] @ b
r["matmul vector"], r["vector matmul"], r["vector vector"] = x @ v, v @ b, v @ v
r["matmul transposed"] = np.swapaxes(x, 1, 2) @ t[:, :3].T

r["transposed"], r["permuted"] = np.swapaxes(x, 1, 2), np.transpose(x, (2, 0, 1))
r["flattened"], r["expanded"] = x.reshape(-1), np.expand_dims(x, 1)
r["expanded last"], r["broadcast"] = np.expand_dims(x, -1), np.broadcast_to(y, (2, 3, 4))
r["concatenate"], r["concatenate 2"] = np.concatenate([x, z], 0), np.concatenate([x, z, x], 2)
for axis in range(-1, 3):
    r[f"stack {axis}"] = np.stack([x, z], axis)
r["padded"] = np.pad(x, ((1, 0), (0, 2), (3, 1)), constant_values=0.5)
r["padded zeros"] = np.pad(x, ((0, 0), (1, 1), (0, 0)))
for axis in range(-1, 3):
    for number, part in enumerate(np.split(x, x.shape[axis], axis)):
        r[f"split {axis} {number}"] = part
for number, part in enumerate(np.split(x, [1, 1, 3], axis=2)):
    r[f"split extents {number}"] = part
index = np.array([[2, 0], [1, 2]])
r["gather"], r["gather 1"] = np.take(x, [1, 1, 0], axis=0), np.take(x, index, axis=1)
r["gather -1"] = np.take(x, [3, 0], axis=-1)

r["x[1, ...]"], r["x[..., 2]"], r["x[0, ..., 1...2]"] = x[1], x[..., 2], x[0, ..., 1:3]
r["x[1, 0..<2, by 2]"], r["x[0..<1, 1, 2...]"] = x[1, 0:2, ::2], x[0:1, 1, 2:]
r["x[..<1, 2, ...]"], r["x[0, 1, ...]"] = x[:1, 2], x[0, 1]
r["x[..., 1..<1]"] = x[..., 1:1]
r["x[x > 0]"], r["x[rows]"], r["x[none]"] = x[x > 0], x[x[..., 0] > 0], x[x > 9]
r["x[picture]"] = x[z[:, 0, 0] < -1]


def written(change):
    result = x.copy()
    change(result)
    return result


def write(key, value):
    def change(target):
        target[key] = value
    return written(change)


r["write row"] = write((1,), z[0])
r["write column"] = write((Ellipsis, 2), y[:, 0])
r["write steps"] = write((slice(None), slice(1, 3), slice(0, None, 2)), z[:, 1:, 2:])
r["write number"] = write((0, slice(1, None), slice(0, 3)), 7)
r["write mask"] = write(x > 0, 7)
r["write mask rows"], r["write mask values"] = write(x[..., 0] > 0, z[0, 0]), write(x > 0, z[x > 0])
r["write element"] = write((1, 2, 3), -4)

r["arange"], r["arange steps"] = np.arange(5.0), np.arange(1, 2, 0.3)
r["arange down"], r["arange none"] = np.arange(4.0, -3, -2), np.arange(2.0, 1)
r["linspace"], r["eye"], r["eye wide"] = np.linspace(-1, 2, 7), np.eye(3), np.eye(2, 4)

r["<"], r["<="], r[">"], r[">="] = x < y, x <= y, x > y, x >= y
r["t <"], r["t <="], r["t >"], r["t >="] = t < 1, t <= 1, t > 1, t >= 1
r["t =="], r["t !="], r["s =="], r["s !="] = t == 1, t != 1, s == s, s != s
r["where"], r["where number"] = np.where(x > y, x, z), np.where(x > 0, x, -1)
r["where rows"] = np.where(y > 0, x, 2 * z)
r["any [1, 0]"], r["all [1, 0]"] = np.any(t > 2, axis=(1, 0)), np.all(t < 9, axis=(1, 0), keepdims=True)
r["any 0"], r["all 1"] = np.any(t > 2, axis=0), np.all(t < 3, axis=1, keepdims=True)
r["and"], r["or"], r["xor"], r["not"] = (
    (t > 0) & (t < 2), (t > 2) | (t < 0), (t > 0) ^ (t < 2), ~(t > 0))

r["i + j"], r["i - j"], r["i * j"], r["i / j"] = i + j, i - j, i * j, np.trunc(i / j)
r["i sum"], r["i sum 0"], r["i max 1"], r["i min 1"] = i.sum(), i.sum(0), i.max(1), i.min(1)
r["i cumulativeSum"], r["i sorted"], r["i argmin"] = i.cumsum(1), np.sort(i, 1), np.argmin(i, 0)
r["i abs"], r["i sign"], r["i <"], r["-i"] = np.abs(i), np.sign(i), i < j, -i

# Storage types, bit by bit: the bits of Float16 and BFloat16 nearest to numbers.
numbers = np.concatenate([
    floats(40, low=-300, high=300), floats(20, low=-1e-4, high=1e-4),
    np.array([0, -0.0, inf, -inf, 65504, 65519.99, 65520, 2.0**-24, 2.0**-25, 3.5e38, -1e40,
              1 + 2.0**-8, 1 + 2.0**-8 + 2.0**-40, 1 + 3 * 2.0**-8, 1 + 2.0**-11,
              1 + 2.0**-11 + 2.0**-40, 1.5e-45, 1e-40])])


def bfloat16(number):
    """The nearest, by a search among the neighbors; ties to even."""
    if not math.isfinite(number):
        return int(np.float32(number).view(np.uint32)) >> 16
    sign, size = (0x8000 if math.copysign(1, number) < 0 else 0), abs(number)

    def value(bits):
        if bits >= 0x7F80:  # What would come after the largest number.
            return 2.0**128
        return float(np.uint32(bits << 16).view(np.float32))

    low, high = 0, 0x7F80
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if value(middle) <= size else (low, middle)
    below, above = size - value(low), value(high) - size
    return sign | (high if above < below or above == below and high % 2 == 0 else low)


inputs["numbers"] = numbers
with np.errstate(all="ignore"):
    half = numbers.astype(np.float16)
    r["float16 bits"] = half.view(np.uint16)
    pairs = half[:60], half[:60][::-1]
    r["float16 sums"] = (pairs[0] + pairs[1]).view(np.uint16)
    r["float16 products"] = (pairs[0] * pairs[1]).view(np.uint16)
    r["float16 quotients"] = (pairs[0] / pairs[1]).view(np.uint16)
r["bfloat16 bits"] = np.array([bfloat16(float(n)) for n in numbers])


def plain(array):
    array = np.asarray(array)
    names = {nan: "nan", inf: "inf", -inf: "-inf"}
    values = []
    for number in array.astype(np.float64).ravel().tolist():
        finite = math.isfinite(number)
        values.append(number if finite else "nan" if math.isnan(number) else names[number])
    return {"shape": list(array.shape), "values": values}


def lines(tensors):
    return ",\n".join(f"{json.dumps(k)}: {json.dumps(plain(v))}" for k, v in tensors.items())


text = '{"inputs": {\n%s\n},\n"results": {\n%s\n}}\n' % (lines(inputs), lines(r))
pathlib.Path(__file__).with_name("cases.json").write_text(text)
