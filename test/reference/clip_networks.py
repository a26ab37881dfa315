"""Tiny CLIPs with random weights: what transformers, open_clip and the GEM package (gem_torch 1.0.1) compute with them.
Needs torch 2.13, transformers 5.23, open_clip_torch 3.3, gem_torch 1.0.1, safetensors. Writes fixtures/clip-tiny-*/.
MaskCLIP and CLIP-Surgery have no package: they are written out here from their papers' code, on transformers' modules."""
import json, pathlib, shutil
import torch
import torch.nn.functional as F
from tiny_weights import randomise
import open_clip
from gem.gem_wrapper import GEMWrapper
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPModel

FOLDER = pathlib.Path(__file__).parent / 'fixtures'
WIDTH, HEADS, LAYERS, MLP, PATCH, IMAGE, EMBED = 32, 2, 4, 48, 4, 16, 20
SIZE = (24, 20)  # height, width of the picture: another grid than the trained one
TOKENS = torch.tensor([[60, 5, 17, 23, 61, 0, 0], [60, 3, 61, 0, 0, 0, 0], [60, 9, 8, 7, 6, 5, 61]])
ENDS = TOKENS.argmax(-1)

def fresh(name):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder

def save_expected(folder, **tensors):
    save_file({key.replace('__', '/'): value.detach().float().contiguous() for key, value in tensors.items()}, folder / 'expected.safetensors')

def hugging_face(activation, name):
    config = CLIPConfig(
        vision_config=dict(hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS, intermediate_size=MLP, patch_size=PATCH, image_size=IMAGE, hidden_act=activation),
        text_config=dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, vocab_size=62, max_position_embeddings=9, hidden_act=activation, eos_token_id=61, bos_token_id=60, pad_token_id=0),
        projection_dim=EMBED)
    model = randomise(CLIPModel(config).eval(), 1)
    folder = fresh(name)
    state = {key: value.contiguous() for key, value in model.state_dict().items() if not key.endswith('position_ids')}
    save_file(state, folder / 'model.safetensors')
    (folder / 'config.json').write_text(json.dumps({
        'model_type': 'clip', 'projection_dim': EMBED,
        'vision_config': {key: getattr(config.vision_config, key) for key in ('hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'patch_size', 'image_size', 'hidden_act', 'layer_norm_eps')},
        'text_config': {key: getattr(config.text_config, key) for key in ('hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'vocab_size', 'max_position_embeddings', 'hidden_act', 'layer_norm_eps')},
    }, indent=1) + '\n')
    vision = model.vision_model
    pixels = torch.randn(1, 3, *SIZE, generator=torch.Generator().manual_seed(2))
    native = torch.randn(1, 3, IMAGE, IMAGE, generator=torch.Generator().manual_seed(3))

    def start(picture):
        patches = vision.embeddings.patch_embedding(picture)
        grid = patches.shape[-2:]
        positions = vision.embeddings.position_embedding.weight
        side = IMAGE // PATCH
        square = positions[1:].reshape(1, side, side, WIDTH).permute(0, 3, 1, 2)
        resized = F.interpolate(square, size=grid, mode='bicubic', antialias=True).permute(0, 2, 3, 1).reshape(-1, WIDTH)
        tokens = torch.cat([vision.embeddings.class_embedding[None], patches[0].flatten(1).T]) + torch.cat([positions[:1], resized])
        return vision.pre_layrnorm(tokens)

    def heads(x): return x.reshape(x.shape[0], HEADS, -1).transpose(0, 1)
    def join(x): return x.transpose(0, 1).reshape(x.shape[1], -1)

    def attention(layer, x, values_only=False, value_value=False):
        a = layer.self_attn
        q, k, v = (heads(p(x)) for p in (a.q_proj, a.k_proj, a.v_proj))
        if value_value: q = k = v
        mixed = v if values_only else ((q @ k.transpose(-1, -2)) * a.scale).softmax(-1) @ v
        return a.out_proj(join(mixed))

    def features(tokens): return F.normalize(model.visual_projection(vision.post_layernorm(tokens)), dim=-1)[1:]
    def mlp(layer, x): return x + layer.mlp(layer.layer_norm2(x))

    layers = vision.encoder.layers
    x = dense = start(pixels)
    for i, layer in enumerate(layers):
        normal = layer.layer_norm1(x)
        if i >= LAYERS - 3: dense = dense + attention(layer, normal, value_value=True) if i > LAYERS - 3 else x + attention(layer, normal, value_value=True)
        if i == LAYERS - 1: masked = mlp(layer, x + attention(layer, normal, values_only=True))
        x = mlp(layer, x + attention(layer, normal))
    whole = model.vision_model(pixel_values=native)
    text = model.text_model(input_ids=TOKENS)
    embeddings = model.text_projection(text.last_hidden_state[torch.arange(len(TOKENS)), ENDS])
    save_expected(folder, pixels=pixels, native=native, clip=features(x), maskclip=features(masked), clip_surgery=features(dense),
        native__clip=features(whole.last_hidden_state[0]), native__image=F.normalize(model.visual_projection(whole.pooler_output), dim=-1)[0],
        tokens=TOKENS, ends=ENDS, text=F.normalize(embeddings, dim=-1), hidden=text.last_hidden_state)
    feature = model.get_text_features(input_ids=TOKENS)
    pooled = feature if torch.is_tensor(feature) else feature.pooler_output
    print(name, 'own pooling against transformers:', (F.normalize(pooled, dim=-1) - F.normalize(embeddings, dim=-1)).abs().max().item())

def open_clip_with_gem(name):
    config = dict(embed_dim=EMBED,
        vision_cfg=dict(image_size=IMAGE, layers=LAYERS, width=WIDTH, head_width=WIDTH // HEADS, patch_size=PATCH, mlp_ratio=1.5),
        text_cfg=dict(context_length=9, vocab_size=62, width=24, heads=3, layers=2, mlp_ratio=2), quick_gelu=True)
    model = open_clip.model.CLIP(**config).eval()
    randomise(model, 4)
    folder = fresh(name)
    save_file({key: value.contiguous() for key, value in model.state_dict().items() if key != 'attn_mask'}, folder / 'open_clip_model.safetensors')
    (folder / 'open_clip_config.json').write_text(json.dumps({'model_cfg': config}, indent=1) + '\n')
    pixels = torch.randn(1, 3, *SIZE, generator=torch.Generator().manual_seed(5))
    native = torch.randn(1, 3, IMAGE, IMAGE, generator=torch.Generator().manual_seed(6))
    text = F.normalize(model.encode_text(F.pad(TOKENS, (0, 2))), dim=-1)
    image = F.normalize(model.encode_image(native), dim=-1)[0]
    # GEM feeds (length, batch, width); open_clip >= 2.26 takes (batch, length, width) and would attend over the batch (REFERENCE section 2)
    for block in model.visual.transformer.resblocks: block.attn.batch_first = False
    gem = GEMWrapper(model, tokenizer=None, depth=4)
    features = F.normalize(model.visual(pixels)[0], dim=-1)[0, 1:]
    save_expected(folder, pixels=pixels, native=native, gem=features, native__image=image, tokens=TOKENS, ends=ENDS, text=text)

with torch.no_grad():
    hugging_face('quick_gelu', 'clip-tiny-hugging-face')
    hugging_face('gelu', 'clip-tiny-gelu')
    open_clip_with_gem('clip-tiny-open-clip')
