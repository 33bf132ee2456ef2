"""Checks a GPU against the processor and measures it, beside PyTorch where that is installed.

In order, until the time is over: the table of operations with all gradients, the same at the sizes
of models, the cases of tensor2tensor, NVIDIA's compute-sanitizer, ceilings and throughput, and the
same work in PyTorch. Prints one report and writes it to gpu-check.md, and everything that was
measured to gpu-check.json.

The exit status is 0 when all checks passed, 1 when one did not, and 2 when there is no GPU that can
be used.
"""

import argparse
import json
import os
import sys
import time

import libraries
import report
import stages
from processes import Runner

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--device", default="cuda", help="cuda, cuda:1, or cpu to try this program itself"
    )
    parser.add_argument(
        "--fixtures",
        metavar="DIR",
        help="the folder of tensor2tensor's cases (default: fixtures here)",
    )
    parser.add_argument(
        "--output", metavar="DIR", default=".", help="where the reports go (default: here)"
    )
    parser.add_argument(
        "--seconds", type=float, default=450, help="how long all of it may take (default: 450)"
    )
    parser.add_argument(
        "--programs", metavar="DIR", help="the folder of throughput (default: bin here)"
    )
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="TEXT",
        help="measure only cases whose name contains this text; repeat it to name several",
    )
    parser.add_argument("--no-sanitizer", action="store_true", help="leave compute-sanitizer out")
    parser.add_argument("--no-peers", action="store_true", help="leave PyTorch out")
    parser.add_argument("--no-compiled", action="store_true", help="leave torch.compile out")
    options = parser.parse_args()
    options.programs = options.programs or os.path.join(HERE, "bin")
    if not options.fixtures and os.path.isdir(os.path.join(HERE, "fixtures")):
        options.fixtures = os.path.join(HERE, "fixtures")
    return options


def peers_folder():
    """The scripts in PyTorch: beside this one in the package, a folder above in the source tree."""
    inside = os.path.join(HERE, "peers")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(HERE), "peers")


def main():
    options = arguments()
    begin = time.monotonic()
    environment = libraries.environment(os.environ)
    runner = Runner(begin + options.seconds, environment)
    card, complaint = stages.card(runner, options)
    if complaint:
        print(complaint, file=sys.stderr)
        return 2
    checks = stages.checks(runner, options)
    peers = None if options.no_peers else stages.Peers(runner, options, peers_folder())
    cases = stages.throughput(runner, options, peers)
    result = {
        "card": card,
        "torch": peers.version if peers else None,
        "checks": checks,
        "cases": cases,
        "ceilings": report.ceilings(cases),
        "seconds": round(time.monotonic() - begin, 1),
    }
    text = report.text(result)
    print(text)
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(options.output, "gpu-check.md"), "w") as file:
        file.write(text + "\n")
    with open(os.path.join(options.output, "gpu-check.json"), "w") as file:
        json.dump(result, file, indent=1)
    return 1 if any(check["status"] == "FAILED" for check in checks) else 0


if __name__ == "__main__":
    sys.exit(main())
