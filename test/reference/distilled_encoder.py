"""What a small encoder costs in quality, on the one pack whose weights are at hand: an AutoencoderTiny encoder is taught to give
what the demo pack's VAE gives (mean of the latents, scaled), on scenes of seeds that nothing else uses. The result is a copy of the
pack that makes its latents with it; `maskwright evaluate` judges both (docs/inference.md). No fixture, and nothing that ships.

    maskwright demo scenes --seed 5000000 --count 300 --out SCENES
    python test/reference/distilled_encoder.py resources/packs/demo SCENES/images PACKS/demo-small

Needs torch 2.13, diffusers 0.42, safetensors, pillow."""
import argparse, json, pathlib, shutil
import numpy, torch
from diffusers import AutoencoderKL, AutoencoderTiny
from PIL import Image
from safetensors.torch import save_file

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('pack', type=pathlib.Path)
parser.add_argument('pictures', type=pathlib.Path)
parser.add_argument('out', type=pathlib.Path)
parser.add_argument('--steps', type=int, default=900)
given = parser.parse_args()
torch.manual_seed(3)
torch.set_num_threads(1)

teacher = AutoencoderKL.from_pretrained(given.pack / 'diffusion/vae', torch_dtype=torch.float32).eval()
config = dict(encoder_block_out_channels=[16] * 3, decoder_block_out_channels=[16] * 3, num_encoder_blocks=[1, 2, 2], num_decoder_blocks=[1, 1, 1], latent_channels=4, act_fn='relu', scaling_factor=1.0)
student = AutoencoderTiny(**config).encoder
side = json.loads((given.pack / 'pack.json').read_text())['diffusion']['side']
paths = sorted(path for path in given.pictures.iterdir() if path.suffix in ('.png', '.jpg'))
pictures = torch.stack([torch.from_numpy(numpy.array(Image.open(path).convert('RGB').resize((side, side), Image.BICUBIC))).permute(2, 0, 1) for path in paths])
pictures = pictures.float() / 127.5 - 1
with torch.no_grad():
    latents = torch.cat([teacher.encode(batch).latent_dist.mean for batch in pictures.split(20)]) * teacher.config.scaling_factor
held = max(1, len(paths) // 10)
cell, crop = side // latents.shape[-1], latents.shape[-1] // 2
optimiser = torch.optim.AdamW(student.parameters(), lr=3e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, given.steps)
for step in range(given.steps):
    rows = torch.randint(held, len(paths), (8,))
    y, x = torch.randint(0, latents.shape[-1] - crop + 1, (2,)).tolist()
    wanted = latents[rows, :, y:y + crop, x:x + crop]
    loss = (student(pictures[rows, :, y * cell:(y + crop) * cell, x * cell:(x + crop) * cell]) - wanted).square().mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    schedule.step()
    if step % 100 == 99:
        with torch.no_grad():
            share = (student(pictures[:held]) - latents[:held]).square().mean() / latents[:held].var()
        print(f'step {step + 1}: {share.item():.4f} of the variance of latents held out is missed', flush=True)

shutil.rmtree(given.out, ignore_errors=True)
shutil.copytree(given.pack, given.out)
folder = given.out / 'diffusion/taesd'
folder.mkdir()
save_file({f'encoder.{key}': value.contiguous() for key, value in student.state_dict().items()}, folder / 'diffusion_pytorch_model.safetensors')
(folder / 'config.json').write_text(json.dumps({'_class_name': 'AutoencoderTiny', **config}, indent=1) + '\n')
manifest = json.loads((given.out / 'pack.json').read_text())
manifest['name'] = given.out.name
manifest['diffusion']['vae'] = 'taesd'
(given.out / 'pack.json').write_text(json.dumps(manifest, indent=2) + '\n')
