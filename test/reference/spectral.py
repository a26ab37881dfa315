"""REFERENCE section 5: normalised-cut SVD by numpy's full SVD, and scikit-learn's k-means from a given start -> fixtures/spectral.json."""
import numpy as np
from sklearn.cluster import KMeans
from fixture_file import save, structured_affinity

arrays = {}
for name, (h, w, regions, seed) in {'small': (8, 8, 4, 1), 'medium': (12, 12, 7, 2)}.items():
    sa, _ = structured_affinity(h, w, regions, seed)
    k = {'small': 6, 'medium': 12}[name]
    a = sa.astype(np.float64)
    d1, d2 = a.sum(1), a.sum(0)
    an = a / np.sqrt(d1)[:, None] / np.sqrt(d2)[None]
    u, s, _ = np.linalg.svd(an)
    arrays |= {f'{name}Affinity': sa, f'{name}Sigma': s, f'{name}Left': np.ascontiguousarray(u[:, :k].T)}
    points = u[:, :k] / np.sqrt(d1)[:, None]
    rng = np.random.default_rng(seed)
    start = points[rng.choice(len(points), k, replace=False)]
    model = KMeans(n_clusters=k, init=start, n_init=1, algorithm='lloyd').fit(points)
    arrays |= {f'{name}Points': points, f'{name}Start': start, f'{name}Labels': model.labels_.astype(np.int32), f'{name}Inertia': np.array([model.inertia_, model.n_iter_])}
# whole spec-clust on clear structure: as many clusters as regions, once from given cells, once by scikit-learn's own restarts
for name, (h, w, regions, seed) in {'clear': (16, 16, 6, 3), 'clearWide': (10, 22, 9, 4)}.items():
    sa, cell = structured_affinity(h, w, regions, seed)
    cell = np.unique(cell, return_inverse=True)[1].reshape(-1)
    k = int(cell.max()) + 1
    a = sa.astype(np.float64)
    d1, d2 = a.sum(1), a.sum(0)
    u, s, _ = np.linalg.svd(a / np.sqrt(d1)[:, None] / np.sqrt(d2)[None])
    points = u[:, :k] / np.sqrt(d1)[:, None]
    cells = np.random.default_rng(seed).choice(len(points), k, replace=False)
    from_cells = KMeans(n_clusters=k, init=points[cells], n_init=1, algorithm='lloyd').fit(points)
    restarted = KMeans(n_clusters=k, init='k-means++', n_init=8, random_state=0, algorithm='lloyd').fit(points)
    print(name, k, 'clusters; restarted against the regions:', len({*zip(restarted.labels_, cell)}) == k)
    arrays |= {f'{name}Affinity': sa, f'{name}StartCells': cells.astype(np.int32), f'{name}FromCells': from_cells.labels_.astype(np.int32), f'{name}Labels': restarted.labels_.astype(np.int32)}
# a start with a centre nobody is near: scikit-learn moves the farthest point into the empty cluster
rng = np.random.default_rng(5)
points = np.concatenate([rng.normal(c, 0.3, (40, 3)) for c in (0, 4, 9)])
start = np.array([[0, 0, 0], [4, 4, 4], [100, 100, 100], [200, 200, 200]], float)
model = KMeans(n_clusters=4, init=start, n_init=1, algorithm='lloyd').fit(points)
arrays |= {'emptyPoints': points, 'emptyStart': start, 'emptyLabels': model.labels_.astype(np.int32), 'emptyInertia': np.array([model.inertia_, model.n_iter_])}
save('spectral', **arrays)
