"""Tests of the GPU check without a GPU: stand-ins print what its programs would.

python3 Benchmarks/gpu/test_check.py
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import report
import sanitizing
from processes import Outcome

HERE = os.path.dirname(os.path.abspath(__file__))

THROUGHPUT = """#!/usr/bin/env python3
import json, os, sys, time
word, mode = sys.argv[1], os.environ.get("STAND_IN", "")
assert sys.argv[-3:] == ["--device", "cuda", "--json"], sys.argv
if word == "card":
    if mode == "no GPU":
        print("Error: CUDA is not available: install the driver", file=sys.stderr)
        sys.exit(1)
    print(json.dumps({"device": "cuda:0 (Stand-in)", "seconds": 1.5}))
elif word == "agreement":
    wrong = mode == "wrong" and "--model-sizes" in sys.argv
    print(json.dumps({"case": "add of [3]", "place": "nowhere", "worst": 0, "passes": True}))
    row = {"case": "softmax of [3]", "place": "gradient 0", "passes": not wrong}
    print(json.dumps(row if wrong else {**row, "worst": 0.5}))
    sys.exit(wrong)
elif word == "verify":
    assert os.path.isdir(sys.argv[2])
    print(json.dumps({"case": "a", "status": "passed", "worst": 0.1, "place": "loss"}))
    print(json.dumps({"case": "b", "status": "unsupported", "reason": "no such layer"}))
elif word == "bandwidth":
    print(json.dumps({"case": "copy_8", "seconds": 1e-3, "gigabytesPerSecond": 2000}))
    print(json.dumps({"case": "product_8", "seconds": 1e-3, "gflops": 4000}))
    print(json.dumps({"case": "relu", "seconds": 2e-3, "gigabytesPerSecond": 1500}), flush=True)
    if mode == "slow":
        time.sleep(60)
elif word == "gemm":
    case = {"case": "gemm_3072x512", "seconds": 1e-3, "gflops": 1000}
    if "--precision" in sys.argv:
        case["precision"] = sys.argv[sys.argv.index("--precision") + 1]
    print(json.dumps(case))
else:
    print("Error: this stand-in knows no " + word, file=sys.stderr)
    sys.exit(1)
"""

PEER = """import json
def line(case, **values):
    print(json.dumps({"case": case, "peer": "pytorch eager", "seconds": 4e-3, **values}))
line("relu")
line("product_8", gflops=9e5, precision="bfloat16")
line("no", error="no")
"""

TORCH = """__version__ = "9.9"
class cuda:
    is_available = staticmethod(lambda: True)
"""

SANITIZER = """#!/bin/sh
# Runs the program that follows the options.
while case "$1" in --tool|--print-limit|--error-exitcode) true;; *) false;; esac; do
  [ "$1" = --tool ] && tool=$2
  shift 2
