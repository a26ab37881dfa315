"""The pack's folder: both checkpoints in half precision and pack.json (PackManifest in main/contract/packs.ts). README.md, the card, is written by people."""
import hashlib, json, pathlib, shutil
import tiny_clip, tiny_diffusion

CLIP_SIDE, DIFFUSION_SIDE, STEP = 256, 128, 100


def write(work, folder):
    """What was trained in `work`; a part that was not stays as the pack has it."""
    folder = pathlib.Path(folder)
    if (work / 'clip.pt').exists():
        shutil.rmtree(folder / 'clip', ignore_errors=True)
        tiny_clip.write(*tiny_clip.restored(work), folder / 'clip')
    if (work / 'unet.pt').exists():
        shutil.rmtree(folder / 'diffusion', ignore_errors=True)
        tiny_diffusion.write(*tiny_diffusion.restored(work), folder / 'diffusion')
    files = []
    for path in sorted(path for part in ('clip', 'diffusion') for path in (folder / part).rglob('*') if path.is_file()):
        content = path.read_bytes()
        files.append({'path': path.relative_to(folder).as_posix(), 'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest(), 'from': None})
    manifest = {
        'name': 'demo',
        'title': 'Demo',
        'summary': 'A small CLIP and a small Stable Diffusion, trained by this project on scenes that it draws itself. Knows 20 toy classes (sky, grass, water, sand, snow, road, wall, floor, house, tree, car, boat, sun, cloud, ball, flower, cat, chair, table, lamp); not for photos.',
        'licences': [{'name': 'Apache-2.0', 'commercial': True, 'text': 'Trained by this project on pictures it draws itself; under the licence of the program.'}],
        'clip': {'folder': 'clip', 'side': CLIP_SIDE, 'int8': False},
        'diffusion': {'folder': 'diffusion', 'side': DIFFUSION_SIDE, 'step': STEP},
        'defaultMethod': 'agg-gem',
        'defaultSettings': {'affinityOf': 'photo', 'temperature': 0.1, 'scales': True},
        'files': files,
    }
    (folder / 'pack.json').write_text(json.dumps(manifest, indent=2) + '\n')
    print(f'{folder}: {sum(file["bytes"] for file in files) / 1e6:.1f} MB in {len(files)} files')
