import { useUnit } from '../shell/unit.tsx';
import { showWireDay, type Wire } from './show.ts';

type FootLineProps = {
  /** The day the figures are true. */
  readonly asOf?: Wire;
  /** 口径: document or definition the figures follow. */
  readonly basis?: string | undefined;
  /** Names another unit than the switch's, or null where no money is shown. */
  readonly unit?: string | null;
};

/** 单位：万元　数据截至 2024-09-30　口径：… — under every table and chart of figures. */
export function FootLine({ asOf, basis, unit }: FootLineProps) {
  const chosen = useUnit();
  const parts = [
    unit === null ? '' : `单位：${unit ?? chosen}`,
    asOf ? `数据截至 ${showWireDay(asOf)}` : '',
    basis ? `口径：${basis}` : '',
  ];
  return <div className="foot-line">{parts.filter(Boolean).join('　')}</div>;
}
