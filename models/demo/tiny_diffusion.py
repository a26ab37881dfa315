"""The tiny Stable Diffusion: diffusers' AutoencoderKL and UNet2DConditionModel with transformers' CLIPTextModel, taught by captioned scenes alone."""
import pathlib, time
import numpy, torch
import torch.nn.functional as F
from safetensors.torch import save_file
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel
from scenes import DEVICE, Captioned, held, keep
from words import Words

CONTEXT, SIDE, CROP = 64, 128, 32
PROMPT = 'a photo of a {}.'
# step of training at which self-attention starts alike: the rows mean something by then
ALIKE, ALIKE_AT = 24.0, 400
# at the full rate this layer's queries and keys went back to looking everywhere alike (205 cells of 1024 after 250 steps, the other two of its size 75 and 45)
SLOW, SLOW_RATE = 'up_blocks.2.attentions.1', 0.1


def new_autoencoder():
    return AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, sample_size=SIDE, layers_per_block=1, norm_num_groups=8, block_out_channels=(16, 32, 48),
        down_block_types=('DownEncoderBlock2D',) * 3, up_block_types=('UpDecoderBlock2D',) * 3,
    )


def new_network():
    return UNet2DConditionModel(
        sample_size=SIDE // 4, in_channels=4, out_channels=4, layers_per_block=1, norm_num_groups=8, block_out_channels=(32, 64, 96), attention_head_dim=2, cross_attention_dim=64,
        down_block_types=('CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'), up_block_types=('UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'),
    )


def new_text(words):
    return CLIPTextModel(CLIPTextConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128, vocab_size=len(words.vocab), max_position_embeddings=CONTEXT, hidden_act='quick_gelu', projection_dim=64, bos_token_id=words.start, eos_token_id=words.end, pad_token_id=words.end))


def schedule():
    return DDIMScheduler(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule='scaled_linear', clip_sample=False, set_alpha_to_one=False, steps_offset=1)


def vocabulary(data):
    return Words(data.captions + [PROMPT.format(name) for name in data.classes])


def rates(done, step, peak):
    return peak * min(1, (step + 1) / 60) * (0.05 + 0.95 * (0.5 + 0.5 * numpy.cos(numpy.pi * done)))


def train_autoencoder(work, minutes, seed=8, batch=24, peak=2e-3):
    """Reconstruction (absolute difference) with a faint pull of the latents to nought; crops of 32 px. Ends at `minutes` of training."""
    torch.manual_seed(seed)
    data, model = Captioned(work), new_autoencoder().to(DEVICE)
    optimiser = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=1e-4)
    step, spent, path = 0, 0.0, work / 'vae.pt'
    if path.exists():
        state = torch.load(path, map_location=DEVICE, weights_only=False)
        model.load_state_dict(state['model']); optimiser.load_state_dict(state['optimiser'])
        step, spent = state['step'], state['spent']
    save = lambda: keep(path, model=model.state_dict(), optimiser=optimiser.state_dict(), step=step, spent=spent)
    while spent < minutes * 60:
        tick = time.process_time()
        for group in optimiser.param_groups:
            group['lr'] = float(rates(min(1, spent / minutes / 60), step, peak))
        numbers = numpy.random.default_rng(seed * 1_000_003 + step)
        pixels, _ = data.batch(numbers.integers(0, len(data.captions), batch), SIDE, bool(numbers.random() < 0.5))
        top, left = numbers.integers(0, SIDE - CROP + 1, 2)
        pixels = pixels[:, :, top:top + CROP, left:left + CROP] * 2 - 1
        code = model.encode(pixels).latent_dist
        # the mean is what is used afterwards: a little noise of fixed size instead of the posterior's, which takes long to become small
        miss = model.decode(code.mean + 0.1 * torch.randn_like(code.mean)).sample - pixels
        # group norms hide the colour of a whole region: patches of 8 px must be right on average too
        loss = miss.abs().mean() + 2 * F.avg_pool2d(miss, 8).abs().mean() + 2e-3 * (code.mean ** 2).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        spent += time.process_time() - tick
        if step % 25 == 0:
            print(f'vae {step} {spent:.0f}s absolute difference {float(miss.detach().abs().mean()):.4f} latents {float(code.mean.detach().std()):.2f}', flush=True)
            save()
    save()
    return scaled(model, data)


