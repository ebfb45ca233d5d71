import { Breadcrumb, Segmented, Skeleton } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { FootLine } from '../fields/foot-line.tsx';
import type { Wire } from '../fields/show.ts';
import { useUnit } from '../shell/unit.tsx';

const MapCanvas = lazy(() => import('./map-canvas.tsx'));

/** The figure of one city or county. null: not applicable; a code left out: no data. `lines` go into the hover. */
export type MapValue = {
  readonly code: string;
  readonly value: Wire;
  readonly lines?: readonly { readonly name: string; readonly value: string }[];
};

type ShanxiMapProps = {
  /** What is shown, e.g. 在保余额. */
  readonly title: string;
  /** 元 follows the unit switch; % and counts stand as they are. */
  readonly unit: string;
  /** Cities and counties together; the level on show picks its own. */
  readonly data: readonly MapValue[];
  readonly height: number;
  /** A click on a county: usually its loans. Clicks on the province open the city. */
  readonly onCounty?: (code: string, name: string) => void;
  /** Told when the area on show changes: '140000' or a city. */
  readonly onArea?: (code: string) => void;
  readonly asOf?: Wire;
  readonly basis?: string;
};

/** The map of Shanxi: province → city → county by clicks, back by the trail, or all counties at once. */
export function ShanxiMap({ height, onCounty, onArea, asOf, basis, ...drawn }: ShanxiMapProps) {
  const [city, setCity] = useState<{ code: string; name: string }>();
  const [level, setLevel] = useState<'city' | 'county'>('city');
  const moneyUnit = useUnit();
  const show = (next: { code: string; name: string } | undefined) => {
    setCity(next);
    onArea?.(next?.code ?? '140000');
  };
  const pick = (code: string, name: string) => {
    if (code.endsWith('00')) show({ code, name });
    else onCounty?.(code, name);
  };
  return (
    <div className="map-box">
      <div className="map-tools">
        <Breadcrumb
          className="map-trail"
          items={[
            { title: city ? <a>山西省</a> : '山西省', onClick: () => show(undefined) },
            ...(city ? [{ title: city.name }] : []),
          ]}
        />
        {!city && (
          <Segmented
            size="small"
            style={{ marginLeft: 'auto' }}
            value={level}
            onChange={setLevel}
            options={[
              { value: 'city', label: '按市' },
              { value: 'county', label: '按县' },
            ]}
          />
        )}
      </div>
      <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 8 }} className="pad" />}>
        <MapCanvas {...drawn} height={height} city={city?.code} level={level} moneyUnit={moneyUnit} onPick={pick} />
      </Suspense>
      {asOf && (
        <div style={{ padding: '0 12px 8px' }}>
          <FootLine asOf={asOf} {...(basis ? { basis } : {})} {...(drawn.unit === '元' ? {} : { unit: drawn.unit })} />
        </div>
      )}
    </div>
  );
}
