"""A vocabulary of the captions' own words in CLIP's form: byte alphabet, merges that build every word whole, start and end."""
import collections, json, re

START, END = '<|startoftext|>', '<|endoftext|>'
PATTERN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+")


def byte_letters():
    """CLIP's 256 letters, one a byte (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + place) for place in range(len(rest))]


class Words:
    """Ids of texts; every word of the captions it was made of is one token."""

    def __init__(self, captions):
        letters = byte_letters()
        counts = collections.Counter(word for caption in captions for word in PATTERN.findall(caption.lower()))
        pieces = {word: [*word[:-1], word[-1] + '</w>'] for word in sorted(counts)}
        self.merges = []
        while True:
            pairs = collections.Counter()
            for word, parts in pieces.items():
                for pair in zip(parts, parts[1:]):
                    pairs[pair] += counts[word]
            if not pairs:
                break
            best = max(sorted(pairs), key=pairs.get)
            self.merges.append(best)
            for word, parts in pieces.items():
                joined = []
                for part in parts:
                    if joined and (joined[-1], part) == best:
                        joined[-1] += part
                    else:
                        joined.append(part)
                pieces[word] = joined
        tokens = [*letters, *(letter + '</w>' for letter in letters), *(a + b for a, b in self.merges), START, END]
        self.vocab = {token: place for place, token in enumerate(tokens)}
        self.start, self.end = self.vocab[START], self.vocab[END]

    @classmethod
    def kept(cls, vocab, merges):
        """Those that weights were trained with: made anew of other captions they may stand in another order."""
        words = cls([])
        words.vocab, words.merges = vocab, merges
        words.start, words.end = vocab[START], vocab[END]
        return words

    @classmethod
    def of(cls, folder):
        """Those that a checkpoint was saved with."""
        return cls.kept(json.loads((folder / 'vocab.json').read_text()), [tuple(line.split()) for line in (folder / 'merges.txt').read_text().splitlines()[1:]])

    def ids(self, text, context):
        inner = [self.vocab[word + '</w>'] for word in PATTERN.findall(text.lower())]
        return [self.start, *inner[:context - 2], self.end]

    def save(self, folder, context):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / 'vocab.json').write_text(json.dumps(self.vocab, ensure_ascii=False))
        (folder / 'merges.txt').write_text('#version: 0.2\n' + ''.join(f'{a} {b}\n' for a, b in self.merges))
        special = dict(bos_token=START, eos_token=END, unk_token=END, pad_token=END)
        (folder / 'special_tokens_map.json').write_text(json.dumps(special))
        (folder / 'tokenizer_config.json').write_text(json.dumps(dict(special, tokenizer_class='CLIPTokenizer', do_lower_case=True, model_max_length=context)))