@torch.no_grad()
def scaled(model, data):
    """Latents get deviation 1 by the config's scaling_factor, as Stable Diffusion's."""
    pixels, _ = data.batch(numpy.arange(0, 64), SIDE, False)
    deviation = float(model.encode(pixels * 2 - 1).latent_dist.mean.std())
    model.register_to_config(scaling_factor=round(1 / deviation, 5))
    return model


def reworded(caption, row, classes, numbers):
    """The caption as it is, as the bare list that class maps are asked with, or nothing."""
    kind = numbers.random()
    if kind < 0.25:
        return ''
    if kind < 0.55:
        return caption
    names = [classes[place] for place in numbers.permutation(len(classes)) if row[place] > 0]
    return 'a photo of ' + (names[0] if len(names) == 1 else ', '.join(names[:-1]) + ', and ' + names[-1])


@torch.no_grad()
def start_alike(network, vae, data, text, words):
    """Queries and keys of self-attention begin equal, as the principal components of the rows they read: a cell looks at cells like
    itself, as a non-local denoiser does. From random ones hundreds of steps lead hardly away from looking everywhere alike. No mask is in it."""
    pixels, _ = data.batch(numpy.arange(32), SIDE, False)
    clean = vae.encode(pixels * 2 - 1).latent_dist.mean * vae.config.scaling_factor
    times = torch.full((32,), 100, device=DEVICE)
    ids = torch.tensor([[words.start, words.end]] * 32, device=DEVICE)
    rows, hooks = {}, []
    blocks = [(name, block) for name, block in network.named_modules() if hasattr(block, 'attn1')]
    for name, block in blocks:
        hooks.append(block.norm1.register_forward_hook(lambda _, __, out, name=name: rows.__setitem__(name, out.flatten(0, 1).double())))
    network(schedule().add_noise(clean, torch.randn(clean.shape, generator=torch.Generator().manual_seed(1)).to(DEVICE), times), times, text(input_ids=ids).last_hidden_state)
    for hook in hooks:
        hook.remove()
    for name, block in blocks:
        attention, middle = block.attn1, rows[name].mean(0)
        centred = rows[name] - middle
        values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
        components = (vectors / (values + values.mean() * 0.1).sqrt()).T.flip(0)
        heads = attention.heads
        size = len(components) // heads
        # strongest components to each head in turn; likeness of a cell with itself is ALIKE before the softmax
        dealt = torch.cat([components[head::heads][:size] for head in range(heads)]) * (ALIKE / size ** 0.5) ** 0.5
        block.norm1.bias -= middle.float()
        attention.to_out[0].bias += attention.to_out[0].weight @ (attention.to_v.weight @ middle.float())
        attention.to_q.weight.copy_(dealt.float())
        attention.to_k.weight.copy_(dealt.float())


