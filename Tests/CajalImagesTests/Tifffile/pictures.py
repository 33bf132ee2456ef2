"""Reads and writes TIFF files by tifffile, as another implementation than libtiff.

Usage: pictures.py write FOLDER     writes NAME.tif of many kinds, and NAME.values with 16-bit values
       pictures.py read FILE OUT    writes the values of all levels to OUT-0, OUT-1, …, and prints
                                    their shapes and the pixel size in the OME description
"""
import itertools
import re
import sys

import numpy
import tifffile


def write(folder):
    random = numpy.random.default_rng(7)
    compressions = {None: "none", "lzw": "lzw", "zlib": "deflate", "packbits": "packbits", "zstd": "zstd"}
    kinds = itertools.product([numpy.uint8, numpy.uint16], [1, 3], compressions, [False, True], [1, 2, 3])
    for number, (type_, samples, compression, is_tiled, variant) in enumerate(kinds):
        height, width = random.integers(1, 70, 2)
        most = 255 if type_ == numpy.uint8 else 65535
        values = random.integers(0, most + 1, (height, width, samples), dtype=type_)
        is_separate = samples == 3 and variant == 2
        data = values[..., 0] if samples == 1 else numpy.moveaxis(values, 2, 0) if is_separate else values
        options = {"tile": (16, 32)} if is_tiled else {"rowsperstrip": int(random.integers(1, 9))}
        predictor = 2 if variant == 3 and compression in ("lzw", "zlib", "zstd") else None
        try:
            tifffile.imwrite(
                f"{folder}/{number}.tif", data, photometric="minisblack" if samples == 1 else "rgb",
                planarconfig="separate" if is_separate else "contig" if samples == 3 else None,
                compression=compression, predictor=predictor, byteorder="<>"[number % 2],
                bigtiff=number % 3 == 0, metadata=None, **options)
        except (ImportError, KeyError, ValueError):
            # Without imagecodecs there are fewer compressions.
            continue
        values.astype("<u2").tofile(f"{folder}/{number}.values")


def read(path, out):
    with tifffile.TiffFile(path) as tiff:
        levels = tiff.series[0].levels
        for index, level in enumerate(levels):
            values = level.asarray()
            values.astype("<u2").tofile(f"{out}-{index}")
            print(*values.shape)
        print(*re.findall(r'PhysicalSize[XY]="([^"]*)"', tiff.ome_metadata or ""))


{"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
