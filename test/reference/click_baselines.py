"""Number of clicks of classical methods on the photos of the benchmark effort (objects above 4000 px2, no crowds).
Standard protocol: each click at the middle of the largest error of the full-size mask, at most 20. The methods see the photo
at 320 px on its longer side, as smart click does, and their masks are enlarged: so all of it ends within minutes. Prints a
line of JSON.
Usage: python click_baselines.py FOLDER [NAME.jpg ...]; names choose photos. Needs numpy, opencv, scikit-image."""
import json, sys
import time
from pathlib import Path
import cv2
import numpy as np
from skimage.segmentation import flood, random_walker

SIDE = 320
cv2.setNumThreads(1)
folder = Path(sys.argv[1])
chosen = set(sys.argv[2:])
coco = json.loads((folder / "instances.json").read_text())
names = {image["id"]: image["file_name"] for image in coco["images"]}


def iou(a, b):
    return (a & b).sum() / max(1, (a | b).sum())


def next_click(truth, mask, taken):
    best = (-1.0, None, True)
    for error, include in ((truth & ~mask, True), (mask & ~truth, False)):
        depth = cv2.distanceTransform(np.pad(error.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
        for y, x in taken:
            depth[y, x] = 0
        at = np.unravel_index(depth.argmax(), depth.shape)
        if depth[at] > best[0]:
            best = (depth[at], at, include)
    return best[1], best[2]


def seeds(shape, clicks, radius=2):
    marks = np.zeros(shape, np.uint8)
    for (y, x), include in clicks:
        cv2.circle(marks, (int(x), int(y)), radius, 1 if include else 2, -1)
    return marks


def grabcut(photo, truth, clicks):
    """From the object's box (given for nothing), clicks as certain seeds."""
    ys, xs = np.nonzero(truth)
    trimap = np.full(truth.shape, cv2.GC_BGD, np.uint8)
    trimap[ys.min():ys.max() + 1, xs.min():xs.max() + 1] = cv2.GC_PR_FGD
    marks = seeds(truth.shape, clicks)
    trimap[marks == 1] = cv2.GC_FGD
    trimap[marks == 2] = cv2.GC_BGD
    cv2.setRNGSeed(1)
    cv2.grabCut(photo, trimap, None, np.zeros((1, 65)), np.zeros((1, 65)), 5, cv2.GC_INIT_WITH_MASK)
    return (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)


def walker(photo, truth, clicks):
    """The picture's border counts as outside until there is an excluding click."""
    marks = seeds(truth.shape, clicks, 1).astype(np.int32)
    if not (marks == 2).any():
        edge = np.ones_like(marks, bool)
        edge[1:-1, 1:-1] = False
        marks[edge & (marks == 0)] = 2
    if not (marks == 1).any():
        return np.zeros_like(truth)
    return random_walker(photo, marks, beta=130, mode="cg_j", channel_axis=-1, tol=1e-2) == 1


def flooding(photo, truth, clicks):
    lab = cv2.cvtColor(photo, cv2.COLOR_BGR2LAB).astype(np.float32)
    mask = np.zeros_like(truth)
    for (y, x), include in clicks:
        distance = np.linalg.norm(lab - lab[y, x], axis=-1)
        distance[y, x] = 0
        mask[flood(distance, (int(y), int(x)), tolerance=20)] = include
    return mask


METHODS = {"grabcut from a box": grabcut, "random walker": walker, "flood fill": flooding}
counts = {name: {0.8: [], 0.85: [], 0.9: []} for name in METHODS}
times = {name: [] for name in METHODS}
for annotation in coco["annotations"]:
    if annotation["iscrowd"] or annotation["area"] <= 4000:
        continue
    if chosen and names[annotation["image_id"]] not in chosen:
        continue
    photo = cv2.imread(str(folder / "images" / names[annotation["image_id"]]))
    truth = np.zeros(photo.shape[:2], np.uint8)
    for part in annotation["segmentation"]:
        cv2.fillPoly(truth, [np.round(np.array(part).reshape(-1, 2)).astype(np.int32)], 1)
    truth = truth.astype(bool)
    height, width = truth.shape
    scale = SIDE / max(height, width)
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    small_truth = cv2.resize(truth.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    for name, method in METHODS.items():
        clicks, mask, scores = [], np.zeros_like(truth), []
        for _ in range(20):
            at, include = next_click(truth, mask, [at for at, _ in clicks])
            clicks.append((at, include))
            scaled = [((min(size[1] - 1, int(y * scale)), min(size[0] - 1, int(x * scale))), include) for (y, x), include in clicks]
            began = time.perf_counter()
            found = method(small, small_truth, scaled)
            times[name].append(time.perf_counter() - began)
            mask = cv2.resize(found.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)
            scores.append(iou(mask, truth))
            if scores[-1] >= 0.9:
                break
        for wanted, kept in counts[name].items():
            kept.append(next((k + 1 for k, score in enumerate(scores) if score >= wanted), 20))
    print(annotation["id"], {name: table[0.85][-1] for name, table in counts.items()}, file=sys.stderr, flush=True)
print(json.dumps({name: {f"NoC@{round(100 * k)}": float(np.mean(v)) for k, v in table.items()} | {"objects": len(table[0.9]), "seconds a click": float(np.median(times[name]))} for name, table in counts.items()}))
