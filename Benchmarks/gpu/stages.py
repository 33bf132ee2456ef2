"""What is checked and measured, in order."""

import os
import sys

import libraries
import sanitizing

PRECISIONS = ["float32", "tf32", "bfloat16"]

# Subcommand of throughput, script in PyTorch, cases, the seconds that each contestant may take, and
# the precisions.
JOBS = [
    ("bandwidth", "bandwidth.py", [], 40, ["float32"]),
    ("bandwidth", "bandwidth.py", ["product_"], 20, ["tf32", "bfloat16"]),
    ("gemm", "gemm.py", ["gemm_3072x2048", "gemm_3072x512", "gemm_24576x"], 40, PRECISIONS),
    ("attention", "attention.py", [], 40, PRECISIONS),
    ("train-step", "train_step.py", ["img2img_transformer2d_"], 60, PRECISIONS),
    (
        "restoration",
        "restoration.py",
        ["restoration_trunk", "restoration_head", "restoration_base", "_b16"],
        40,
        PRECISIONS,
    ),
    ("convolution", "convolution.py", ["convolution_b4"], 30, PRECISIONS),
    ("decode", "decode.py", ["decode_tiny_b16"], 40, ["float32"]),
]

# What torch.compile may make faster.
COMPILED = ["attention", "train-step", "restoration"]


def throughput_command(options, *rest):
    return [
        os.path.join(options.programs, "throughput"),
        *rest,
        "--device",
        options.device,
        "--json",
    ]


def card(runner, options):
    """The name of the device, or None and in one line what is missing."""
    outcome = runner.run(throughput_command(options, "card"), 120)
    if outcome and outcome.status == 0 and outcome.records:
        return outcome.records[0], None
    return None, "gpu-check: " + (outcome.complaint if outcome else "there is no time")


def _check(name, status, detail, outcome=None, **more):
    seconds = round(outcome.seconds, 1) if outcome else 0
    return {"check": name, "status": status, "detail": detail, "seconds": seconds, **more}


def _skipped(name, why):
    return _check(name, "skipped", why)


def checks(runner, options):
    """All checks of correctness; one that fails does not keep the next from being made."""
    result = [
        _agreement("operations and gradients", runner, options, 90),
        _agreement("the same, sizes of models", runner, options, 90, "--model-sizes"),
        _agreement("the same in tf32", runner, options, 90, "--precision", "tf32"),
        _agreement("the same in bfloat16", runner, options, 90, "--precision", "bfloat16"),
        _tensor2tensor(runner, options),
    ]
    for tool, every, limit in (("memcheck", 8, 60), ("racecheck", 32, 60)):
        result.append(_sanitized(tool, every, limit, runner, options))
    return result


def _agreement(name, runner, options, limit, *flags):
    if options.device == "cpu" and flags:
        return _skipped(name, "only on a GPU")
    outcome = runner.run(throughput_command(options, "agreement", *flags), limit)
    if outcome is None:
        return _skipped(name, "no time left")
    rows = outcome.records
    failures = [row for row in rows if not row["passes"]]
    if not rows or outcome.timed_out or (outcome.status != 0 and not failures):
        return _check(name, "FAILED", f"after {len(rows)} operations: {outcome.complaint}", outcome)
    worst = max(rows, key=_error)
    detail = f"{len(rows) - len(failures)} of {len(rows)}; worst {_error(worst):.2f} of what "
    detail += f"rounding allows, in {worst['case']}: {worst['place']}"
    return _check(name, "FAILED" if failures else "ok", detail, outcome, failures=failures)


def _error(row):
    return float("inf") if row.get("worst") is None else row["worst"]


