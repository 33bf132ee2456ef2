"""Steps of training: loss, gradients and Adam, on one random batch."""

import harness
import torch
import torch.nn.functional as F
from model import INPUT_POSITIONS, SIZES, TARGET_POSITIONS, Img2ImgTransformer

# Size, batch, the least number of steps that are timed, and the steps before them.
CASES = [("tiny", 4, 7, 2), ("tiny", 18, 3, 1), ("base", 1, 3, 1)]
if harness.options.device != "cpu":
    CASES.append(("base", 8, 9, 3))


def training(size, batch):
    def prepare():
        model = Img2ImgTransformer(size).train()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-9, fused=True)
        inputs = torch.randint(0, 256, (batch, INPUT_POSITIONS))
        targets = torch.randint(0, 256, (batch, TARGET_POSITIONS))

        @harness.compiled
        def loss():
            return F.cross_entropy(model(inputs, targets).view(-1, 256), targets.view(-1))

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss().backward()
            optimizer.step()

        return step

    return prepare


for name, batch, minimum_runs, warm_up in CASES:
    size = SIZES[name]
    harness.measure(
        f"img2img_transformer2d_{name}_b{batch}",
        training(size, batch),
        flops=size.flops_per_image * batch,
        images=batch,
        minimum_runs=minimum_runs,
        warm_up=warm_up,
    )
