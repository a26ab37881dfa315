"""AutoencoderTiny (TAESD's architecture) with random weights: what diffusers encodes with it.
Needs torch 2.13, diffusers 0.42, safetensors. Writes fixtures/autoencoder-tiny/."""
import json, pathlib, shutil
import torch
from tiny_weights import randomise
from diffusers import AutoencoderTiny
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent / 'fixtures' / 'autoencoder-tiny'
CONFIG = dict(encoder_block_out_channels=[12] * 4, decoder_block_out_channels=[12] * 4, num_encoder_blocks=[1, 2, 0, 2], num_decoder_blocks=[1] * 4, latent_channels=4, act_fn='relu', scaling_factor=0.9)

with torch.no_grad():
    model = randomise(AutoencoderTiny(**CONFIG).eval(), 11)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    save_file({key: value.contiguous() for key, value in model.state_dict().items() if key.startswith('encoder.')}, FOLDER / 'diffusion_pytorch_model.safetensors')
    (FOLDER / 'config.json').write_text(json.dumps({'_class_name': 'AutoencoderTiny', **CONFIG}, indent=1) + '\n')
    pixels = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(12)).clamp(-1, 1)
    # the UNet is given what the encoder gives, times the scaling factor, as in diffusers' image-to-image pipeline
    latents = model.encode(pixels).latents * model.config.scaling_factor
    save_file({'pixels': pixels, 'latents': latents.contiguous()}, FOLDER / 'expected.safetensors')
    print('autoencoder-tiny', tuple(latents.shape), latents.abs().max().item())
