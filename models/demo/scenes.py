"""Drawn scenes as `maskwright demo scenes --layout raw` writes them. Training reads pictures and captions; labels are read by `Judged` alone."""
import json, pathlib
import numpy, torch
import torch.nn.functional as F

SIDE = 192
DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
MEAN, DEVIATION = (torch.tensor(values, device=DEVICE).view(1, 3, 1, 1) for values in ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]))


def keep(path, **state):
    """Writes a checkpoint whole or not at all."""
    part = path.with_suffix('.part')
    torch.save(state, part)
    part.rename(path)


class Captioned:
    """Pictures and captions of folders train-*."""

    def __init__(self, root):
        folders = sorted(pathlib.Path(root).glob('train-*'), key=lambda folder: int(folder.name.split('-')[1]))
        self.captions = [json.loads(line)['caption'] for folder in folders for line in open(folder / 'captions.jsonl')]
        self.pictures = numpy.concatenate([numpy.memmap(folder / 'rgb.u8', numpy.uint8, 'r').reshape(-1, SIDE, SIDE, 3) for folder in folders])
        self.classes = (folders[0] / 'classes.txt').read_text().split()

    def batch(self, places, side, mirrored):
        """f32[b, 3, side, side] in 0..1, and captions; `mirrored` turns left and right, of which no caption speaks."""
        places = numpy.sort(places)
        pixels = torch.from_numpy(self.pictures[places]).to(DEVICE).permute(0, 3, 1, 2).float() / 255
        if mirrored:
            pixels = pixels.flip(3)
        if side != SIDE:
            pixels = F.interpolate(pixels, (side, side), mode='bicubic', antialias=True).clamp(0, 1)
        return pixels, [self.captions[place] for place in places]


class Judged:
    """Scenes with their truth, of seeds that no training sees: to choose by. Never the seeds that the figures are of."""

    def __init__(self, folder, side=256, count=None):
        folder = pathlib.Path(folder)
        self.pictures = numpy.memmap(folder / 'rgb.u8', numpy.uint8, 'r').reshape(-1, side, side, 3)[:count]
        self.labels = numpy.memmap(folder / 'labels.u8', numpy.uint8, 'r').reshape(-1, side, side)[:count]
        self.classes = (folder / 'classes.txt').read_text().split()


def nouns(classes):
    """Class → the words that say it in a caption."""
    return {name: {name, name + 's'} for name in classes}


def held(captions, classes):
    """f32[captions, classes]: 1 where the caption holds a word of the class. The only labels that training has."""
    words = nouns(classes)
    rows = [set(caption.replace(',', ' ').replace('.', ' ').split()) for caption in captions]
    return torch.tensor([[float(bool(row & words[name])) for name in classes] for row in rows], device=DEVICE)


def mean_iou(confusion):
    """Mean over the classes that occur in truth or prediction, in percent."""
    hit = confusion.diagonal().double()
    union = confusion.sum(0) + confusion.sum(1) - hit
    return float((hit / union.clamp(min=1))[union > 0].mean() * 100), (hit / union.clamp(min=1) * 100)
