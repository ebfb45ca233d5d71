import { refuseFile } from './row.ts';

const slabBytes = 4 << 20;

/** The shared strings of a workbook, held as bytes outside the heap. Refused beyond the given size. */
export class SharedStrings {
  readonly #maxBytes: number;
  readonly #slabs: Buffer[] = [];
  #ends = new Float64Array(1024);
  #count = 0;
  #slabUsed = slabBytes;
  readonly #recent = new Map<number, string>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#count;
  }

  add(text: string): void {
    const length = Buffer.byteLength(text);
    // A string never crosses slabs: what is left of the old one stays unused.
    if (this.#slabUsed + length > slabBytes) {
      if (this.#slabs.length * slabBytes + length > this.#maxBytes || length > slabBytes) {
        const size = `${Math.round(this.#maxBytes / 2 ** 20)}MB`;
        throw refuseFile('xlsx-too-many-strings', `工作簿的不重复文字超过${size}：请拆成几个文件，或改用CSV报送`);
      }
      this.#slabs.push(Buffer.allocUnsafeSlow(slabBytes));
      this.#slabUsed = 0;
    }
    const start = (this.#slabs.length - 1) * slabBytes + this.#slabUsed;
    this.#slabs.at(-1)!.write(text, this.#slabUsed);
    if (this.#count * 2 + 2 > this.#ends.length) {
      const grown = new Float64Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.#count * 2] = start;
    this.#ends[this.#count * 2 + 1] = start + length;
    this.#count++;
    this.#slabUsed += length;
  }

  /** The string of this index; undefined where the table has none. */
  get(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined;
    const known = this.#recent.get(index);
    if (known !== undefined) return known;
    const start = this.#ends[index * 2]!;
    const length = this.#ends[index * 2 + 1]! - start;
    // An empty string may stand at the very end of a slab: it belongs to no byte.
    const slab = this.#slabs[Math.floor(start / slabBytes)];
    const text = length === 0 ? '' : slab!.toString('utf8', start % slabBytes, (start % slabBytes) + length);
    if (this.#recent.size >= 4096) this.#recent.clear();
    this.#recent.set(index, text);
    return text;
  }
}
