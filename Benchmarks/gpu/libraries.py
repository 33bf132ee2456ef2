"""Where pip has put NVIDIA's libraries, and compute-sanitizer."""

import glob
import os
import shutil
import sys
import sysconfig


def _packages():
    """The folders `nvidia` of pip's packages, of this interpreter and of those on its path."""
    roots = [sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"], *sys.path]
    folders = [os.path.join(root, "nvidia") for root in dict.fromkeys(roots) if root]
    return [folder for folder in folders if os.path.isdir(folder)]


def environment(variables):
    """The variables of this process and where Cajal looks for NVRTC."""
    variables = dict(variables)
    named = variables.get("CAJAL_CUDA_LIBRARY_PATH")
    # The toolkit's own folder last: pip's is what PyTorch runs with.
    folders = ([named] if named else []) + _packages() + glob.glob("/usr/local/cuda*/lib64")
    if folders:
        variables["CAJAL_CUDA_LIBRARY_PATH"] = ":".join(folders)
    return variables


def sanitizer():
    """The program compute-sanitizer, or None."""
    found = shutil.which("compute-sanitizer")
    if found:
        return found
    patterns = [
        "/usr/local/cuda*/bin/compute-sanitizer",
        "/usr/local/cuda*/compute-sanitizer/compute-sanitizer",
    ]
    patterns += [os.path.join(folder, "**", "compute-sanitizer") for folder in _packages()]
    for pattern in patterns:
        for path in sorted(glob.glob(pattern, recursive=True)):
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    return None