done
echo "========= COMPUTE-SANITIZER"
"$@"
[ "$tool" = "$STAND_IN" ] || exit 0
echo "========= Invalid __global__ write of size 4 bytes"
echo "=========     at cajal_fill+0x110 in elements.cu:40"
exit 86
"""


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for name, text in (
            ("bin/throughput", THROUGHPUT),
            ("path/compute-sanitizer", SANITIZER),
            ("packages/torch.py", TORCH),
            ("peers/bandwidth.py", PEER),
            ("fixtures/index.json", "[]"),
        ):
            path = self.path(name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
            os.chmod(path, 0o755)
        # As in the package: the scripts beside the programs, where the check looks for them.
        for name in os.listdir(HERE):
            if os.path.isfile(os.path.join(HERE, name)):
                os.symlink(os.path.join(HERE, name), self.path(name))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def check(self, *options, mode=""):
        environment = {
            **os.environ,
            "STAND_IN": mode,
            "PYTHON": sys.executable,
            "PYTHONPATH": self.path("packages"),
            "PATH": self.path("path") + ":" + os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        program = [self.path("check"), "--output", self.path("out")]
        return subprocess.run(
            program + list(options), env=environment, capture_output=True, text=True
        )

    def result(self):
        with open(self.path("out/gpu-check.json")) as file:
            return json.load(file)

    def test_passes_and_compares(self):
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        checks = {check["check"]: check for check in self.result()["checks"]}
        self.assertEqual({check["status"] for check in checks.values()}, {"ok"})
        self.assertEqual(checks["cases of tensor2tensor"]["detail"], "1 of 2, 1 unsupported")
        self.assertIn("2 of 2; worst 0.50", checks["operations and gradients"]["detail"])
        self.assertEqual(
            self.result()["ceilings"],
            {"copy GB/s": 2000, "float32 product GF/s": 4000, "bfloat16 product GF/s": 9e5},
        )
        self.assertIn("| `relu` | 2.000 ms | 75 % | 4.000 ms | 2.00× |", done.stdout)
        self.assertIn("| `gemm_3072x512` | 1.000 ms | 25 % |", done.stdout)
        self.assertIn("| `gemm_3072x512` bfloat16 | 1.000 ms | 0 % |", done.stdout)
        self.assertIn("- attention (cajal): Error: this stand-in knows no attention", done.stdout)
        with open(self.path("out/gpu-check.md")) as file:
            self.assertEqual(file.read(), done.stdout)

    def test_no_gpu(self):
        done = self.check(mode="no GPU")
        message = "gpu-check: Error: CUDA is not available: install the driver\n"
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", message))

    def test_a_wrong_operation_is_named(self):
        done = self.check("--no-peers", mode="wrong")
        self.assertEqual(done.returncode, 1)
        self.assertIn("softmax of [3]: no number at gradient 0", done.stdout)

    def test_the_first_finding_is_named(self):
        done = self.check("--no-peers", mode="racecheck")
        self.assertEqual(done.returncode, 1)
        finding = "Invalid __global__ write of size 4 bytes at cajal_fill+0x110 in elements.cu:40"
        self.assertIn(finding, done.stdout)
        statuses = [check["status"] for check in self.result()["checks"]]
        self.assertEqual(statuses, ["ok"] * 6 + ["FAILED"])

    def test_the_time_is_kept(self):
        done = self.check("--no-peers", "--seconds", "8", mode="slow")
        self.assertEqual(done.returncode, 0)
        self.assertLess(self.result()["seconds"], 12)
        # What was printed before the end counts.
        self.assertIn("| `relu` | 2.000 ms | 75 % |", done.stdout)
        self.assertIn("- bandwidth (cajal): stopped after", done.stdout)

    def test_filters(self):
        self.check("--no-peers", "--no-sanitizer", "--filter", "gemm")
        names = {record["case"] for record in self.result()["cases"]}
        self.assertIn("gemm_3072x512", names)
        # A job of which nothing is wanted is not begun, and would be named as it failed.
        self.assertNotIn("train-step", names)


class PartsTest(unittest.TestCase):
    def test_findings_of_tools(self):
        race = "========= Error: Race reported between Write access at 0x90 in cajal_softmax\n"
        self.assertIn("cajal_softmax", sanitizing.first_failure(race))
        self.assertIsNone(sanitizing.first_failure("========= ERROR SUMMARY: 0 errors\n"))
        stopped = Outcome('{"case": "a", "passes": true}\n{"ca', "", -9, 60, True)
        self.assertEqual(
            sanitizing.verdict(stopped), ("ok", "nothing in 1 operations; stopped after 60 s")
        )

        stopped = Outcome("", "", -9, 60, True)
        self.assertEqual(sanitizing.verdict(stopped)[0], "skipped")

    def test_infinite_errors(self):
        self.assertEqual(
            report._failure({"place": "x", "worst": 2.5}), "2.5 of what is allowed at x"
        )


if __name__ == "__main__":
    unittest.main()
