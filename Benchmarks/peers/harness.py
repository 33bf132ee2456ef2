"""What the peers share: options, timing and the JSON lines, with the keys and case names of `throughput`.

Import this before torch: it says how many threads there are.
"""

import argparse
import json
import os
import statistics
import sys
import time

_parser = argparse.ArgumentParser()
_parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
_parser.add_argument("--filter", action="append", default=[], metavar="TEXT",
                     help="only cases whose name contains this text; repeat it to name several")
_parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:1")
_parser.add_argument("--precision", action="append", choices=["float32", "tf32", "bfloat16"],
                     help="what a GPU computes products in; repeat it to name several (default: float32)")
_parser.add_argument("--compile", action="store_true", help="compile what is timed with torch.compile")
_parser.add_argument("--minimum-runs", type=int, help="run each case this often at least")
options = _parser.parse_args()
options.precision = options.precision or ["float32"]

os.environ["OMP_NUM_THREADS"] = str(options.threads)
os.environ["MKL_NUM_THREADS"] = str(options.threads)

import torch  # noqa: E402

torch.set_num_threads(options.threads)
# What the scripts make is made there.
torch.set_default_device(options.device)
torch.manual_seed(0)
# The precision that is measured now.
_precision = "float32"

PEER = " ".join(
    ["pytorch", "compiled" if options.compile else "eager"]
    + (["unlocked"] if "unlock_mkl" in os.environ.get("LD_PRELOAD", "") else [])
)


def includes(name):
    """Whether a case of this name is to be measured."""
    return not options.filter or any(text in name for text in options.filter)


def compiled(function):
    """The function, compiled when that is asked for."""
    return torch.compile(function) if options.compile else function


def operand(x):
    """An operand of a product in the precision that is measured now."""
    return x.bfloat16() if _precision == "bfloat16" else x


def measure(name, prepare, precisions=("float32", "tf32", "bfloat16"), **rest):
    """Measures a case in each of these precisions that is wanted: in bfloat16 as autocast does it."""
    global _precision
    for _precision in options.precision:
        if _precision not in precisions:
            continue
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = _precision == "tf32"
        with torch.autocast("cuda", torch.bfloat16, enabled=_precision == "bfloat16"):
            _measure(name, prepare, **rest)


def _measure(name, prepare, flops=None, images=None, bytes_moved=None, minimum_runs=5, minimum_seconds=0.5,
             warm_up=1):
    """Prepares the work of a case, repeats it and prints a line; what fails becomes a line as well.

    `bytes_moved` are those of the operands and results.
    """
    if not includes(name):
        return
    _reset_peak_memory()
    minimum_runs = options.minimum_runs or minimum_runs
    try:
        work = prepare()
        for _ in range(warm_up):
            work()
        _synchronize()
        runs = []
        while len(runs) < minimum_runs or (sum(runs) < minimum_seconds and len(runs) < 1000):
            start = time.perf_counter()
            work()
            _synchronize()
            runs.append(time.perf_counter() - start)
    except Exception as error:  # such as a compiler that torch.compile does not find
        _report(name, seconds=0, spread=0, error=f"{type(error).__name__}: {error}".splitlines()[0][:200])
        return
    seconds = statistics.median(runs)
    result = {"seconds": seconds, "spread": _half_interquartile_range(runs), "peakBytes": _peak_memory()}
    if flops:
        result["gflops"] = flops / seconds / 1e9
    if bytes_moved:
        result["gigabytesPerSecond"] = bytes_moved / seconds / 1e9
    if images:
        result["imagesPerSecond"] = images / seconds
    _report(name, **result)


def _synchronize():
    """Waits for a GPU, which works late."""
    if options.device != "cpu":
        torch.cuda.synchronize()


def _report(name, **values):
    if _precision != "float32":
        values["precision"] = _precision
    print(json.dumps({"case": name, "peer": PEER, "torch": torch.__version__, **values}), flush=True)


def _half_interquartile_range(runs):
    if len(runs) < 2:
        return 0.0
    lower, _, upper = statistics.quantiles(runs, n=4, method="inclusive")
    return (upper - lower) / 2


def _reset_peak_memory():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError as error:
        print(f"peak memory counts from the start of the process: {error}", file=sys.stderr)


def _peak_memory():
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
