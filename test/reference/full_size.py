"""Random networks at the published sizes, what PyTorch computes with them and how long it takes: FOLDER/{open-clip,unet,vae,taesd,text_encoder}, and FOLDER/pack,
a pack of them as the published ones are stored (Stable Diffusion in half precision).
Run once while developing: python full_size.py FOLDER [THREADS]; about 7 GB on disk, 9 GB of memory; run again, it takes the weights that are there and measures anew. test/bench/inference.bench.ts reads FOLDER."""
import json, os, pathlib, resource, shutil, sys, time
import torch
import torch.nn.functional as F
from tiny_weights import randomise
import open_clip
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from gem.gem_wrapper import GEMWrapper
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

FOLDER = pathlib.Path(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
TIMES = {'threads': torch.get_num_threads(), 'torch': torch.__version__}

def timed(name, run, repeats=2):
    result, seconds = None, []
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    TIMES[name] = min(seconds)
    print(name, f'{min(seconds):.2f} s', f'peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20:.1f} GB', flush=True)
    return result

def weighed(name, model, seed, config, rename=lambda key: key, file='config.json', weights='diffusion_pytorch_model.safetensors'):
    """The model with the folder's weights, or with new ones that are written there; `rename` gives a key's name in the file, None leaves it out."""
    path = FOLDER / name / weights
    keys = {key: rename(key) for key in model.state_dict()}
    if path.exists():
        stored = load_file(path)
        model.load_state_dict({key: stored[new] for key, new in keys.items() if new is not None}, strict=False)
        return model
    randomise(model, seed, gain=1.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({keys[key]: value.contiguous() for key, value in model.state_dict().items() if keys[key] is not None}, path)
    (FOLDER / name / file).write_text(json.dumps(config))
    return model

def expected(name, **tensors):
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()}, FOLDER / name / 'expected.safetensors')

def noise(*shape, seed=1): return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))

def clip():
    config = dict(embed_dim=512, vision_cfg=dict(image_size=224, layers=12, width=768, patch_size=16), text_cfg=dict(context_length=77, vocab_size=49408, width=512, heads=8, layers=12), quick_gelu=True)
    model = weighed('open-clip', open_clip.model.CLIP(**config).eval(), 1, {'model_cfg': config}, lambda key: None if key == 'attn_mask' else key, 'open_clip_config.json', 'open_clip_model.safetensors')
    TIMES['clip_parameters'] = sum(p.numel() for p in model.parameters())
    tokens = torch.randint(1, 49000, (21, 10), generator=torch.Generator().manual_seed(2))
    tokens[:, 0], tokens[:, -1] = 49406, 49407
    text = timed('clip_text_21_prompts', lambda: F.normalize(model.encode_text(F.pad(tokens, (0, 67))), dim=-1))
    for block in model.visual.transformer.resblocks: block.attn.batch_first = False
    GEMWrapper(model, tokenizer=None, depth=7)
    pixels = noise(1, 3, 448, 448)
    features = timed('gem', lambda: F.normalize(model.visual(pixels)[0], dim=-1)[0, 1:])
    expected('open-clip', pixels=pixels, features=features, tokens=tokens, text=text)

