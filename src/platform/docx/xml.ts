import { Refused } from '../../kernel/refusal.ts';

/** An element with the source text of its start tag: what is not touched is written back byte for byte. */
export type XmlElement = {
  readonly name: string;
  open: string;
  readonly isEmpty: boolean;
  children: XmlNode[];
};
/** An element, or source text (escaped), comments and instructions included. */
export type XmlNode = XmlElement | string;

const token = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(?:"[^"]*"|'[^']*'|[^'"<>])*>|[^<]+/g;
const deepest = 500;

/** Reads a part into a tree. Refused when it is not well-formed, too deep, or has a document type (no entity is ever resolved). */
export function parseXml(text: string): XmlNode[] {
  const root: XmlNode[] = [];
  const open: XmlElement[] = [];
  let read = 0;
  for (const [piece] of text.matchAll(token)) {
    read += piece.length;
    const into = open.at(-1)?.children ?? root;
    if (piece.startsWith('</')) {
      if (open.pop()?.name !== piece.slice(2, -1).trim()) throw damaged();
    } else if (/^<[^!?]/.test(piece)) {
      const name = /^<([^\s/>]+)/.exec(piece)?.[1];
      if (!name || open.length >= deepest) throw damaged();
      const element: XmlElement = { name, open: piece, isEmpty: piece.endsWith('/>'), children: [] };
      into.push(element);
      if (!element.isEmpty) open.push(element);
    } else {
      if (/^<!(?!--|\[CDATA)/.test(piece)) throw damaged();
      into.push(piece);
    }
  }
  if (read !== text.length || open.length > 0) throw damaged();
  return root;
}

/** The text of a tree again. */
export const writeXml = (nodes: readonly XmlNode[]): string =>
  nodes
    .map((node) => {
      if (typeof node === 'string') return node;
      return node.isEmpty ? node.open : `${node.open}${writeXml(node.children)}</${node.name}>`;
    })
    .join('');

/** A copy that shares nothing. Identities that must be unique in a document are left out of it. */
export const cloneXml = (node: XmlNode): XmlNode =>
  typeof node === 'string'
    ? node
    : {
        name: node.name,
        open: node.open.replace(/ w14:(?:paraId|textId)="[^"]*"/g, ''),
        isEmpty: node.isEmpty,
        children: node.children.map(cloneXml),
      };

const isElement = (node: XmlNode): node is XmlElement => typeof node !== 'string';

/** The element children of a name, or all of them. */
export const elementsOf = (of: XmlElement | readonly XmlNode[], name?: string): XmlElement[] =>
  ('children' in of ? of.children : of).filter(isElement).filter((each) => name === undefined || each.name === name);

/** The first element child of a name. */
export const childOf = (of: XmlElement | undefined, name: string): XmlElement | undefined =>
  of && elementsOf(of, name)[0];

/** Every element below, in document order; `into` decides whether to look inside one. */
export function* descendants(
  nodes: readonly XmlNode[],
  into: (element: XmlElement) => boolean = () => true,
): Generator<XmlElement> {
  for (const node of nodes) {
    if (!isElement(node)) continue;
    yield node;
    if (into(node)) yield* descendants(node.children, into);
  }
}

/** An attribute's value, unescaped. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  const found = element && new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(element.open);
  return found ? unescapeXml(found[1] ?? found[2] ?? '') : undefined;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Source text as people read it. */
export const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return named[name] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** Text as it may stand in a part; what XML cannot hold is left out. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

const damaged = (): Refused =>
  new Refused({
    code: 'docx-damaged',
    field: 'file',
    message: '文档内容已损坏，无法读取：请用文字处理软件打开并另存为 DOCX',
  });