def _tensor2tensor(runner, options):
    name = "cases of tensor2tensor"
    if not options.fixtures:
        return _skipped(name, "no folder; name it with --fixtures")
    outcome = runner.run(throughput_command(options, "verify", options.fixtures), 120)
    if outcome is None:
        return _skipped(name, "no time left")
    rows = outcome.records
    failures = [row for row in rows if row["status"] == "failed"]
    if not rows or outcome.timed_out or (outcome.status != 0 and not failures):
        return _check(name, "FAILED", f"after {len(rows)} cases: {outcome.complaint}", outcome)
    unsupported = sum(row["status"] == "unsupported" for row in rows)
    passed = len(rows) - len(failures) - unsupported
    detail = f"{passed} of {len(rows)}, {unsupported} unsupported"
    return _check(name, "FAILED" if failures else "ok", detail, outcome, failures=failures)


def _sanitized(tool, every, limit, runner, options):
    """Every so manyth row of the table, whose shapes are small, under compute-sanitizer."""
    name = f"compute-sanitizer {tool}"
    program = libraries.sanitizer()
    if options.no_sanitizer or not program:
        return _skipped(
            name, "left out" if options.no_sanitizer else "compute-sanitizer is not installed"
        )
    command = [
        program,
        "--tool",
        tool,
        "--print-limit",
        "1",
        "--error-exitcode",
        str(sanitizing.STATUS),
    ]
    command += throughput_command(options, "agreement", "--every", str(every))
    outcome = runner.run(command, limit)
    if outcome is None:
        return _skipped(name, "no time left")
    status, detail = sanitizing.verdict(outcome)
    return _check(name, status, detail, outcome)


class Peers:
    """The same work in PyTorch, where there is PyTorch with a GPU."""

    def __init__(self, runner, options, folder):
        self.runner, self.options, self.folder = runner, options, folder
        ready = "torch.cuda.is_available()" if options.device != "cpu" else "True"
        outcome = runner.run(
            [sys.executable, "-c", f"import torch; assert {ready}; print(torch.__version__)"], 60
        )
        self.version = outcome.output.strip() if outcome and outcome.status == 0 else None

    def run(self, script, filters, limit, precisions, compiled):
        """The records of a script; none where it cannot be run."""
        if self.version is None:
            return []
        command = [
            sys.executable,
            os.path.join(self.folder, script),
            "--device",
            self.options.device,
        ]
        for precision in precisions:
            command += ["--precision", precision]
        command += filters + (["--compile"] if compiled else [])
        outcome = self.runner.run(command, limit)
        if outcome is None:
            return []
        if not outcome.records:
            return [{"case": script, "peer": "pytorch", "error": outcome.complaint}]
        return outcome.records


def throughput(runner, options, peers):
    """The records of all contestants: ours and PyTorch's in turn, then torch.compile's."""
    result = []
    for subcommand, script, cases, limit, precisions in JOBS:
        filters = _filters(cases, options)
        precisions = _possible(precisions, options)
        if filters is None or not precisions:
            continue
        for precision in precisions:
            words = filters + ([] if precision == "float32" else ["--precision", precision])
            outcome = runner.run(throughput_command(options, subcommand, *words), limit)
            if outcome is None:
                return result
            result += outcome.records
            if outcome.status != 0:
                result.append({"case": subcommand, "error": outcome.complaint})
        if peers:
            limit *= len(precisions)
            result += peers.run(script, filters, limit, precisions, compiled=False)
    # Compilation takes longest, so that it comes last.
    if peers and not options.no_compiled:
        for subcommand, script, cases, limit, precisions in JOBS:
            filters = _filters(cases, options)
            precisions = _possible(["bfloat16", "float32"], options)
            if filters is not None and subcommand in COMPILED:
                result += peers.run(script, filters, 2 * limit, precisions, compiled=True)
    return result


def _possible(precisions, options):
    """The processor computes in float32."""
    return [name for name in precisions if name == "float32" or options.device != "cpu"]


def _filters(cases, options):
    """The options that choose cases; None where none of them is wanted."""
    chosen = cases
    if options.filter:
        chosen = [
            text
            for text in options.filter
            if not cases or any(c in text or text in c for c in cases)
        ]
        if not chosen:
            return None
    return [word for text in chosen for word in ("--filter", text)]
