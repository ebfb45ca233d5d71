/** What JSON has no word for is kept beside its kind, so that a repeat gets back what the first request got. */
type Kept = { readonly $kept: 'bigint' | 'instant'; readonly text: string };

const isKept = (value: object): value is Kept => '$kept' in value && 'text' in value;

/** An answer as JSON text: amounts and ids (bigint) and instants (Date) survive, what is undefined is left out as JSON does. */
export const packAnswer = (answer: unknown): string => JSON.stringify(packed(answer) ?? null);

function packed(value: unknown): unknown {
  if (typeof value === 'bigint') return { $kept: 'bigint', text: String(value) } satisfies Kept;
  if (value instanceof Date) return { $kept: 'instant', text: value.toISOString() } satisfies Kept;
  if (Array.isArray(value)) return value.map(packed);
  return isPlain(value) ? mapped(value, packed) : value;
}

/** The answer that `packAnswer` kept, as it was. */
export function unpackAnswer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpackAnswer);
  if (!isPlain(value)) return value;
  if (!isKept(value)) return mapped(value, unpackAnswer);
  return value.$kept === 'bigint' ? BigInt(value.text) : new Date(value.text);
}

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null;
const mapped = (value: object, change: (part: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part)]));
