"""Fixtures of pycocotools for main/masks: polygons rasterised, masks encoded.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install pycocotools numpy
    /tmp/venv/bin/python test/reference/coco_masks.py > test/reference/fixtures/coco-masks.json

Made with pycocotools 2.0.11. `polygons`: parts, size [height, width], counts of the union of the parts.
`planes`: rows as text of 0 and 1, counts, runs (uncompressed), area, bbox.
"""
import json
import math
import random
import sys

import numpy as np
from pycocotools import mask as coco

rng = random.Random(20250115)


def union(parts, height, width):
    return coco.merge(coco.frPyObjects(parts, height, width))


def round_to(value, step):
    return round(value / step) * step if step else value


def star(width, height, corners, step, spill):
    cx, cy = rng.uniform(-spill, width + spill), rng.uniform(-spill, height + spill)
    out = []
    angle = rng.uniform(0, 2 * math.pi)
    for _ in range(corners):
        angle += 2 * math.pi / corners * rng.uniform(0.3, 1.7)
        radius = rng.uniform(0.2, 1) * max(width, height) * rng.uniform(0.1, 0.8)
        out += [round(round_to(cx + radius * math.cos(angle), step), 3), round(round_to(cy + radius * math.sin(angle), step), 3)]
    return out


def scribble(width, height, corners, step, spill):
    out = []
    for _ in range(corners):
        out += [round(round_to(rng.uniform(-spill, width + spill), step), 3), round(round_to(rng.uniform(-spill, height + spill), step), 3)]
    return out


polygons = []
for _ in range(360):
    width, height = rng.randint(1, 60), rng.randint(1, 60)
    step = rng.choice([0, 0, 1, 0.5, 0.2, 0.1, 0.01])
    spill = rng.choice([0, 0, 3, 40])
    kind = rng.choice([star, scribble])
    parts = [kind(width, height, rng.randint(3, 12), step, spill) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    polygons.append({"parts": parts, "size": [height, width]})
for parts in (
    [[0, 0, 1, 0, 1, 1, 0, 1]],
    [[5, 5, 5, 5, 5, 5]],
    [[1, 1, 9, 1, 5, 1]],
    [[1, 1, 1, 9, 1, 5]],
    [[0, 0, 20, 0, 20, 20, 0, 20]],
    [[-100, -100, 100, -100, 100, 100, -100, 100]],
    [[2, 2, 18, 2, 18, 18, 2, 18], [6, 6, 14, 6, 14, 14, 6, 14]],
    [[0.5, 0.5, 9.5, 0.5, 9.5, 9.5, 0.5, 9.5]],
    [[19.9, 19.9, 20.1, 19.9, 20.1, 20.1]],
    [[3, 3, 12, 12, 12, 3, 3, 12]],
):
    polygons.append({"parts": parts, "size": [20, 20]})
for polygon in polygons:
    height, width = polygon["size"]
    polygon["counts"] = union(polygon["parts"], height, width)["counts"].decode()


def runs_of(plane):
    flat = plane.flatten(order="F")
    out, value, run = [], 0, 0
    for pixel in flat:
        if pixel == value:
            run += 1
        else:
            out.append(run)
            value, run = pixel, 1
    return out + [run]


planes = []
for i in range(80):
    width, height = rng.randint(1, 24), rng.randint(1, 24)
    share = rng.choice([0, 0.05, 0.3, 0.5, 0.9, 1])
    plane = np.array([[1 if rng.random() < share else 0 for _ in range(width)] for _ in range(height)], dtype=np.uint8)
    if i % 3 == 0:
        plane[height // 3:, width // 4:] |= 1
    rle = coco.encode(np.asfortranarray(plane))
    planes.append({
        "rows": ["".join(map(str, row)) for row in plane.tolist()],
        "counts": rle["counts"].decode(),
        "runs": [int(run) for run in runs_of(plane)],
        "area": int(coco.area(rle)),
        "bbox": [int(v) for v in coco.toBbox(rle)],
    })

json.dump({"polygons": polygons, "planes": planes}, sys.stdout, separators=(",", ":"))
