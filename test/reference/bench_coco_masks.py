"""Times pycocotools on the masks of formats.bench.ts: `python bench_coco_masks.py FILE` with {width, height, counts: [a, b]}; prints seconds per call as JSON."""
import json
import sys
import time

from pycocotools import mask as m

spec = json.load(open(sys.argv[1]))
size = [spec["height"], spec["width"]]
a, b = ({"size": size, "counts": c.encode()} for c in spec["counts"])
plane = m.decode(a)


def seconds(work):
    until = time.perf_counter() + 0.333
    while time.perf_counter() < until:
        work()
    taken = []
    for _ in range(21):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[10]


print(json.dumps({
    "encode": seconds(lambda: m.encode(plane)),
    "decode": seconds(lambda: m.decode(a)),
    "merge": seconds(lambda: m.merge([a, b])),
    "area": seconds(lambda: m.area(a)),
    "bbox": seconds(lambda: m.toBbox(a)),
    "iou": seconds(lambda: m.iou([a], [b], [0])),
}))
