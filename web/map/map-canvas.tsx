import type { EChartsOption } from 'echarts';
import { useEffect, useMemo, useRef } from 'react';
import type { MoneyUnit } from '../../src/kernel/money.ts';
import { echarts } from '../fields/echarts.ts';
import { showFigure } from '../fields/show.ts';
import { rampColors, tokens } from '../shell/theme.ts';
import geo from './shanxi.geo.json';
import type { MapValue } from './shanxi-map.tsx';

type Feature = {
  readonly properties: { readonly code: string; readonly name: string; readonly level: string; readonly cp: number[] };
};
const features = (geo as unknown as { features: readonly Feature[] }).features;
const names = new Map(features.map((each) => [each.properties.code, each.properties.name]));

type MapCanvasProps = {
  readonly title: string;
  readonly unit: string;
  readonly data: readonly MapValue[];
  readonly height: number;
  readonly city: string | undefined;
  readonly level: 'city' | 'county';
  readonly moneyUnit: MoneyUnit;
  readonly onPick: (code: string, name: string) => void;
};

/** The drawing half of `ShanxiMap`; kept apart with the outlines so that neither is loaded before a map is seen. */
export default function MapCanvas(props: MapCanvasProps) {
  const { data, city, level, unit, moneyUnit, title, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof echarts.init>>(undefined);
  const pick = useRef(props.onPick);
  pick.current = props.onPick;
  const option = useMemo(
    () => mapOption({ data, city, level, unit, moneyUnit, title }),
    [data, city, level, unit, moneyUnit, title],
  );
  useEffect(() => {
    const drawn = echarts.init(box.current!, 'rongdan');
    chart.current = drawn;
    drawn.on('click', (event) => pick.current(event.name, names.get(event.name) ?? event.name));
    const observer = new ResizeObserver(() => drawn.resize());
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);
  return <div ref={box} style={{ height }} role="img" aria-label={`山西省地图：${title}`} />;
}

/** The codes a level shows: cities, all counties, or the counties of one city. */
export function codesShown(city: string | undefined, level: 'city' | 'county'): string[] {
  const wanted = city === undefined ? level : 'county';
  return features
    .filter((each) => each.properties.level === wanted)
    .filter((each) => city === undefined || each.properties.code.startsWith(city.slice(0, 4)))
    .map((each) => each.properties.code);
}

function mapOption(of: Omit<MapCanvasProps, 'height' | 'onPick'>): EChartsOption {
  const codes = codesShown(of.city, of.level);
  const map = `shanxi-${of.city ?? of.level}`;
  const isShown = new Set(codes);
  if (!echarts.getMap(map)) {
    const shown = features.filter((each) => isShown.has(each.properties.code));
    echarts.registerMap(map, { type: 'FeatureCollection', features: shown } as never);
  }
  const found = new Map(of.data.map((each) => [each.code, each]));
  // Numbers are for the paint only; every figure people read comes from the exact text.
  const numbers = codes.map((code) => toNumber(found.get(code)?.value));
  const figures = numbers.filter((value) => !Number.isNaN(value));
  const top = Math.max(0, ...figures);
  const painted = codes.map((name, index) => {
    const value = numbers[index]!;
    return { name, value, label: value > top * 0.45 ? onDark : onLight };
  });
  const text = (value: MapValue['value']) => {
    const shown = showFigure(value, of.unit, of.moneyUnit);
    return value === undefined || value === '' ? '无数据' : `${shown.text} ${shown.unit}`.trim();
  };
  return {
    tooltip: { trigger: 'item', formatter: (hit) => hover(String((hit as { name: string }).name), of, found, text) },
    visualMap: {
      type: 'continuous',
      min: Math.min(0, ...figures),
      max: top === 0 ? 1 : top,
      left: 12,
      top: 40,
      itemWidth: 10,
      itemHeight: 60,
      text: [`${of.title}\n${text(topText(of.data, codes, top))}`, '0'],
      textStyle: { color: tokens.inkSoft, fontSize: 11, lineHeight: 16 },
      inRange: { color: [...rampColors] },
      outOfRange: { color: '#e4e7ea' },
      calculable: false,
    },
    series: [
      {
        type: 'map',
        map,
        nameProperty: 'code',
        roam: false,
        top: 34,
        bottom: 10,
        left: of.city ? 104 : 40,
        right: 16,
        aspectScale: 0.8,
        selectedMode: false,
        data: painted,
        label: {
          show: of.city !== undefined || of.level === 'city',
          fontSize: 11,
          formatter: ({ name }: { name: string }) => names.get(name) ?? name,
        },
        itemStyle: {
          areaColor: '#e4e7ea',
          borderColor: '#fff',
          borderWidth: of.level === 'county' && !of.city ? 0.6 : 1.2,
        },
        emphasis: { label: { show: true, color: tokens.ink }, itemStyle: { areaColor: '#f0c66a' } },
      },
    ],
  } as EChartsOption;
}

const onLight = { color: tokens.ink, textBorderColor: 'rgba(255,255,255,.7)', textBorderWidth: 2 };
const onDark = { color: '#fff', textBorderColor: 'rgba(10,42,86,.75)', textBorderWidth: 2 };

function hover(
  code: string,
  of: { readonly title: string },
  found: ReadonlyMap<string, MapValue>,
  text: (value: MapValue['value']) => string,
): string {
  const value = found.get(code);
  const lines = [{ name: of.title, value: text(value?.value) }, ...(value?.lines ?? [])];
  const rows = lines.map((each) => `${escapeHtml(each.name)}　<b>${escapeHtml(each.value)}</b>`);
  return [`<b>${escapeHtml(names.get(code) ?? code)}</b>`, ...rows].join('<br>');
}

const escapeHtml = (text: string): string => echarts.format.encodeHTML(text);
const toNumber = (value: MapValue['value']): number => (value ? Number(value) : Number.NaN);
const topText = (data: readonly MapValue[], codes: readonly string[], top: number) =>
  data.find((each) => codes.includes(each.code) && Number(each.value) === top)?.value ?? '0';
