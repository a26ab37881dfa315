"""The published formulations, written from REFERENCE.md sections 3-6 (the published repository's licence forbids copying its code)."""
import numpy as np, torch
import torch.nn.functional as F
from sklearn.cluster import KMeans

def anchor_rows(h, w, per_side=16):
    def axis(side):
        count = min(per_side, side)
        step = (side - 1) // (count - 1) if count > 1 else 1
        start = ((side - 1) - step * (count - 1)) // 2
        return [start + i * step for i in range(count)]
    return [y * w + x for y in axis(h) for x in axis(w)]

def divergence(x, y):
    """x [a, 1, n], y [1, b, n] -> [a, b], elementwise as published: 1/2 sum (x - y)(log x - log y)."""
    return 0.5 * ((x - y) * (x.log() - y.log())).sum(-1)

def merge_first(sa, anchors, threshold, chunk=16):
    out = []
    for i in range(0, len(anchors), chunk):
        rows = sa[anchors[i:i + chunk]]
        mask = (divergence(rows[:, None], sa[None]) < threshold).to(sa.dtype)
        out.append(mask @ sa / mask.sum(1, keepdim=True))
    return torch.cat(out)

def merge_next(proposals, threshold):
    matched, out = set(), []
    for i in range(len(proposals)):
        if i in matched:
            continue
        matched.add(i)
        near = divergence(proposals[i][None, None], proposals[None])[0] < threshold
        matched.update(torch.nonzero(near).flatten().tolist())
        out.append(proposals[near].mean(0))
    return torch.stack(out)

def refine(sa, proposals):
    model = KMeans(n_clusters=len(proposals), init=proposals.numpy(), n_init=1).fit(sa.numpy())
    labels = torch.from_numpy(model.labels_.astype(np.int64))
    return torch.stack([sa[labels == k].mean(0) for k in range(len(proposals)) if (labels == k).any()]), labels

def maps_to_labels(maps, h, w, size):
    up = F.interpolate(maps.reshape(1, -1, h, w), size=(size, size), mode='bicubic', antialias=True, align_corners=False)[0]
    return up.argmax(0)

def diffseg(sa, h, w, thresholds=(0.8, 0.8, 0.8), per_side=16, size=320):
    proposals = merge_first(sa, anchor_rows(h, w, per_side), thresholds[0])
    for threshold in thresholds[1:]:
        proposals = merge_next(proposals, threshold)
    maps, _ = refine(sa, proposals)
    return proposals, maps, maps_to_labels(maps, h, w, size)

def spectral_vectors(sa, count=20):
    """Dense diagonal products and a full SVD, as published."""
    d1, d2 = sa.sum(1), sa.sum(0)
    an = torch.diagflat(d1.rsqrt()) @ sa @ torch.diagflat(d2.rsqrt())
    u, s, _ = torch.linalg.svd(an)
    return torch.diagflat(d1.rsqrt()) @ u[:, :count], s

def torch_kmeans(points, k=20, restarts=8, iterations=100, tolerance=1e-4, seed=123):
    """k-means++ with one candidate, all restarts together on [restarts, n, k, d] differences, absolute tolerance (section 5)."""
    generator = torch.Generator().manual_seed(seed)
    n, d = points.shape
    centres = torch.empty(restarts, k, d)
    for r in range(restarts):
        chosen = points[torch.randint(n, (1,), generator=generator)]
        for _ in range(1, k):
            nearest = torch.cdist(points, chosen).min(1).values ** 2
            chosen = torch.cat([chosen, points[torch.multinomial(nearest.clamp_min(1e-20), 1, generator=generator)]])
        centres[r] = chosen
    x = points[None, :, None]
    for _ in range(iterations):
        distances = ((x - centres[:, None] + 1e-6) ** 2).sum(-1).sqrt()
        labels = distances.argmin(-1)
        onehot = F.one_hot(labels, k).to(points.dtype)
        counts = onehot.sum(1)
        new = onehot.transpose(1, 2) @ points / counts.clamp_min(1)[..., None]
        shift = (new - centres).norm(dim=-1).mean(-1)
        centres = new
        if (shift < tolerance).all():
            break
    distances = ((x - centres[:, None] + 1e-6) ** 2).sum(-1)
    least, labels = distances.min(-1)
    return labels[least.sum(1).argmin()]

def aggregate(sa, ca):
    b = sa.T.clone()
    b = b / b.sum(1, keepdim=True)
    return b @ ca
