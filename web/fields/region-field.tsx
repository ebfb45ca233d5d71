import { useQuery } from '@tanstack/react-query';
import { Cascader } from 'antd';
import { api } from '../api.ts';

/** One row of GET /api/regions: a GB/T 2260 code and the code it lies in. */
export type Region = {
  readonly code: string;
  readonly name: string;
  readonly level: 'province' | 'city' | 'county';
  readonly parentCode: string | null;
};
type Node = { value: string; label: string; children?: Node[] };

/** All regions, fetched once a session. */
export const useRegions = () =>
  useQuery({
    queryKey: ['regions'],
    queryFn: ({ signal }) => api.get<{ rows: readonly Region[] }>('/api/regions', {}, signal),
    select: (found) => found.rows,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The name of a region code, or the code while names are on their way. */
export const useRegionName = (): ((code: string | null | undefined) => string) => {
  const regions = useRegions().data;
  return (code) => (code ? (regions?.find((each) => each.code === code)?.name ?? code) : '');
};

type RegionFieldProps = {
  readonly value?: string | undefined;
  readonly onChange?: (code: string | undefined) => void;
  /** Only a county will do. Otherwise province and city may be chosen too. */
  readonly countyOnly?: boolean;
  readonly placeholder?: string;
  readonly width?: number;
  /** Given by a form, so that its label names the field. */
  readonly id?: string;
};

/** Chooses a region by cascade, or by typing part of a name; the value is one GB/T 2260 code. */
export function RegionField({
  value,
  onChange,
  countyOnly,
  placeholder = '全部区域',
  width = 190,
  id,
}: RegionFieldProps) {
  const { data: regions = [], isPending } = useRegions();
  return (
    <Cascader
      {...(id ? { id } : {})}
      loading={isPending}
      options={toTree(regions)}
      value={pathTo(regions, value)}
      changeOnSelect={!countyOnly}
      expandTrigger="hover"
      showSearch
      allowClear
      placeholder={placeholder}
      style={{ width }}
      displayRender={(labels) => labels.slice(-2).join(' / ')}
      onChange={(path) => onChange?.(path?.length ? String(path[path.length - 1]) : undefined)}
    />
  );
}

/** Regions nested for a cascade. */
export function toTree(regions: readonly Region[]): Node[] {
  const nodes = new Map(regions.map((each) => [each.code, { value: each.code, label: each.name } as Node]));
  const roots: Node[] = [];
  for (const region of regions) {
    const node = nodes.get(region.code)!;
    const parent = region.parentCode ? nodes.get(region.parentCode) : undefined;
    if (!parent) roots.push(node);
    else parent.children = [...(parent.children ?? []), node];
  }
  return roots;
}

/** The codes from the top down to `code`. */
export function pathTo(regions: readonly Region[], code: string | undefined): string[] {
  const found = code ? regions.find((each) => each.code === code) : undefined;
  if (!found) return [];
  return [...pathTo(regions, found.parentCode ?? undefined), found.code];
}
