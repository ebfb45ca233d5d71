/**
 * Remembers, in 16 bytes a key, on which line a key stood first and what its row said: millions of rows in bounded memory.
 * Keys are told apart by 64 bits of hash; two different keys of one file meet with a chance of about 1 in 10^7 at a million rows,
 * and then only in refusing a row that a person can send again, never in entering one.
 */
export class KeyIndex {
  #slots = new Uint32Array(4 * 4096);
  #mask = 4095;
  #size = 0;

  /** The line and content hash under this key, after putting it there when it was not. Lines start at 1. */
  seen(key: string, line: number, content: string): { readonly line: number; readonly isSame: boolean } | undefined {
    if (this.#size * 5 > (this.#mask + 1) * 3) this.#grow();
    const high = hash(key, 0x811c9dc5);
    const low = hash(key, 0x9747b28c);
    const said = hash(content, 0x5bd1e995);
    const at = this.#find(high, low);
    if (this.#slots[at + 2] !== 0) return { line: this.#slots[at + 2]!, isSame: this.#slots[at + 3] === said };
    this.#slots.set([high, low, line, said], at);
    this.#size += 1;
    return undefined;
  }

  #find(high: number, low: number): number {
    let at = (low & this.#mask) * 4;
    while (this.#slots[at + 2] !== 0 && (this.#slots[at] !== high || this.#slots[at + 1] !== low))
      at = (at + 4) & (this.#mask * 4 + 3);
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Uint32Array(4 * (this.#mask + 1));
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 2] === 0) continue;
      this.#slots.set(old.subarray(from, from + 4), this.#find(old[from]!, old[from + 1]!));
    }
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
