"""The tiny CLIP: transformers' CLIPModel, taught by captions alone.

Loss = whole captions against whole pictures (contrast, class token)
     + does the caption hold the word? (for every word of the class list: softest maximum over the patches of the cosine; BCE)
     + every patch shows something that the caption names (log of the summed share of the caption's words at each patch)
     + the model's own reading of its patches, restricted to the caption's words and spread over patches of like colour, is learned (self_taught.py).
The last three read the patches as GEM reads them (Bousselham et al. 2023, all blocks), because that is what is used afterwards."""
import pathlib, time, typing
import numpy, torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import CLIPConfig, CLIPModel
from scenes import DEVICE, DEVIATION, MEAN, Captioned, Judged, held, keep, mean_iou
from self_taught import self_taught
from words import Words

CONTEXT, PATCH, IMAGE = 64, 8, 128
PROMPT = 'a photo of a {}.'
SHARPNESS = 3


class Stage(typing.NamedTuple):
    """A part of the training; the learning rate rises over its first thirtieth and falls to its end."""
    until: float
    peak: float
    sides: tuple
    # contrast, asked, named, some, taught
    weights: tuple


STAGES = (
    Stage(0.25, 1.2e-3, ((1, 96),), (0.2, 4, 1, 0.5, 0)),
    Stage(1, 5e-4, ((0.5, 128), (1, 160)), (0.2, 4, 0.5, 0.5, 1)),
)

# of a CLIP that has learned already: at 5e-4 its losses rose within 200 steps and stayed there for 800
ONWARD = 3e-4


def vocabulary(data, start=None):
    """Of the captions' words; that of the pack `start` where its weights are gone on with."""
    return Words(data.captions + [PROMPT.format(name) for name in data.classes]) if start is None else Words.of(start / 'clip')


def new_model(words):
    config = CLIPConfig(
        vision_config=dict(hidden_size=128, num_hidden_layers=4, num_attention_heads=4, intermediate_size=320, patch_size=PATCH, image_size=IMAGE, hidden_act='quick_gelu'),
        text_config=dict(hidden_size=128, num_hidden_layers=2, num_attention_heads=4, intermediate_size=256, vocab_size=len(words.vocab), max_position_embeddings=CONTEXT, hidden_act='quick_gelu', bos_token_id=words.start, eos_token_id=words.end, pad_token_id=words.end),
        projection_dim=96,
    )
    model = CLIPModel(config)
    # GEM's attention is as sharp as the rows after layer_norm1 are long; at the usual start (beta = 2 here) a patch would be a
    # twentieth itself and the rest a mean of all others, and nothing small could be learned
    with torch.no_grad():
        for block in model.vision_model.encoder.layers:
            block.layer_norm1.weight.fill_(SHARPNESS)
            for part in (block.self_attn.q_proj, block.self_attn.k_proj, block.self_attn.v_proj):
                part.weight /= SHARPNESS
    return model


def tokens_of(words, texts):
    rows = [words.ids(text, CONTEXT) for text in texts]
    longest = max(map(len, rows))
    return torch.tensor([row + [words.end] * (longest - len(row)) for row in rows], device=DEVICE)


def embed_texts(model, tokens):
    out = model.text_model(input_ids=tokens)
    return F.normalize(model.text_projection(out.pooler_output), dim=-1)


def attend(q, k, v, scale):
    """Attention written out: in bfloat16 twice as fast on a processor as the fused one in either format, forward and back."""
    if q.dtype == torch.float32:
        return F.scaled_dot_product_attention(q, k, v, scale=scale)
    return (q * scale @ k.transpose(-1, -2)).softmax(-1) @ v


