"""Random weights that make a tiny network behave like a trained one: attention that is neither uniform nor one-hot."""
import torch
# open_clip and diffusers import torchvision, whose binary may not fit a CPU-only torch; nothing of it is used here
LIBRARY = torch.library.Library('torchvision', 'FRAGMENT')
for name in ('nms', 'qnms'):
    if not hasattr(torch.ops.torchvision, name): LIBRARY.define(f'{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')

@torch.no_grad()
def randomise(model, seed, gain=1.4, attention_gain=1.2):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if 'logit_scale' in name: continue
        if parameter.ndim >= 2 and 'embedding' not in name:
            fan_in = parameter[0].numel()
            boost = attention_gain if any(part in name for part in ('to_q', 'to_k', 'q_proj', 'k_proj')) else 1
            parameter.copy_(noise * gain * boost / fan_in ** 0.5)
        elif 'norm' in name or 'ln_' in name or '.ln' in name:
            parameter.copy_((1 if name.endswith('weight') else 0) + 0.2 * noise)
        else:
            parameter.copy_(0.3 * noise)
    return model
