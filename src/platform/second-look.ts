/**
 * Where does this work stand? Whether a process is at it is told by its lock, which is seen live, while the row is seen as of the
 * transaction's start: work that ends in between looks `stalled`. A second look, in a transaction of its own, tells the two apart.
 */
export async function secondLook<Work extends { readonly phase: string }>(look: () => Promise<Work>): Promise<Work> {
  const first = await look();
  return first.phase === 'stalled' ? look() : first;
}
