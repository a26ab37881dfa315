"""Tiny Stable Diffusions (1.x and 2.x shaped) with random weights: what diffusers and transformers compute with them, the attention of
every layer included, and the published aggregations of it written out from their definitions (REFERENCE sections 3.5, 3.6; CLIPer).
Needs torch 2.13, diffusers 0.42, transformers 5.23, safetensors. Writes fixtures/diffusion-tiny-*/."""
import json, pathlib, shutil
import torch
import torch.nn.functional as F
from tiny_weights import randomise
from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

FOLDER = pathlib.Path(__file__).parent / 'fixtures'

class Recorder:
    """diffusers' own attention, with its probabilities kept."""
    def __init__(self, maps, name): self.maps, self.name = maps, name
    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None, **_):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        q, k, v = (attn.head_to_batch_dim(project(x)) for project, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context)))
        probabilities = attn.get_attention_scores(q, k)
        self.maps[self.name] = probabilities
        return attn.to_out[1](attn.to_out[0](attn.batch_to_head_dim(probabilities @ v)))

def affinity(maps, levels, fine, weights):
    """levels: name -> (h, w). report: REFERENCE 3.5 steps 1-4 layer by layer; diffseg: layers of a level averaged first."""
    def spread(mean, h, w):
        columns = F.interpolate(mean.reshape(-1, 1, h, w), size=fine, mode='bilinear', align_corners=False).flatten(1)
        columns = columns / columns.sum(1, keepdim=True)
        return columns.reshape(h, w, -1).repeat_interleave(fine[0] // h, 0).repeat_interleave(fine[1] // w, 1).flatten(0, 1)
    means = {name: maps[name].mean(0) for name in levels}
    if weights == 'report':
        total = sum(h for h, _ in levels.values())
        return sum(spread(means[name], h, w) * h / total for name, (h, w) in levels.items())
    grids = sorted(set(levels.values()))
    return sum(spread(torch.stack([means[name] for name in levels if levels[name] == grid]).mean(0), *grid) * grid[0] for grid in grids) / sum(h for h, _ in grids)

def class_maps(maps, levels, fine, selection):
    total = sum(fine[0] / h for h, _ in levels.values())
    out = 0
    for name, (h, w) in levels.items():
        picked = (maps[name].mean(0) @ selection).T.reshape(1, -1, h, w)
        out = out + F.interpolate(picked, size=fine, mode='bicubic', antialias=True) * (fine[0] / h) / total
    return out[0].flatten(1).T

def sharp(maps, names, chain):
    def sharpened(m):
        m = m / (m.amax(-2, keepdim=True) + 1e-5)
        m = torch.where(m < 0.1, 0, m)
        return m / (m.sum(-1, keepdim=True) + 1e-5)
    earlier, later = (sharpened(maps[name]) for name in names)
    if not chain: return (later @ earlier).mean(0)
    product = torch.eye(later.shape[-1])
    for m in torch.cat([later, earlier]): product = product @ m
    return product

def unet(name, fine, half, **options):
    channels = (8, 12, 12, 12)
    config = dict(sample_size=8, in_channels=4, out_channels=4, block_out_channels=channels, layers_per_block=2, norm_num_groups=4, cross_attention_dim=12,
        down_block_types=['CrossAttnDownBlock2D'] * 3 + ['DownBlock2D'], up_block_types=['UpBlock2D'] + ['CrossAttnUpBlock2D'] * 3, **options)
    model = randomise(UNet2DConditionModel(**config).eval(), 7, gain=1.0)
    folder = FOLDER / name / 'unet'
    folder.mkdir(parents=True)
    dtype = torch.float16 if half else torch.float32
    state = {key: value.to(dtype).contiguous() for key, value in model.state_dict().items()}
    model.load_state_dict({key: value.float() for key, value in state.items()})
    save_file(state, folder / 'diffusion_pytorch_model.safetensors')
    (folder / 'config.json').write_text(json.dumps({'_class_name': 'UNet2DConditionModel', **config}, indent=1) + '\n')
    maps = {}
    model.set_attn_processor({key: Recorder(maps, key.removesuffix('.processor')) for key in model.attn_processors})
    generator = torch.Generator().manual_seed(8)
    latents, noise = torch.randn(2, 1, 4, *fine, generator=generator)
    context = torch.randn(1, 5, 12, generator=generator)
    selection = torch.rand(5, 3, generator=generator)
    scheduler = PNDMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule='scaled_linear', num_train_timesteps=1000, skip_prk_steps=True, steps_offset=1)
    sample = scheduler.add_noise(latents, noise, torch.tensor([100]))
    prediction = model(sample, 100, context).sample
    time = model.time_proj(torch.tensor([100]))
    sizes = {fine[0] * fine[1] // 4 ** level: (fine[0] // 2 ** level, fine[1] // 2 ** level) for level in range(4)}
    own = {key: sizes[value.shape[1]] for key, value in maps.items() if key.endswith('attn1')}
    cross = {key: sizes[value.shape[1]] for key, value in maps.items() if key.endswith('attn2')}
    out = {f'self/{key.removesuffix(".attn1")}': maps[key].mean(0) for key in own} | {f'cross/{key.removesuffix(".attn2")}': maps[key].mean(0) for key in cross}
    names = [f'up_blocks.3.attentions.{j}.transformer_blocks.0.attn1' for j in (0, 1)]
    out |= {'latents': latents, 'noise': noise, 'sample': sample, 'time': time, 'context': context[0], 'selection': selection, 'prediction': prediction,
        'affinity/report': affinity(maps, own, fine, 'report'), 'affinity/diffseg': affinity(maps, own, fine, 'diffseg'),
        'sharp/per-head': sharp(maps, names, False), 'sharp/chain': sharp(maps, names, True), 'class_maps': class_maps(maps, cross, fine, selection)}
    print(name, sum(p.numel() for p in model.parameters()), 'parameters,', len(own), 'self,', len(cross), 'cross; largest entries', {key: round(out[key].max().item(), 3) for key in out if '/' not in key or key.startswith(('aff', 'sh'))})
    return out

def vae(name):
    config = dict(block_out_channels=[8, 8, 16, 16], layers_per_block=2, norm_num_groups=4, latent_channels=4, scaling_factor=0.18215,
        down_block_types=['DownEncoderBlock2D'] * 4, up_block_types=['UpDecoderBlock2D'] * 4)
    model = randomise(AutoencoderKL(**config).eval(), 9)
    folder = FOLDER / name / 'vae'
    folder.mkdir()
    save_file({key: value.contiguous() for key, value in model.state_dict().items() if key.startswith(('encoder.', 'quant_conv.'))}, folder / 'diffusion_pytorch_model.safetensors')
    (folder / 'config.json').write_text(json.dumps({'_class_name': 'AutoencoderKL', **config}, indent=1) + '\n')
    pixels = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(10))
    return {'vae/pixels': pixels, 'vae/latents': model.encode(pixels).latent_dist.mean * 0.18215}

