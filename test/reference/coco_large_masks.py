"""Fixtures of pycocotools for masks of up to 4096² px, whose pixels are rules in whole numbers that the test repeats.

    /tmp/venv/bin/python test/reference/coco_large_masks.py > test/reference/fixtures/coco-large-masks.json

Made with pycocotools 2.0.11. For each: the rule with its numbers, size [height, width], SHA-256 of the compressed counts, area, bbox.
Rules: full; empty; row k; column k; discs [[x, y, r, set], …], one after the other; noise of k in 256, by a hash of x and y.
"""
import hashlib
import json
import random
import sys

import numpy as np
from pycocotools import mask as coco

rng = random.Random(20261130)
SIZES = [(1, 1), (1, 300), (300, 1), (97, 131), (480, 640), (1200, 1600), (4096, 4096), (4096, 31)]


def plane_of(rule, height, width):
    y, x = np.mgrid[:height, :width].astype(np.int64)
    plane = np.zeros((height, width), dtype=np.uint8)
    kind = rule["kind"]
    if kind == "full":
        plane[:] = 1
    elif kind == "row":
        plane[rule["at"]] = 1
    elif kind == "column":
        plane[:, rule["at"]] = 1
    elif kind == "discs":
        for cx, cy, r, value in rule["discs"]:
            plane[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = value
    elif kind == "noise":
        plane[((x * 73856093 + y * 19349663) % 1000003) % 256 < rule["of256"]] = 1
    return plane


masks = []
for height, width in SIZES:
    side = max(height, width)
    discs = [[rng.randrange(width), rng.randrange(height), rng.randrange(1, side // 2 + 2), int(i % 3 != 2)] for i in range(9)]
    rules = [{"kind": "full"}, {"kind": "empty"}, {"kind": "row", "at": rng.randrange(height)}, {"kind": "column", "at": rng.randrange(width)}, {"kind": "discs", "discs": discs}]
    if height * width <= 1600 * 1200:
        rules += [{"kind": "noise", "of256": share} for share in (3, 128, 250)]
    for rule in rules:
        rle = coco.encode(np.asfortranarray(plane_of(rule, height, width)))
        masks.append({"rule": rule, "size": [height, width], "sha256": hashlib.sha256(rle["counts"]).hexdigest(), "area": int(coco.area(rle)), "bbox": [int(v) for v in coco.toBbox(rle)]})
json.dump(masks, sys.stdout, separators=(",", ":"))
