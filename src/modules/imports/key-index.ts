/**
 * Remembers, in 16 bytes a key, on which line a key stood first and what its row said: millions of rows in bounded memory.
 * Keys are told apart by 64 bits of hash; two different keys of one file meet with a chance of about 1 in 10^7 at a million rows,
 * and then only in refusing a row that a person can send again, never in entering one.
 */
export class KeyIndex {
  /** Told apart by the first bits of the hash: only one of them is ever copied to grow, so that growing takes no second index. */
  readonly #shelves = Array.from({ length: 64 }, () => new Shelf());

  /** The line and content hash under this key, after putting it there when it was not. Lines start at 1. */
  seen(key: string, line: number, content: string): { readonly line: number; readonly isSame: boolean } | undefined {
    const high = hash(key, 0x811c9dc5);
    return this.#shelves[high >>> 26]!.seen(high, hash(key, 0x9747b28c), line, hash(content, 0x5bd1e995));
  }
}

/** Open addressing over slots of four numbers: both halves of the hash, the line (0: empty) and what the row said. */
class Shelf {
  #slots = new Uint32Array(4 * 64);
  #size = 0;

  seen(high: number, low: number, line: number, said: number) {
    if (this.#size * 16 >= this.#slots.length * 3) this.#grow();
    const at = this.#find(high, low);
    if (this.#slots[at + 2] !== 0) return { line: this.#slots[at + 2]!, isSame: this.#slots[at + 3] === said };
    this.#put(at, high, low, line, said);
    this.#size += 1;
    return undefined;
  }

  #find(high: number, low: number): number {
    const slots = this.#slots;
    const end = slots.length;
    // The hash scaled to the length, whatever it is: no need for powers of two, which would waste up to half.
    let at = Math.floor((low / 2 ** 32) * (end / 4)) * 4;
    while (slots[at + 2] !== 0 && (slots[at] !== high || slots[at + 1] !== low)) {
      at += 4;
      if (at === end) at = 0;
    }
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(Math.ceil((old.length * 3) / 8) * 4);
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 2] === 0) continue;
      const [high, low] = [old[from]!, old[from + 1]!];
      this.#put(this.#find(high, low), high, low, old[from + 2]!, old[from + 3]!);
    }
  }

  #put(at: number, high: number, low: number, line: number, said: number): void {
    const slots = this.#slots;
    slots[at] = high;
    slots[at + 1] = low;
    slots[at + 2] = line;
    slots[at + 3] = said;
  }
}

/** 32 bits of a text (murmur-style mixing of UTF-16 units). */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x5bd1e995);
    value ^= value >>> 15;
  }
  value = Math.imul(value ^ (value >>> 13), 0x85ebca6b);
  return (value ^ (value >>> 16)) >>> 0;
}
