/** One object of a PDF: what stands before its stream as text, the stream with its keywords as bytes. */
type PdfObject = { readonly id: number; readonly head: string; readonly rest: Buffer };

/**
 * Puts papers one after another into one PDF, their pages as they are: for printing in one go. Only for PDFs made by this folder (plain
 * cross-reference tables, no encryption). Throws RangeError on any other, and on none.
 */
export function mergePapers(papers: readonly Buffer[]): Buffer {
  if (papers.length === 0) throw new RangeError('没有要合并的文书');
  const objects: { id: number; head: string; rest: Buffer }[] = [];
  const pages: number[] = [];
  let shift = 2;
  for (const paper of papers) {
    const own = objectsOf(paper);
    const trees = new Set(own.filter(({ head }) => /\/Type \/Pages\b/.test(head)).map((each) => each.id));
    const order = kidsInOrder(own);
    pages.push(...order.map((id) => id + shift));
    for (const { id, head, rest } of own) {
      // The old catalogue and page tree are replaced by one for all.
      if (/\/Type \/(Catalog|Pages)\b/.test(head)) continue;
      const moved = head.replace(/\b(\d+) 0 R\b/g, (_, to) =>
        trees.has(Number(to)) ? '2 0 R' : `${Number(to) + shift} 0 R`,
      );
      objects.push({ id: id + shift, head: moved, rest });
    }
    shift += Math.max(...own.map((each) => each.id));
  }
  const tree = `<<\n/Type /Pages\n/Count ${pages.length}\n/Kids [${pages.map((id) => `${id} 0 R`).join(' ')}]\n>>`;
  const roots = [
    { id: 1, head: '<<\n/Type /Catalog\n/Pages 2 0 R\n>>', rest: Buffer.alloc(0) },
    { id: 2, head: tree, rest: Buffer.alloc(0) },
  ];
  return written([...roots, ...objects]);
}

function objectsOf(pdf: Buffer): PdfObject[] {
  const text = pdf.toString('latin1');
  const start = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1] ?? -1);
  const table = start >= 0 ? /^xref\n0 (\d+)\n/.exec(text.slice(start)) : null;
  if (!table) throw new RangeError('不是本系统生成的PDF');
  const lines = text
    .slice(start + table[0].length)
    .split('\n')
    .slice(0, Number(table[1]));
  const offsets = lines.flatMap((line, id) => (/ n\s*$/.test(line) ? [{ id, at: Number(line.slice(0, 10)) }] : []));
  const sorted = offsets.toSorted((a, b) => a.at - b.at);
  return sorted.map(({ id, at }, index) => {
    const body = text.slice(at, sorted[index + 1]?.at ?? start);
    const opened = /^\d+ 0 obj\n/.exec(body)?.[0].length;
    const end = body.lastIndexOf('endobj');
    if (!opened || end < 0) throw new RangeError('不是本系统生成的PDF');
    const inside = body.slice(opened, end);
    const stream = inside.indexOf('stream\n');
    const cut = stream < 0 ? inside.length : stream;
    return { id, head: inside.slice(0, cut).trimEnd(), rest: Buffer.from(inside.slice(cut), 'latin1') };
  });
}

function kidsInOrder(objects: readonly PdfObject[]): number[] {
  const kids = objects.flatMap(({ head }) =>
    /\/Type \/Pages\b/.test(head) ? [/\/Kids \[([^\]]*)\]/.exec(head)?.[1] ?? ''] : [],
  );
  return [...kids.join(' ').matchAll(/(\d+) 0 R/g)].map(([, id]) => Number(id));
}

function written(objects: readonly PdfObject[]): Buffer {
  const pieces: Buffer[] = [Buffer.from('%PDF-1.3\n%\xff\xff\xff\xff\n', 'latin1')];
  const offsets = new Map<number, number>();
  let length = pieces[0]!.length;
  const add = (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const { id, head, rest } of objects) {
    offsets.set(id, length);
    add(Buffer.from(`${id} 0 obj\n${head}\n`, 'latin1'));
    if (rest.length > 0) add(rest);
    add(Buffer.from('endobj\n'));
  }
  const size = Math.max(...offsets.keys()) + 1;
  const lines = Array.from({ length: size }, (_, id) => {
    const at = offsets.get(id);
    return at === undefined ? '0000000000 65535 f \n' : `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  add(
    Buffer.from(
      `xref\n0 ${size}\n${lines.join('')}trailer\n<<\n/Size ${size}\n/Root 1 0 R\n>>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(pieces);
}
