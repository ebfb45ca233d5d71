import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Filters = Readonly<Record<string, string | undefined>>;

/** Filters kept in the address, so that the back button, a bookmark and a link sent to a colleague show the same list. */
export function useFilters(): readonly [Filters, (change: Filters) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const filters: Filters = Object.fromEntries(
    Object.entries(search).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
  const change = useCallback(
    (changed: Filters) => {
      const merge = (previous: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries({ ...previous, ...changed }).filter(([, value]) => value !== undefined && value !== ''),
        );
      void navigate({ to: '.' as string, search: merge as never, replace: true });
    },
    [navigate],
  );
  return [filters, change];
}
