import type { EChartsOption } from 'echarts';
import { useEffect, useRef } from 'react';
import { echarts } from './echarts.ts';

type ChartCanvasProps = {
  readonly title: string;
  readonly option: EChartsOption;
  readonly height: number;
  readonly onPick?: (picked: { readonly name: string; readonly seriesName: string; readonly index: number }) => void;
};

/** The drawing half of `Chart`; kept apart so that ECharts is a file of its own. */
export default function ChartCanvas({ title, option, height, onPick }: ChartCanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof echarts.init>>(undefined);
  const pick = useRef(onPick);
  pick.current = onPick;
  useEffect(() => {
    const drawn = echarts.init(box.current!, 'rongdan');
    chart.current = drawn;
    drawn.on('click', (event) =>
      pick.current?.({ name: event.name, seriesName: event.seriesName ?? '', index: event.dataIndex ?? -1 }),
    );
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption({ aria: { enabled: true, label: { description: title } }, ...option }, { notMerge: true });
  }, [option, title]);
  return <div ref={box} className="chart" style={{ height }} role="img" aria-label={title} />;
}
