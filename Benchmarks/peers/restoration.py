"""Training steps and decoding of a restoration model, with the weights of a run that begins."""

from functools import partial

import harness
import restoration_model as m
import torch
import torch.nn as nn

PIXELS_PER_PICTURE = 256


def pictures(batch, side):
    shape = (batch, 3, side, side)
    return torch.randint(0, 256, shape).float().to(memory_format=torch.channels_last)


def modules():
    return m.Trunk().to(memory_format=torch.channels_last), m.Head().to(memory_format=torch.channels_last)


def picture_loss(trunk, inputs, enlarged, targets):
    picture, features = trunk(inputs, enlarged)
    return (picture - targets).abs().mean(), picture, features


def head_loss(head, inputs, targets, picture, features, chosen):
    which, pixel = chosen // m.PIXELS, chosen % m.PIXELS
    known = m.context(inputs, targets, picture, which, pixel)
    output = head(head.pixel_features(features), known, which, pixel)
    return m.nats(output, m.rows(targets)[chosen], m.rows(picture)[chosen])


def chosen_pixels(batch):
    return torch.randint(0, batch * m.PIXELS, (batch * PIXELS_PER_PICTURE,))


def trunk_step(batch):
    trunk, _ = modules()
    inputs, targets = pictures(batch, 8), pictures(batch, 32)
    enlarged = m.enlarged(inputs)
    loss = harness.compiled(lambda: picture_loss(trunk, inputs, enlarged, targets)[0])

    def step():
        trunk.zero_grad(set_to_none=True)
        loss().backward()

    return step


def head_step(batch):
    trunk, head = modules()
    inputs, targets = pictures(batch, 8), pictures(batch, 32)
    with torch.no_grad():
        picture, features = trunk(inputs, m.enlarged(inputs))
    features.requires_grad_()
    loss = harness.compiled(lambda chosen: head_loss(head, inputs, targets, picture, features, chosen))

    def step():
        head.zero_grad(set_to_none=True)
        features.grad = None
        loss(chosen_pixels(batch)).backward()

    return step


def training_step(batch):
    trunk, head = modules()
    inputs, targets = pictures(batch, 8), pictures(batch, 32)
    groups = [list(trunk.parameters()), list(head.parameters())]
    optimizer = torch.optim.AdamW(
        [{"params": groups[0], "lr": 1e-3}, {"params": groups[1], "lr": 2e-3}], betas=(0.9, 0.98),
        weight_decay=0.01, fused=True)
    weights = [weight.data for group in groups for weight in group]
    averages = [weight.clone() for weight in weights]

    @harness.compiled
    def loss(chosen):
        error, picture, features = picture_loss(trunk, inputs, m.enlarged(inputs), targets)
        return error / 16 + 0.1 * head_loss(head, inputs, targets, picture.detach(), features, chosen)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(chosen_pixels(batch)).backward()
        for group in groups:
            nn.utils.clip_grad_norm_(group, 0.5)
        optimizer.step()
        torch._foreach_lerp_(averages, weights, 0.01)

    return step


def wavefront(batch):
    def prepare():
        trunk, head = modules()
        inputs, waves = pictures(batch, 8), m.waves()
        return lambda: m.decode(trunk, head, inputs, waves)

    return prepare


def one_pass(batch):
    def prepare():
        trunk, _ = modules()
        inputs = pictures(batch, 8)

        @harness.compiled
        @torch.no_grad()
        def work():
            return trunk(inputs, m.enlarged(inputs))[0].round().clamp(0, 255)

        return work

    return prepare


CASES = [("trunk", trunk_step, 8), ("head", head_step, 8), ("base", training_step, 8)]
if harness.options.device != "cpu":
    CASES.append(("base", training_step, 64))
for name, prepare, batch in CASES:
    harness.measure(
        f"restoration_{name}_b{batch}", partial(prepare, batch), images=batch, minimum_runs=9, warm_up=3)
for batch in (1, 16):
    harness.measure(f"decode_restoration_wavefront_b{batch}", wavefront(batch), images=batch)
    harness.measure(f"decode_restoration_one_pass_b{batch}", one_pass(batch), images=batch)
