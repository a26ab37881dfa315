"""R1-R6 of REFERENCE section 0 by torch and Pillow themselves -> fixtures/resample.json."""
import numpy as np, torch
import torch.nn.functional as F
from PIL import Image
from fixture_file import save

rng = np.random.default_rng(1)
arrays = {}
PAIRS = [((28, 28), (64, 64)), ((16, 16), (40, 40)), ((14, 14), (28, 28)), ((9, 13), (31, 20)), ((31, 20), (9, 13)), ((7, 7), (7, 7)), ((1, 1), (5, 3)), ((2, 3), (1, 1)), ((21, 33), (47, 50))]
for index, ((h, w), (oh, ow)) in enumerate(PAIRS):
    source = rng.standard_normal((h, w, 2)).astype(np.float32)
    t = torch.from_numpy(source).permute(2, 0, 1)[None]
    arrays[f'source{index}'] = source
    for name, options in {'bilinear': dict(mode='bilinear', align_corners=False), 'bicubic-antialiased': dict(mode='bicubic', antialias=True, align_corners=False), 'bicubic': dict(mode='bicubic', align_corners=False)}.items():
        arrays[f'{name}{index}'] = F.interpolate(t, size=(oh, ow), **options)[0].permute(1, 2, 0).numpy()
    labels = rng.integers(0, 40, (h, w)).astype(np.int32)
    arrays[f'labels{index}'] = labels
    arrays[f'nearest{index}'] = F.interpolate(torch.from_numpy(labels)[None, None].float(), size=(oh, ow), mode='nearest')[0, 0].numpy().astype(np.int32)
    pixels = rng.integers(0, 256, (h, w, 3)).astype(np.uint8)
    pixels[::3, ::2] = 255
    arrays[f'pixels{index}'] = pixels
    arrays[f'pillowBicubic{index}'] = np.asarray(Image.fromarray(pixels).resize((ow, h), Image.BICUBIC).resize((ow, oh), Image.BICUBIC))  # horizontal first whatever the Pillow version
    arrays[f'pillowNearest{index}'] = np.asarray(Image.fromarray(labels.astype(np.uint8)).resize((ow, oh), Image.NEAREST)).astype(np.int32)
# exact ties: 1024/2048 -> 320 along one axis
column = (np.arange(1024) % 251).astype(np.uint8)[:, None]
arrays['tieColumn'] = column
arrays['tieNearest'] = np.asarray(Image.fromarray(column).resize((1, 320), Image.NEAREST))
row = (np.arange(2048) % 251).astype(np.uint8)[None]
arrays['tieRow'] = row
arrays['tieRowNearest'] = np.asarray(Image.fromarray(row).resize((320, 1), Image.NEAREST))
save('resample', **arrays)
