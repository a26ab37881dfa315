"""Writes fixtures: a JSON object name -> {dtype, shape, base64 of the little-endian raw values}, read by read-fixture.ts."""
import base64, json, pathlib
import numpy as np

FOLDER = pathlib.Path(__file__).parent / 'fixtures'
DTYPES = {'float32', 'float64', 'uint8', 'uint16', 'int32'}

def save(name, **arrays):
    out = {}
    for key, value in arrays.items():
        value = np.ascontiguousarray(value)
        assert value.dtype.name in DTYPES, (key, value.dtype)
        out[key] = {'dtype': value.dtype.name, 'shape': list(value.shape), 'base64': base64.b64encode(value.tobytes()).decode()}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f'{name}.json').write_text(json.dumps(out, indent=0) + '\n')

def structured_affinity(h, w, regions, seed, contrast=6.0, length=6.0):
    """Row-stochastic, strictly positive f32[n, n] with region structure: exp(contrast*[same region] - distance/length + noise)."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[0:h, 0:w]
    centres = rng.uniform(0, 1, (regions, 2)) * [h, w]
    cell = np.argmin((ys.ravel()[:, None] - centres[:, 0]) ** 2 + (xs.ravel()[:, None] - centres[:, 1]) ** 2, axis=1)
    p = np.stack([ys.ravel(), xs.ravel()], 1).astype(np.float64)
    d = np.sqrt(((p[:, None] - p[None]) ** 2).sum(-1)) if h * w <= 1024 else None
    if d is None:
        sq = (p ** 2).sum(1)
        d = np.sqrt(np.maximum(sq[:, None] + sq[None] - 2 * p @ p.T, 0))
    logits = contrast * (cell[:, None] == cell[None]) - d / length + 0.3 * rng.standard_normal((h * w, h * w))
    e = np.exp(logits - logits.max(1, keepdims=True))
    return (e / e.sum(1, keepdims=True)).astype(np.float32), cell.astype(np.int32)
