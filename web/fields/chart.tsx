import { Skeleton } from 'antd';
import type { EChartsOption } from 'echarts';
import { lazy, Suspense } from 'react';
import { EmptyState } from '../shell/states.tsx';

const Canvas = lazy(() => import('./chart-canvas.tsx'));

type ChartProps = {
  /** Says what the chart shows, for people who do not see it; put the finding in it where there is one. */
  readonly title: string;
  readonly option: EChartsOption;
  readonly height: number;
  readonly isEmpty?: boolean;
  /** What to do when there is nothing to draw. */
  readonly emptyNext?: string;
  readonly onPick?: (picked: { readonly name: string; readonly seriesName: string; readonly index: number }) => void;
};

/** An ECharts chart in the house colours, which follows the size of its box. The library is loaded when first needed. */
export function Chart({ isEmpty, emptyNext = '换一个时段或区域再看', ...canvas }: ChartProps) {
  if (isEmpty) return <EmptyState title="没有可画的数据" next={emptyNext} />;
  return (
    <Suspense
      fallback={<Skeleton active title={false} paragraph={{ rows: Math.max(2, Math.floor(canvas.height / 40)) }} />}
    >
      <Canvas {...canvas} />
    </Suspense>
  );
}