def embed_pictures(model, pixels, only=None):
    """Embedding of the class token, and GEM's rows of the patches; both of length 1. pixels f32[b, 3, side, side] in 0..1.
    `only` one of GEM's three paths (0 value, 1 key, 2 query): a third of their cost, to train with."""
    vision, side = model.vision_model, pixels.shape[-1] // PATCH
    patches = vision.embeddings.patch_embedding((pixels - MEAN) / DEVIATION).flatten(2).transpose(1, 2)
    table, grid = vision.embeddings.position_embedding.weight, IMAGE // PATCH
    if side == grid:
        positions = table
    else:
        square = table[1:].T.reshape(1, -1, grid, grid)
        positions = torch.cat([table[:1], F.interpolate(square, (side, side), mode='bicubic', antialias=True).flatten(2)[0].T])
    x = torch.cat([vision.embeddings.class_embedding.expand(len(pixels), 1, -1), patches], 1) + positions
    x = vision.pre_layrnorm(x)
    dense = x
    heads = model.config.vision_config.num_attention_heads
    for block in vision.encoder.layers:
        attention, normal = block.self_attn, block.layer_norm1(x)
        q, k, v = (part(normal).unflatten(-1, (heads, -1)).transpose(1, 2) for part in (attention.q_proj, attention.k_proj, attention.v_proj))
        beta = (normal.norm(dim=-1).mean(-1) * v.shape[-1] ** -0.5).view(-1, 1, 1, 1).to(v.dtype)
        paths = []
        for start in (v, k, q) if only is None else ((v, k, q)[only],):
            unit = F.normalize(start, dim=-1)
            moved = F.normalize(attend(unit * beta, unit, unit, 1.0), dim=-1)
            paths.append(attend(moved * beta, moved, v, 1.0))
        dense = dense + attention.out_proj((sum(paths) / len(paths)).transpose(1, 2).flatten(2))
        x = x + attention.out_proj(attend(q, k, v, q.shape[-1] ** -0.5).transpose(1, 2).flatten(2))
        x = x + block.mlp(block.layer_norm2(x))
    project = lambda rows: F.normalize(model.visual_projection(vision.post_layernorm(rows)), dim=-1)
    return project(x[:, 0]), project(dense[:, 1:])


class Heads(torch.nn.Module):
    """Scales of the losses; no part of the checkpoint."""

    def __init__(self):
        super().__init__()
        self.sharp = torch.nn.Parameter(torch.tensor(12.0).log())
        self.gain = torch.nn.Parameter(torch.tensor(10.0).log())
        self.bias = torch.nn.Parameter(torch.tensor(-3.0))


def losses(model, heads, pixels, tokens, class_tokens, present, only=None):
    with torch.autocast(DEVICE.type, torch.bfloat16):
        read = [*embed_pictures(model, pixels, only), embed_texts(model, tokens), embed_texts(model, class_tokens)]
    whole, dense, texts, classes = (rows.float() for rows in read)
    logits = whole @ texts.T * model.logit_scale.exp().clamp(max=60)
    own = torch.arange(len(pixels), device=pixels.device)
    contrast = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
    cosine = dense @ classes.T
    sharp = heads.sharp.exp()
    pooled = (torch.logsumexp(cosine * sharp * 2, 1) - numpy.log(cosine.shape[1])) / (sharp * 2)
    asked = F.binary_cross_entropy_with_logits(pooled * heads.gain.exp() + heads.bias, present)
    share = F.log_softmax(cosine * sharp, -1)
    named = -torch.logsumexp(share.masked_fill(present[:, None] == 0, -30), -1).mean()
    # each word that the caption holds has some patch to itself
    best = torch.logsumexp(share * 4, 1) / 4 - numpy.log(cosine.shape[1]) / 4
    some = -(best * present).sum() / present.sum()
    return contrast, asked, named, some, self_taught(cosine, share, present, pixels, PATCH)


