"""The learning curve of the benchmark effort with scikit-learn's random forest (Breiman's) on the same features, lessons and folds.
`npm run -s bench -- effort --photos DIR --learning-data=FILE` writes FILE; this prints a line of JSON: for each number of labelled
photos the share of labelled pixels named right, and mIoU. A proposal is named by the mean log share of its cells.
Usage: python learning_baseline.py FILE. Needs numpy, scikit-learn."""
import json, sys
from pathlib import Path
import numpy as np
from sklearn.ensemble import RandomForestClassifier

TREES = 100
FLOOR = 0.01
data = json.loads(Path(sys.argv[1]).read_text())
columns = data["columns"]
cells = lambda one: np.asarray(one["cells"], np.float32).reshape(-1, columns)
photos = data["photos"]
points = {}
for curve in data["folds"]:
    shared, named, truth = {}, {}, {}
    for fold in curve["folds"]:
        lessons = [lesson for at in fold["taught"] for lesson in photos[at]["lessons"]]
        forest = RandomForestClassifier(TREES, random_state=1, n_jobs=1)
        forest.fit(np.concatenate([cells(lesson) for lesson in lessons]), np.concatenate([[lesson["classId"]] * len(cells(lesson)) for lesson in lessons]))
        for at in fold["judged"]:
            for class_id, area in photos[at]["areas"].items():
                truth[int(class_id)] = truth.get(int(class_id), 0) + area
            proposals = [one for one in photos[at]["proposals"] if len(one["cells"]) > 0]
            shares = np.log(forest.predict_proba(np.concatenate([cells(one) for one in proposals])) + FLOOR)
            starts = np.cumsum([0] + [len(cells(one)) for one in proposals])
            for k, one in enumerate(proposals):
                name = int(forest.classes_[shares[starts[k]:starts[k + 1]].mean(0).argmax()])
                named[name] = named.get(name, 0) + sum(one["truth"].values())
                shared[name] = shared.get(name, 0) + one["truth"].get(str(name), 0)
    ious = [shared.get(c, 0) / (area + named.get(c, 0) - shared.get(c, 0)) for c, area in truth.items()]
    points[curve["labelled"]] = {"right": sum(shared.values()) / sum(truth.values()), "mIoU": float(np.mean(ious))}
print(json.dumps(points))
