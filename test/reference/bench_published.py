"""
Times the published formulations (elementwise KL, full SVD, 8-restart k-means on differences) and numpy's product at n = 4096
on an affinity given as raw f32, with 2 threads; prints one JSON object of seconds.
usage: bench_published.py AFFINITY.f32 SCORES.f32 CLASSES LABELS_OUT
"""
import json, os, sys, time
os.environ.setdefault('OMP_NUM_THREADS', '2')
os.environ.setdefault('OPENBLAS_NUM_THREADS', '2')
import numpy as np, torch
import published_methods as pm
torch.set_num_threads(2)
torch.set_grad_enabled(False)

affinity, scores, classes = sys.argv[1], sys.argv[2], int(sys.argv[3])
sa = np.fromfile(affinity, np.float32)
n = int(round(len(sa) ** 0.5))
side = int(round(n ** 0.5))
sa = sa.reshape(n, n)
ca = np.fromfile(scores, np.float32).reshape(n, classes)
t = torch.from_numpy(sa)
out = {}
def timed(name, work, repeats=1):
    best = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best.append(time.perf_counter() - start)
    out[name] = min(best)
    print(name, round(out[name], 4), file=sys.stderr)
    return result

sa.T @ ca
timed('aggregationNumpy', lambda: sa.T @ ca, 15)
def spectral():
    u, _ = pm.spectral_vectors(t, 20)
    return pm.torch_kmeans(u)
def diffseg():
    return pm.diffseg(t, side, side, (0.8, 0.8, 0.8), 16, 320)
_, _, labels = timed('diffseg', diffseg)
labels.numpy().astype(np.uint16).tofile(sys.argv[4])
timed('spectral', spectral)
print(json.dumps(out))
