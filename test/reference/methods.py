"""Aggregation, DiffSeg and the named methods on structured affinities -> fixtures/methods.json."""
import numpy as np, torch
import torch.nn.functional as F
import published_methods as pm
from fixture_file import save, structured_affinity

rng = np.random.default_rng(7)
H, W, C, SIZE = 16, 12, 5, 80
sa_np, cell = structured_affinity(H, W, 6, 11, contrast=5.0, length=3.0)
sa = torch.from_numpy(sa_np)
cosine = (0.05 * rng.standard_normal((7, 6, C)) + 0.2).astype(np.float32)
centre = cell.reshape(H, W)[::2, ::2][:7, :6] % C
for y in range(7):
    for x in range(6):
        cosine[y, x, centre[y, x]] += 0.06
arrays = {'affinity': sa_np, 'cosine': cosine, 'shape': np.array([H, W, C, SIZE], np.int32)}

logits = torch.from_numpy(cosine).permute(2, 0, 1)[None]
def up(t, size, mode, **options): return F.interpolate(t, size=size, mode=mode, align_corners=False, **options)
l_grid = up(logits, (H, W), 'bilinear')
l_size = up(l_grid, (SIZE, SIZE), 'bilinear')
def softmax(l, temperature): return torch.softmax(l / temperature, 1)
def background(p): return torch.cat([(1 - p.max(1, keepdim=True).values - 0.8).clamp_min(0), p], 1)
def agg(p): return pm.aggregate(sa, p[0].reshape(p.shape[1], -1).T).T.reshape(1, p.shape[1], H, W)
def r2(t): return up(t, (SIZE, SIZE), 'bicubic', antialias=True)
def i32(t): return t.numpy().astype(np.uint8)  # labels

ticked = [1, 3]
def mask(p, keep, value=-100.0):
    q = torch.full_like(p, value)
    q[:, keep] = p[:, keep]
    return q

for name, temperature, bg in [('plain', 0.01, False), ('voc', 0.1, True)]:
    b = background if bg else (lambda p: p)
    p_size, p_grid = b(softmax(l_size, temperature)), b(softmax(l_grid, temperature))
    shift = 1 if bg else 0
    keep = ([0] if bg else []) + [t + shift for t in ticked]
    arrays[f'{name}Gem'] = i32(p_size.argmax(1)[0])
    arrays[f'{name}GemW'] = i32(mask(p_size, keep).argmax(1)[0])
    arrays[f'{name}Agg'] = agg(p_grid)[0].reshape(C + shift, -1).T.numpy()
    arrays[f'{name}AggGem'] = i32(r2(agg(p_grid)).argmax(1)[0])
    if bg:
        arrays[f'{name}AggGemW'] = i32(r2(mask(agg(p_grid), keep)).argmax(1)[0])
    else:
        arrays[f'{name}AggGemW'] = i32(r2(agg(softmax(mask(l_grid, keep), temperature))).argmax(1)[0])
    clusters = torch.from_numpy(np.kron(cell.reshape(H, W), np.ones((5, 7)))[:SIZE, :SIZE].astype(np.int64))
    flat = p_size[0].reshape(C + shift, -1)
    winner = torch.stack([flat[:, clusters.flatten() == k].mean(1).argmax() for k in range(int(clusters.max()) + 1)])
    arrays['regions'] = i32(clusters)
    arrays[f'{name}GtClust'] = i32(winner[clusters])
    proposals, maps, labels = pm.diffseg(sa, H, W, (0.8, 0.8, 0.8), 16, SIZE)
    winner = torch.stack([flat[:, labels.flatten() == k].mean(1).argmax() if (labels == k).any() else torch.tensor(0) for k in range(len(maps))])
    arrays[f'{name}DiffSegClust'] = i32(winner[labels])
save('methods', **arrays)

out = {}
for name, thresholds, per_side, contrast, seed in [('strict', (0.12, 0.15, 0.2), 16, 5.0, 11), ('published', (0.8, 0.8, 0.8), 16, 5.0, 11), ('loose', (1.1, 0.9, 0.7), 6, 3.0, 12)]:
    a, _ = structured_affinity(H, W, 6, seed, contrast=contrast, length=3.0)
    t = torch.from_numpy(a)
    p0 = pm.merge_first(t, pm.anchor_rows(H, W, per_side), thresholds[0])
    p1 = pm.merge_next(p0, thresholds[1])
    p2 = pm.merge_next(p1, thresholds[2])
    maps, _ = pm.refine(t, p2)
    if name == 'loose': out[f'{name}Affinity'] = a
    out |= {f'{name}First': p0[:: max(1, len(p0) // 24)].numpy(), f'{name}Counts': np.array([len(p0), len(p1), len(p2), len(maps)], np.int32), f'{name}Second': p1[:24].numpy(), f'{name}Third': p2[:24].numpy(), f'{name}Maps': maps[:24].numpy(), f'{name}Labels': pm.maps_to_labels(maps, H, W, SIZE).numpy().astype(np.uint8)}
    out[f'{name}Thresholds'] = np.array(thresholds)
    print(name, out[f'{name}Counts'])
save('diffseg', **out)