def text(name):
    config = CLIPTextConfig(hidden_size=12, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, vocab_size=62, max_position_embeddings=9, hidden_act='quick_gelu', eos_token_id=61, bos_token_id=60, pad_token_id=0)
    model = randomise(CLIPTextModel(config).eval(), 11)
    folder = FOLDER / name / 'text_encoder'
    folder.mkdir()
    save_file({f'text_model.{key.removeprefix("text_model.")}': value.contiguous() for key, value in model.state_dict().items() if not key.endswith('position_ids')}, folder / 'model.safetensors')
    (folder / 'config.json').write_text(json.dumps({'model_type': 'clip_text_model', **{key: getattr(config, key) for key in ('hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'vocab_size', 'max_position_embeddings', 'hidden_act')}}, indent=1) + '\n')
    tokens = torch.tensor([[60, 61]])
    return {'text/tokens': tokens.float(), 'text/hidden': model(input_ids=tokens).last_hidden_state}

with torch.no_grad():
    for name, fine, half, options, more in (
        ('diffusion-tiny-1', (8, 16), False, dict(attention_head_dim=2), True),
        ('diffusion-tiny-2', (8, 8), True, dict(attention_head_dim=[1, 2, 2, 4], use_linear_projection=True), False),
    ):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        expected = unet(name, fine, half, **options)
        if more: expected |= vae(name) | text(name)
        save_file({key: value.detach().float().contiguous() for key, value in expected.items()}, FOLDER / name / 'expected.safetensors')
