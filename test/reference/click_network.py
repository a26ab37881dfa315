"""Fits the networks of smart click (main/segment/click-network.ts) to px of a simulated annotator's steps (click-samples.ts).
Usage: python click_network.py halves OUT.json SAMPLES ...      one network for each half of the photos, to be measured on
       the other (test/bench/effort/click-halves-*.json)
       python click_network.py all WEIGHTS.ts BOXED ... -- FREE ...   what ships: fitted to both halves
SAMPLES, BOXED and FREE are what click-samples.ts was given as OUT. The steps depend on the network that they were made with, so
fitting and sampling take turns; those of all rounds are fitted together. Needs numpy, torch."""
import json
import re
import sys

import numpy as np
import torch

UNITS = (24, 12)
EPOCHS, BATCH, RATE, DECAY, NOISE = 5, 1024, 4e-3, 0.02, 0.05
# behind the evidence: inside, object, click, mask before
BEHIND = 4
torch.set_num_threads(1)


def samples(names, half):
    files = [np.fromfile(f"{name}-{half}.f32", np.float32) for name in names]
    columns = EVIDENCE + BEHIND
    return np.concatenate([file.reshape(-1, columns) for file in files])


def fit(rows, others=None):
    torch.manual_seed(0)
    x, y = torch.tensor(rows[:, :EVIDENCE]), torch.tensor(rows[:, EVIDENCE])
    # an object that takes many clicks has many samples, but counts only as their root
    _, place, count = np.unique(rows[:, EVIDENCE + 1], return_inverse=True, return_counts=True)
    weight = torch.tensor((1 / np.sqrt(count))[place].astype(np.float32))
    weight /= weight.mean()
    mean, spread = x.mean(0), x.std(0) + 1e-3
    net = torch.nn.Sequential(torch.nn.Linear(EVIDENCE, UNITS[0]), torch.nn.ReLU(), torch.nn.Linear(*UNITS), torch.nn.ReLU(), torch.nn.Linear(UNITS[1], 1))
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    batches = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, EPOCHS * batches)
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits
    shuffled = torch.Generator().manual_seed(0)
    for _ in range(EPOCHS):
        order = torch.randperm(len(x), generator=shuffled)
        for k in range(batches):
            at = order[k * BATCH:(k + 1) * BATCH]
            loss = loss_of(net((x[at] - mean) / spread + NOISE * torch.randn(BATCH, EVIDENCE)).squeeze(1), y[at], weight=weight[at])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    if others is not None:
        with torch.no_grad():
            odds = net((torch.tensor(others[:, :EVIDENCE]) - mean) / spread).squeeze(1)
        print(f"px of the other half right: {((odds > 0).numpy() == (others[:, EVIDENCE] > 0.5)).mean():.4f}")
    # the inputs' scale goes into the first layer
    first = net[0].weight.detach() / spread
    bias = net[0].bias.detach() - first @ mean
    return {"first": first.tolist(), "firstBias": bias.tolist(), "second": net[2].weight.tolist(), "secondBias": net[2].bias.tolist(),
            "last": net[4].weight[0].tolist(), "lastBias": net[4].bias[0].item()}


def written(network):
    row = lambda values: "[" + ", ".join(f"{value:.4g}" for value in values) + "]"
    rows = lambda values: "[\n" + "".join(f"      {row(line)},\n" for line in values) + "    ]"
    return "{\n" + "".join(f"    {name}: {rows(values) if name in ('first', 'second') else f'{values:.4g}' if name == 'lastBias' else row(values)},\n" for name, values in network.items()) + "  }"


EVIDENCE = 33
mode, out, *names = sys.argv[1:]
if mode == "halves":
    halves = [samples(names, half) for half in (0, 1)]
    networks = [fit(halves[half], halves[1 - half]) for half in (0, 1)]
    text = json.dumps({"photos": json.load(open(f"{names[0]}-photos.json")), "networks": networks})
    open(out, "w").write(re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda number: f"{float(number[0]):.4g}", text) + "\n")
else:
    gap = names.index("--")
    boxed, free = (fit(np.concatenate([samples(part, half) for half in (0, 1)])) for part in (names[:gap], names[gap + 1:]))
    open(out, "w").write(f"""import type {{ ClickNetwork }} from './click-network.ts'

/** Written by test/reference/click_network.py; what they were fitted to, and how they do on photos that they were not fitted to, stands in docs/effort.md. */
export const CLICK_NETWORKS: {{ readonly boxed: ClickNetwork; readonly free: ClickNetwork }} = {{
  boxed: {written(boxed)},
  free: {written(free)},
}}
""")
