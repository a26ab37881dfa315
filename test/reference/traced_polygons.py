"""Decodes with pycocotools what our writer traced: `python traced_polygons.py FILE` with a COCO file pair {rle: ..., polygons: ...}; prints how many masks differ."""
import json
import sys

from pycocotools import mask as m

spec = json.load(open(sys.argv[1]))
wrong = 0
for case in spec:
    h, w = case["size"]
    truth = m.decode({"size": [h, w], "counts": case["counts"].encode()})
    for parts in case["polygons"]:
        rle = m.merge(m.frPyObjects(parts, h, w)) if isinstance(parts, list) else {"size": parts["size"], "counts": parts["counts"].encode()}
        if not (m.decode(rle) == truth).all():
            wrong += 1
print(json.dumps({"masks": len(spec), "wrong": wrong}))
