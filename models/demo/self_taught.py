"""Self-training of patches by captions: what the model reads in a patch, as far as the caption names it, spread over patches of like colour.

A class token or a single telling patch is enough to say that a caption holds a word, so the rest of a thing is left to the ground around it.
Here each word that the caption holds is measured by its own best patch (as class activation maps are), and its map grows over
neighbours of the same colour; the result is the label that the patch learns. Labels come from captions and pixels alone."""
import torch
import torch.nn.functional as F

SHARP, COLOUR, SPACE, PASSES = 10.0, 0.1, 2.0, 3


def likeness(pixels, patch):
    """f32[b, n, n], rows of sum 1: nearness of patches in mean and deviation of colour (0..1) and in place (cells)."""
    grid = pixels.shape[-1] // patch
    mean = F.avg_pool2d(pixels, patch)
    deviation = (F.avg_pool2d(pixels ** 2, patch) - mean ** 2).clamp(min=0).sqrt()
    looks = torch.cat([mean, deviation], 1).flatten(2).transpose(1, 2)
    line = torch.arange(grid, device=pixels.device)
    places = torch.cartesian_prod(line, line).float()
    weights = torch.exp(-torch.cdist(looks, looks) ** 2 / (2 * COLOUR ** 2) - torch.cdist(places, places) ** 2 / (2 * SPACE ** 2))
    return weights / weights.sum(-1, keepdim=True)


@torch.no_grad()
def own_labels(cosine, present, pixels, patch):
    """Class of each patch i64[b, n], and how surely f32[b, n] in 0..1. cosine f32[b, n, c]; present f32[b, c]: the words the caption holds."""
    maps = (cosine * SHARP).masked_fill(present[:, None] == 0, -1e4).softmax(-1)
    weights = likeness(pixels, patch)
    for _ in range(PASSES):
        maps = weights @ maps
    maps = maps / maps.amax(1, keepdim=True).clamp(min=0.02)
    best = maps.topk(2, dim=-1)
    return best.indices[..., 0], 1 - best.values[..., 1] / best.values[..., 0]


def self_taught(cosine, share, present, pixels, patch):
    """Cross-entropy of the shares (log, f32[b, n, c]) with the patches' own labels; a class's patches weigh by the root of their number."""
    labels, sure = own_labels(cosine.detach(), present, pixels, patch)
    marks = F.one_hot(labels, share.shape[-1]).float()
    balance = (marks / marks.sum(1, keepdim=True).clamp(min=1).sqrt()).sum(-1)
    weights = sure * balance
    return -(share.gather(-1, labels[..., None])[..., 0] * weights).sum() / weights.sum()