def train_network(work, vae, minutes, seed=9, batch=8, peak=1.5e-3):
    """The noise's prediction, mean squared; three of four steps below 400, because attention is read at 100."""
    torch.manual_seed(seed)
    data = Captioned(work)
    words, levels = vocabulary(data), schedule()
    network, text = new_network().to(DEVICE, memory_format=torch.channels_last), new_text(words).to(DEVICE)
    vae.eval()
    parameters = [*network.parameters(), *text.parameters()]
    slow = [value for name, value in network.named_parameters() if name.startswith(SLOW) and ('attn1.to_q' in name or 'attn1.to_k' in name)]
    groups = [[value for value in parameters if all(value is not other for other in slow)], slow]
    optimiser = torch.optim.AdamW([dict(params=group) for group in groups], lr=peak, weight_decay=1e-3, betas=(0.9, 0.99))
    step, spent, path, sums = 0, 0.0, work / 'unet.pt', []
    if path.exists():
        state = torch.load(path, map_location=DEVICE, weights_only=False)
        network.load_state_dict(state['network']); text.load_state_dict(state['text']); optimiser.load_state_dict(state['optimiser'])
        step, spent = state['step'], state['spent']
    save = lambda: keep(path, network=network.state_dict(), text=text.state_dict(), optimiser=optimiser.state_dict(), step=step, spent=spent)
    while spent < minutes * 60:
        tick = time.process_time()
        if step == ALIKE_AT:
            start_alike(network, vae, data, text, words)
        for group, share in zip(optimiser.param_groups, (1, SLOW_RATE)):
            group['lr'] = float(rates(min(1, spent / minutes / 60), step, peak)) * share
        numbers = numpy.random.default_rng(seed * 1_000_003 + step)
        pixels, captions = data.batch(numbers.integers(0, len(data.captions), batch), SIDE, bool(numbers.random() < 0.5))
        rows = held(captions, data.classes)
        tokens = [words.ids(reworded(caption, row, data.classes, numbers), CONTEXT) for caption, row in zip(captions, rows)]
        longest = max(map(len, tokens))
        mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in tokens], device=DEVICE)
        ids = torch.tensor([ids + [words.end] * (longest - len(ids)) for ids in tokens], device=DEVICE)
        with torch.no_grad():
            clean = vae.encode(pixels * 2 - 1).latent_dist.mean * vae.config.scaling_factor
        times = torch.from_numpy(numpy.where(numbers.random(batch) < 0.75, numbers.integers(0, 400, batch), numbers.integers(0, 1000, batch))).to(DEVICE)
        noise = torch.from_numpy(numbers.standard_normal(clean.shape)).float().to(DEVICE)
        with torch.autocast(DEVICE.type, torch.bfloat16):
            guess = network(levels.add_noise(clean, noise, times), times, text(input_ids=ids).last_hidden_state, encoder_attention_mask=mask).sample
        loss = F.mse_loss(guess.float(), noise)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        sums.append(float(loss.detach()))
        step += 1
        spent += time.process_time() - tick
        if step % 25 == 0:
            print(f'unet {step} {spent:.0f}s squared difference {numpy.mean(sums[-50:]):.4f}', flush=True)
        if step % 50 == 0:
            save()
    save()
    return network, text


def restored(work):
    data = Captioned(work)
    words = vocabulary(data)
    vae, network, text = new_autoencoder().to(DEVICE), new_network(), new_text(words)
    vae.load_state_dict(torch.load(work / 'vae.pt', map_location=DEVICE, weights_only=False)['model'])
    if (work / 'unet.pt').exists():
        state = torch.load(work / 'unet.pt', map_location='cpu', weights_only=False)
        network.load_state_dict(state['network']); text.load_state_dict(state['text'])
    return scaled(vae, data), network, text, words


def write(vae, network, text, words, folder):
    """The folders as the hub has them, in half precision."""
    folder = pathlib.Path(folder)
    vae.half().save_pretrained(folder / 'vae', safe_serialization=True)
    network.half().save_pretrained(folder / 'unet', safe_serialization=True)
    text.half().save_pretrained(folder / 'text_encoder', safe_serialization=True)
    # files on the hub have this prefix; transformers 5 leaves it out
    save_file({f'text_model.{name}': value.contiguous() for name, value in text.state_dict().items()}, folder / 'text_encoder/model.safetensors', metadata={'format': 'pt'})
    schedule().save_pretrained(folder / 'scheduler')
    words.save(folder / 'tokenizer', CONTEXT)
