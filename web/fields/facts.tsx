import type { ReactNode } from 'react';

/** One fact of a record: its name and what is known of it. */
export type Fact = { readonly name: string; readonly value: ReactNode; readonly wide?: boolean };

/** The facts of one record as a grid of name over value; a missing value stays blank, the name is always there. */
export const Facts = ({ facts, columns = 4 }: { facts: readonly Fact[]; columns?: number }) => (
  <dl className="facts" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
    {facts.map(({ name, value, wide }) => (
      <div key={name} style={wide ? { gridColumn: 'span 2' } : undefined}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
