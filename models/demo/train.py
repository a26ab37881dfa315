"""Everything from drawn scenes to the pack: `python models/demo/train.py --work DIR`. Stopped, it goes on where it was. See README.md."""
import argparse, pathlib, subprocess
import torch
from scenes import SIDE

ROOT = pathlib.Path(__file__).parents[2]
SEEDS = {'train': 1_000_000, 'judged': 2_000_000}


def draw(work, count):
    """Scenes by the product's own generator, a thousand a folder."""
    def scenes(folder, seed, number, size):
        if folder.exists():
            return
        part = folder.with_name('.' + folder.name)
        subprocess.run(['node', ROOT / 'build/run.mjs', ROOT / 'main/cli/maskwright.ts', 'demo', 'scenes', '--layout', 'raw', '--seed', str(seed), '--count', str(number), '--size', str(size), '--out', part], check=True)
        part.rename(folder)
    scenes(work / 'val', SEEDS['judged'], 200, 256)
    for place in range(count // 1000):
        scenes(work / f'train-{place}', SEEDS['train'] + place * 1000, 1000, SIDE)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--work', type=pathlib.Path, required=True, help='scenes, checkpoints; kept between runs')
    parser.add_argument('--pack', type=pathlib.Path, default=ROOT / 'resources/packs/demo')
    parser.add_argument('--scenes', type=int, default=24_000)
    parser.add_argument('--clip-minutes', type=float, default=60, help='of processor time in training, over all runs')
    parser.add_argument('--vae-minutes', type=float, default=6)
    parser.add_argument('--unet-minutes', type=float, default=50)
    parser.add_argument('--start', type=pathlib.Path, help='a pack whose CLIP is gone on with, instead of one from nothing')
    parser.add_argument('--threads', type=int, default=1, help='of each process; --only clip and --only diffusion can run side by side')
    parser.add_argument('--only', choices=['scenes', 'clip', 'diffusion', 'pack'])
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    import pack, tiny_clip, tiny_diffusion
    wanted = lambda stage: given.only in (None, stage)
    if wanted('scenes'):
        draw(given.work, given.scenes)
    if wanted('clip'):
        tiny_clip.train(given.work, given.clip_minutes, threads=given.threads, start=given.start)
    if wanted('diffusion'):
        vae = tiny_diffusion.train_autoencoder(given.work, given.vae_minutes)
        tiny_diffusion.train_network(given.work, vae, given.unet_minutes)
    if wanted('pack'):
        pack.write(given.work, given.pack)


if __name__ == '__main__':
    main()
