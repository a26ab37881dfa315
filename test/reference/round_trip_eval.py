"""What pycocotools makes of our exports of the round-trip fixture, for test/integration/round-trip-evaluation.test.ts.

    node test/reference/round-trip-files.ts FOLDER
    /tmp/venv/bin/python test/reference/round_trip_eval.py FOLDER > test/reference/fixtures/round-trip-evaluation.json

Made with pycocotools 2.0.11. For each export: its SHA-256; how many annotations and pixels differ from the file that was
imported, both decoded by pycocotools; how many boxes and areas
are not what pycocotools finds of the masks; COCOeval of the export's masks as detections against that file (AP), and
the other way round.
"""
import contextlib
import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from pycocotools import mask as m
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

folder = Path(sys.argv[1])


def load(data):
    """COCOeval wants iscrowd as a number in every annotation; the fixture leaves it out once and says true once."""
    data = json.loads(json.dumps(data))
    for annotation in data["annotations"]:
        annotation["iscrowd"] = int(annotation.get("iscrowd", 0))
    coco = COCO()
    coco.dataset = data
    coco.createIndex()
    return coco


def with_masks(data):
    return {**data, "annotations": [one for one in data["annotations"] if "segmentation" in one]}


def ap(truth, found, kind):
    if kind == "segm":
        truth, found = with_masks(truth), with_masks(found)
    truth, found = load(truth), load(found)
    detections = [
        {"image_id": one["image_id"], "category_id": one["category_id"], "score": 1.0, "bbox": one["bbox"], **({"segmentation": found.annToRLE(one)} if kind == "segm" else {})}
        for one in found.dataset["annotations"] if one["iscrowd"] == 0
    ]
    evaluation = COCOeval(truth, truth.loadRes(detections), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return round(float(evaluation.stats[0]), 6)


with contextlib.redirect_stdout(io.StringIO()):
    text = (folder / "truth.json").read_bytes()
    truth = json.loads(text)
    exports = {}
    for name in ("rle", "polygons", "keyhole"):
        written = (folder / f"{name}.json").read_bytes()
        data = json.loads(written)
        a, b = load(with_masks(truth)), load(with_masks(data))
        ids = set(a.anns) | set(b.anns)
        differing = [int(np.sum(a.annToMask(a.anns[i]) != b.annToMask(b.anns[i]))) if i in a.anns and i in b.anns else -1 for i in sorted(ids)]
        exports[name] = {
            "sha256": hashlib.sha256(written).hexdigest(),
            "masks": len(ids),
            "differingMasks": sum(n != 0 for n in differing),
            "differingPixels": sum(differing),
            "apMasks": ap(truth, data, "segm"),
            "differingBoxes": sum(list(m.toBbox(b.annToRLE(one))) != one["bbox"] for one in b.anns.values()),
            "differingAreas": sum(int(m.area(b.annToRLE(one))) != one["area"] for one in b.anns.values()),
            "apMasksTurnedRound": ap(data, truth, "segm"),
        }
json.dump({"pycocotools": "2.0.11", "exports": exports}, sys.stdout, indent=1)
print()
