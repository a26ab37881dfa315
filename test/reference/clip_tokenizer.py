"""A small vocabulary of our own in CLIP's format and what the Rust tokenizers library (through transformers 5.23) makes of texts with it.
Writes fixtures/clip-tokenizer/. Trained on the sentences below, so nothing of OpenAI's vocabulary is in it."""
import json, pathlib, shutil
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

FOLDER = pathlib.Path(__file__).parent / 'fixtures' / 'clip-tokenizer'
START, END = '<|startoftext|>', '<|endoftext|>'
SENTENCES = ['a photo of a cat.', 'a photo of a dog.', 'A photo of cat, dog, and traffic light', 'traffic light', 'teddy bear', 'bear', 'hot dog', 'dining table', 'tv/monitor',
    'potted plant', "it's a person's bicycle", 'wall-other-merged', 'aeroplane', 'motorbike', 'sheep', 'sofa', 'train', 'boat', 'bottle', 'cow', 'horse', 'a photo of a building other.'] * 3
TEXTS = ['a photo of a cat.', 'A Photo OF  a\tDOG', 'hot dog', "it's we'll DON'T I'm they're you've he'd", 'tv/monitor', 'x1 22 café', 'naïve Straße', '😀 👩‍💻', 'مرحبا', '!!!??', '',
    ' ', 'line\r\nbreak', 'zebra ' * 40, 'wall-other-merged', 'İstanbul', 'ﬁne', 'a\u00a0b', '#tag @you http://a.b/c?d=e']

tokenizer = Tokenizer(models.BPE(unk_token=END, end_of_word_suffix='</w>', continuing_subword_prefix=''))
tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r'\s+'), ' '), normalizers.Lowercase()])
tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), behavior='removed', invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
trainer = trainers.BpeTrainer(vocab_size=900, initial_alphabet=alphabet, end_of_word_suffix='</w>', show_progress=False)
tokenizer.train_from_iterator(SENTENCES, trainer)
trained = json.loads(tokenizer.to_str())['model']
# CLIP's order: characters, characters at a word's end, merges, start, end
merges = [tuple(m) for m in trained['merges']]
words = alphabet + [c + '</w>' for c in alphabet]
words += [a + b for a, b in merges if a + b not in words] + [START, END]
vocab = {word: i for i, word in enumerate(dict.fromkeys(words))}
tokenizer.model = models.BPE(vocab=vocab, merges=merges, unk_token=END, end_of_word_suffix='</w>', continuing_subword_prefix='')
tokenizer.add_special_tokens([START, END])
shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
(FOLDER / 'vocab.json').write_text(json.dumps(vocab, ensure_ascii=False) + '\n')
(FOLDER / 'merges.txt').write_text('#version: 0.2\n' + ''.join(f'{a} {b}\n' for a, b in merges))
(FOLDER / 'expected.json').write_text(json.dumps({'start': vocab[START], 'end': vocab[END], 'tokenizer': json.loads(tokenizer.to_str()),
    'vectors': [{'text': text, 'ids': tokenizer.encode(text, add_special_tokens=False).ids} for text in TEXTS]}, ensure_ascii=False) + '\n')
print(len(vocab), 'tokens,', len(merges), 'merges')
