import { sm3 } from './sm3.ts';

/**
 * The one JSON text of a value, for hashing and signing: keys sorted by UTF-16 code unit, no blanks, bigint as a decimal
 * string (as money travels on the wire), undefined properties left out. Equal values give equal text on every machine.
 * Throws TypeError on what has no such text: NaN, Infinity, Date, Map, functions, symbols, undefined in an array, cycles.
 */
export function canonicalJson(value: unknown): string {
  return write(value, [], '$');
}

/** SM3 of the canonical JSON of a value. */
export const hashOf = (value: unknown): string => sm3(canonicalJson(value));

function write(value: unknown, above: readonly object[], path: string): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `"${value}"`;
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${path}：${value}没有规范的JSON`);
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : writeObject(value, above, path);
    default:
      throw new TypeError(`${path}：${typeof value}没有规范的JSON`);
  }
}

function writeObject(value: object, above: readonly object[], path: string): string {
  if (above.includes(value)) throw new TypeError(`${path}：循环引用没有规范的JSON`);
  const inside = [...above, value];
  if (Array.isArray(value)) {
    return `[${Array.from(value, (each, index) => write(each, inside, `${path}[${index}]`)).join(',')}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`${path}：${value.constructor.name}没有规范的JSON`);
  }
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${write(each, inside, `${path}.${key}`)}`);
  return `{${members.join(',')}}`;
}