def text_encoder():
    config = CLIPTextConfig(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072, hidden_act='quick_gelu')
    fields = {k: getattr(config, k) for k in ('hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'vocab_size', 'max_position_embeddings', 'hidden_act')}
    model = weighed('text_encoder', CLIPTextModel(config).eval(), 3, fields, lambda key: None if key.endswith('position_ids') else f'text_model.{key.removeprefix("text_model.")}', weights='model.safetensors')
    tokens = torch.tensor([[49406, 49407]])
    expected('text_encoder', tokens=tokens, hidden=model(input_ids=tokens).last_hidden_state)

def vae():
    config = dict(block_out_channels=[128, 256, 512, 512], layers_per_block=2, norm_num_groups=32, latent_channels=4, scaling_factor=0.18215, down_block_types=['DownEncoderBlock2D'] * 4, up_block_types=['UpDecoderBlock2D'] * 4)
    model = weighed('vae', AutoencoderKL(**config).eval(), 4, config, lambda key: key if key.startswith(('encoder.', 'quant_conv.')) else None)
    pixels = noise(1, 3, 512, 512).clamp(-1, 1)
    expected('vae', pixels=pixels, latents=timed('vae_encoder', lambda: model.encode(pixels).latent_dist.mean * 0.18215))

def taesd():
    config = dict(encoder_block_out_channels=[64] * 4, num_encoder_blocks=[1, 3, 3, 3], latent_channels=4, act_fn='relu', scaling_factor=1.0)
    model = weighed('taesd', AutoencoderTiny(**config).eval(), 6, {'_class_name': 'AutoencoderTiny', **config}, lambda key: key if key.startswith('encoder.') else None)
    pixels = noise(1, 3, 512, 512).clamp(-1, 1)
    expected('taesd', pixels=pixels, latents=timed('taesd_encoder', lambda: model.encode(pixels).latents))

class Adder:
    """REFERENCE section 3.5 layer by layer, nothing kept but the sum; the last cross-attention and what follows run too, as in PyTorch they do."""
    def __init__(self, state): self.state = state
    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None, **_):
        own = encoder_hidden_states is None
        context = hidden_states if own else encoder_hidden_states
        q, k, v = (attn.head_to_batch_dim(project(x)) for project, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context)))
        probabilities = attn.get_attention_scores(q, k)
        if own:
            mean = probabilities.mean(0)
            r = int(mean.shape[0] ** 0.5)
            columns = F.interpolate(mean.reshape(-1, 1, r, r), size=(64, 64), mode='bilinear', align_corners=False).flatten(1)
            columns /= columns.sum(1, keepdim=True)
            rows = columns.reshape(r, r, -1).repeat_interleave(64 // r, 0).repeat_interleave(64 // r, 1).flatten(0, 1)
            self.state['sum'] = self.state.get('sum', 0) + rows * (r / 568)
        return attn.to_out[1](attn.to_out[0](attn.batch_to_head_dim(probabilities @ v)))

def unet():
    config = dict(sample_size=64, in_channels=4, out_channels=4, block_out_channels=[320, 640, 1280, 1280], layers_per_block=2, norm_num_groups=32, cross_attention_dim=768, attention_head_dim=8,
        down_block_types=['CrossAttnDownBlock2D'] * 3 + ['DownBlock2D'], up_block_types=['UpBlock2D'] + ['CrossAttnUpBlock2D'] * 3)
    model = weighed('unet', UNet2DConditionModel(**config).eval(), 5, config)
    TIMES['unet_parameters'] = sum(p.numel() for p in model.parameters())
    sample, context = noise(1, 4, 64, 64), noise(1, 2, 768, seed=2)
    timed('unet_plain', lambda: model(sample, 100, context).sample, 2)
    state = {}
    model.set_attn_processor({key: Adder(state) for key in model.attn_processors})
    def run():
        state.clear()
        prediction = model(sample, 100, context).sample
        return state['sum'], prediction
    affinity, prediction = timed('unet_with_maps', run, 2)
    expected('unet', sample=sample, context=context[0], time=model.time_proj(torch.tensor([100])), affinity=affinity, prediction=prediction)

def tokenizer(folder):
    """Every letter a token: with the published vocabulary prompts are a third as long."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = 'abcdefghijklmnopqrstuvwxyz.,'
    words = [*letters, *(f'{letter}</w>' for letter in letters)]
    (folder / 'vocab.json').write_text(json.dumps({**{word: i for i, word in enumerate(words)}, '<|startoftext|>': 49406, '<|endoftext|>': 49407}))
    (folder / 'merges.txt').write_text('#version: 0.2\n')

def pack():
    root = FOLDER / 'pack'
    shutil.rmtree(root, ignore_errors=True)
    tokenizer(root / 'clip')
    tokenizer(root / 'diffusion' / 'tokenizer')
    for file in ('open_clip_config.json', 'open_clip_model.safetensors'): os.link(FOLDER / 'open-clip' / file, root / 'clip' / file)
    for part, weights in (('unet', 'diffusion_pytorch_model'), ('vae', 'diffusion_pytorch_model'), ('text_encoder', 'model')):
        (root / 'diffusion' / part).mkdir()
        os.link(FOLDER / part / 'config.json', root / 'diffusion' / part / 'config.json')
        save_file({key: value.half() for key, value in load_file(FOLDER / part / f'{weights}.safetensors').items()}, root / 'diffusion' / part / f'{weights}.fp16.safetensors')
    (root / 'pack.json').write_text(json.dumps(dict(name='full-size', title='Full size', summary='Random weights.', licences=[dict(name='none', commercial=True, text='Random numbers.')],
        clip=dict(folder='clip', side=448, int8=False), diffusion=dict(folder='diffusion', side=512, step=100), defaultMethod='agg-gem', files=[])))

with torch.no_grad():
    for part in (clip, text_encoder, vae, taesd, unet):
        part()
        (FOLDER / 'times.json').write_text(json.dumps(TIMES))
if not (FOLDER / 'pack' / 'pack.json').exists(): pack()
