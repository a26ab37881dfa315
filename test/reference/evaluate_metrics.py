"""Metrics of random label maps by scikit-learn and SciPy -> fixtures/evaluate-metrics.json. Needs numpy, scipy, scikit-learn."""
import json
import os

import numpy as np
from scipy.ndimage import binary_erosion
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import accuracy_score, jaccard_score, precision_score, recall_score

rng = np.random.default_rng(7)
UNJUDGED = 65535


def blobs(height, width, classes):
    coarse = rng.integers(0, classes, (height // 4 + 1, width // 4 + 1))
    return np.kron(coarse, np.ones((4, 4), int))[:height, :width]


def boundary(mask, d):
    eroded = binary_erosion(np.pad(mask, 1), np.ones((3, 3)), iterations=d)[1:-1, 1:-1]
    return mask & ~eroded


cases = []
for height, width, classes, images in [(24, 40, 5, 3), (33, 17, 3, 2), (16, 16, 7, 4)]:
    truths, predictions = [], []
    for _ in range(images):
        truth = blobs(height, width, classes - 1)  # the last class occurs in predictions only
        prediction = np.where(rng.random(truth.shape) < 0.7, truth, blobs(height, width, classes))
        truth = np.where(rng.random(truth.shape) < 0.02, UNJUDGED, truth)
        truths.append(truth)
        predictions.append(prediction)
    t = np.concatenate([x.ravel() for x in truths])
    p = np.concatenate([x.ravel() for x in predictions])
    judged = t < classes
    labels = list(range(classes))
    t_present = np.array([[(x == c).any() for c in labels] for x in truths])
    p_present = np.array([[(x == c).any() for c in labels] for x in predictions])
    d = max(1, round(0.02 * float(np.hypot(width, height))))
    inter = np.zeros(classes)
    union = np.zeros(classes)
    for truth, prediction in zip(truths, predictions):
        ok = truth < classes
        inside = np.where(ok, prediction, UNJUDGED)
        for c in labels:
            bt = boundary(truth == c, d) & ok
            bp = boundary(inside == c, d) & ok
            inter[c] += (bt & bp).sum()
            union[c] += (bt | bp).sum()
    # DiffSeg's evaluation: predictions as nameless clusters
    tp, fn, fp = np.zeros(classes), np.zeros(classes), np.zeros(classes)
    for truth, prediction in zip(truths, predictions):
        ok = truth < classes
        hist = np.zeros((classes, classes))
        np.add.at(hist, (truth[ok], prediction[ok]), 1)
        rows, cols = linear_sum_assignment(hist, maximize=True)
        for r, c in zip(rows, cols):
            tp[r] += hist[r, c]
            fn[r] += hist[r].sum() - hist[r, c]
            fp[r] += hist[:, c].sum() - hist[r, c]
    cases.append({
        "height": height, "width": width, "classes": classes,
        "truths": [x.ravel().tolist() for x in truths],
        "predictions": [x.ravel().tolist() for x in predictions],
        "perClass": jaccard_score(t[judged], p[judged], labels=labels, average=None, zero_division=0).tolist(),
        "pixelAccuracy": float(accuracy_score(t[judged], p[judged])),
        "precision": float(precision_score(t_present, p_present, average="macro", zero_division=0)),
        "recall": float(recall_score(t_present, p_present, average="macro", zero_division=0)),
        "boundary": [float(i / u) if u > 0 else None for i, u in zip(inter, union)],
        "matched": [float(a / (a + b + c)) if a + b + c > 0 else None for a, b, c in zip(tp, fn, fp)],
    })

costs = []
for rows, cols in [(1, 1), (3, 3), (4, 9), (20, 20), (7, 31)]:
    cost = rng.normal(size=(rows, cols))
    r, c = linear_sum_assignment(cost)
    costs.append({"rows": rows, "columns": cols, "cost": cost.ravel().tolist(), "total": float(cost[r, c].sum())})

out = os.path.join(os.path.dirname(__file__), "fixtures", "evaluate-metrics.json")
with open(out, "w") as f:
    json.dump({"cases": cases, "costs": costs}, f, separators=(",", ":"))
print(out)
