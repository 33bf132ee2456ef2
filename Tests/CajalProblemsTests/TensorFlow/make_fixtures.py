#!/usr/bin/env python3
"""Makes the files in this folder with TensorFlow, to show that its records and ours are the same.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu pillow
    swift build -c release --product cajal
    venv/bin/python make_fixtures.py ../../../.build/release/cajal

made_by_tensorflow/  shards as tensor2tensor's generate_data writes them for its Allen Brain problem: tiles of
                     63 x 63 (its slices end one pixel early) as JPEG, and the nominal size 64 in the record;
                     tiles.json has the CRC-32C of each tile's pixels as TensorFlow decodes them
read_by_tensorflow/  shards that cajal datagen wrote; records.json has what TensorFlow reads in them
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy
import PIL.Image
import tensorflow as tf

FOLDER = os.path.dirname(os.path.abspath(__file__))


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def picture(seed, height, width):
    """Soft violet spots on a light ground."""
    random = numpy.random.default_rng(seed)
    rows, columns = numpy.mgrid[0:height, 0:width]
    stain = numpy.zeros((height, width))
    for _ in range(height * width // 150):
        y, x, radius = random.uniform(0, height), random.uniform(0, width), random.uniform(2, 5)
        stain += numpy.exp(-((rows - y) ** 2 + (columns - x) ** 2) / radius**2)
    density = stain[:, :, None] * numpy.array([0.9, 0.7, 0.25])
    return numpy.uint8(numpy.round(240 * numpy.exp(-density)))


def encoded(pixels, format):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, format=format)
    return file.getvalue()


def bytes_feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def integer_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def decoded(data):
    # The exact transform, as libjpeg's default is; TensorFlow's own default is a faster one.
    if data[:2] == b"\xff\xd8":
        return tf.io.decode_jpeg(data, dct_method="INTEGER_ACCURATE").numpy()
    return tf.io.decode_png(data).numpy()


def write_shards(folder):
    os.makedirs(folder)
    tiles = {}
    for split, shards in [("train", 2), ("dev", 1)]:
        for shard in range(shards):
            name = "img2img_allen_brain-%s-%05d-of-%05d" % (split, shard, shards)
            tiles[name] = []
            with tf.io.TFRecordWriter(os.path.join(folder, name)) as writer:
                for number in range(2):
                    pixels = picture([len(split), shard, number], 63, 63)
                    jpeg = encoded(pixels, "JPEG")
                    feature = {
                        "image/encoded": bytes_feature(jpeg),
                        "image/format": bytes_feature(b"jpeg"),
                        "image/height": integer_feature(64),
                        "image/width": integer_feature(64),
                    }
                    example = tf.train.Example(features=tf.train.Features(feature=feature))
                    writer.write(example.SerializeToString())
                    tiles[name].append(crc32c(decoded(jpeg).tobytes()))
    write_json(os.path.join(folder, "tiles.json"), tiles)


def read_shards(folder, cajal):
    with tempfile.TemporaryDirectory() as scratch:
        sections = os.path.join(scratch, "sections")
        os.makedirs(sections)
        for number in range(2):
            PIL.Image.fromarray(picture([number], 40, 56)).save(
                os.path.join(sections, "section-%d.png" % number))
        for format in ["png", "jpeg:85"]:
            data = os.path.join(scratch, format)
            subprocess.run(
                [cajal, "datagen", "--images", sections, "--problem", "allen-brain-4to16",
                 "--tile-size", "16", "--training-shards", "1", "--tile-format", format,
                 "--output", data], check=True)
            target = os.path.join(folder, format.split(":")[0])
            os.makedirs(target)
            for name in os.listdir(data):
                if "-of-" in name:
                    shutil.copy(os.path.join(data, name), target)
    records = {}
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            file = os.path.join(path, name)
            records[os.path.relpath(file, folder)] = [
                record_of(data.numpy()) for data in tf.data.TFRecordDataset(file)]
    write_json(os.path.join(folder, "records.json"), records)


def record_of(data):
    example = tf.train.Example.FromString(data)
    feature = example.features.feature
    pixels = decoded(feature["image/encoded"].bytes_list.value[0])
    return {
        "format": feature["image/format"].bytes_list.value[0].decode(),
        "height": feature["image/height"].int64_list.value[0],
        "width": feature["image/width"].int64_list.value[0],
        "section": feature["image/section"].bytes_list.value[0].decode(),
        "position": list(feature["image/position"].int64_list.value),
        "shape": list(pixels.shape),
        "crc32c": crc32c(pixels.tobytes()),
    }


def write_json(path, value):
    with open(path, "w") as file:
        json.dump(value, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_fixtures.py CAJAL")
    for name in ["made_by_tensorflow", "read_by_tensorflow"]:
        shutil.rmtree(os.path.join(FOLDER, name), ignore_errors=True)
    write_shards(os.path.join(FOLDER, "made_by_tensorflow"))
    read_shards(os.path.join(FOLDER, "read_by_tensorflow"), os.path.abspath(sys.argv[1]))