@torch.no_grad()
def judge(model, words, judged, side, batch=20):
    """mIoU of GEM at the picture's own size, scores resized bilinearly: over all classes, and over those that each picture has."""
    classes = embed_texts(model, tokens_of(words, [PROMPT.format(name) for name in judged.classes]))
    count = len(judged.classes)
    confusions = torch.zeros(2, count * count, dtype=torch.long)
    for start in range(0, len(judged.pictures), batch):
        pixels = torch.from_numpy(judged.pictures[start:start + batch].copy()).to(DEVICE).permute(0, 3, 1, 2).float() / 255
        truth = torch.from_numpy(judged.labels[start:start + batch].astype(numpy.int64))
        _, dense = embed_pictures(model, F.interpolate(pixels, (side, side), mode='bicubic', antialias=True).clamp(0, 1))
        scores = (dense @ classes.T).transpose(1, 2).unflatten(-1, (side // PATCH, side // PATCH))
        scores = F.interpolate(scores, truth.shape[1:], mode='bilinear').cpu()
        shown = torch.stack([torch.bincount(labels.flatten(), minlength=count) > 0 for labels in truth])
        for place, found in enumerate((scores.argmax(1), scores.masked_fill(~shown[:, :, None, None], -2).argmax(1))):
            confusions[place] += torch.bincount((truth * count + found).flatten(), minlength=count * count)
    return [mean_iou(confusion.view(count, count))[0] for confusion in confusions]


def train(work, minutes, seed=7, threads=1, batch=16, start=None):
    """Goes on from work/clip.pt, or begins with the weights of the pack `start` and then has the last stage only; ends after `minutes` of
    training in all, the learning rate falling towards the end of each stage."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    data, judged = Captioned(work), Judged(work / 'val', count=60)
    words = vocabulary(data, start)
    model, heads = new_model(words).to(DEVICE), Heads().to(DEVICE)
    stages = STAGES
    if start is not None:
        model.load_state_dict(load_file(start / 'clip/model.safetensors'))
        stages = (STAGES[-1]._replace(peak=ONWARD),)
    parameters = [*model.parameters(), *heads.parameters()]
    decayed = [p for p in parameters if p.ndim > 1]
    optimiser = torch.optim.AdamW([dict(params=decayed, weight_decay=0.05), dict(params=[p for p in parameters if p.ndim <= 1], weight_decay=0)], lr=stages[0].peak, betas=(0.9, 0.98))
    step, spent, path = 0, 0.0, work / 'clip.pt'
    if path.exists():
        state = torch.load(path, map_location=DEVICE, weights_only=False)
        model.load_state_dict(state['model']); heads.load_state_dict(state['heads']); optimiser.load_state_dict(state['optimiser'])
        step, spent = state['step'], state['spent']
    class_tokens = tokens_of(words, [PROMPT.format(name) for name in data.classes])
    save = lambda: keep(path, model=model.state_dict(), heads=heads.state_dict(), optimiser=optimiser.state_dict(), words=(words.vocab, words.merges), step=step, spent=spent)
    sums = numpy.zeros(5)
    while True:
        done = min(1.0, spent / (minutes * 60))
        if done >= 1:
            break
        tick = time.process_time()
        place = next(place for place, stage in enumerate(stages) if done < stage.until)
        stage, since = stages[place], stages[place - 1].until if place else 0
        part = (done - since) / (stage.until - since)
        rate = stage.peak * min(1, 0.02 + part * 30) * (0.03 + 0.97 * (0.5 + 0.5 * numpy.cos(numpy.pi * part)))
        for group in optimiser.param_groups:
            group['lr'] = float(rate)
        numbers = numpy.random.default_rng(seed * 1_000_003 + step)
        side = next(side for until, side in stage.sides if part < until)
        pixels, captions = data.batch(numbers.integers(0, len(data.captions), batch), side, bool(numbers.random() < 0.5))
        parts = losses(model, heads, pixels, tokens_of(words, captions), class_tokens, held(captions, data.classes), int(numbers.integers(3)) if done < 0.93 else None)
        loss = sum(weight * part for weight, part in zip(stage.weights, parts))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        sums += [float(part.detach()) for part in parts]
        step += 1
        spent += time.process_time() - tick
        if step % 20 == 0:
            print(f'clip {step} {spent:.0f}s rate {rate:.1e} contrast {sums[0]/20:.3f} asked {sums[1]/20:.3f} named {sums[2]/20:.3f} some {sums[3]/20:.3f} taught {sums[4]/20:.3f} sharp {heads.sharp.exp():.1f}', flush=True)
            sums[:] = 0
        if step % 50 == 0:
            save()
        if step % 200 == 0:
            free, ticked = judge(model, words, judged, 192)
            print(f'clip {step} judged at 192 px: {free:.1f} mIoU, {ticked:.1f} over the classes that each picture has', flush=True)
    save()
    return model, words


def restored(work):
    state = torch.load(work / 'clip.pt', map_location='cpu', weights_only=False)
    words = Words.kept(*state['words'])
    model = new_model(words)
    model.load_state_dict(state['model'])
    return model, words


def write(model, words, folder):
    """The checkpoint as the hub has it, in half precision."""
    model.half().save_pretrained(folder, safe_serialization=True)
    words.save(pathlib.Path(folder), CONTEXT)
