import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { GuaranteeDetail } from '../../../src/modules/guarantees/contract.ts';
import { Chart, FootLine, showWireMoney } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { tokens } from '../../shell/theme.ts';
import { useUnit } from '../../shell/unit.tsx';

type Tip = { readonly data: readonly [string, number, string] };

/** The balance over time as steps: it holds from one movement to the next. */
export function BalanceChart({ of }: { of: GuaranteeDetail }) {
  const me = useMe();
  const unit = useUnit();
  const steps = useMemo(() => stepsOf(of, me.today), [of, me.today]);
  const option = useMemo<EChartsOption>(
    () => ({
      grid: { left: 8, right: 24, top: 30, bottom: 8, outerBoundsMode: 'same' },
      tooltip: {
        trigger: 'axis',
        formatter: (hits: unknown) => {
          const [day, , text] = (hits as readonly Tip[])[0]!.data;
          return `${day}<br>在保余额　<b>${showWireMoney(text, unit)} ${unit}</b>`;
        },
      },
      xAxis: { type: 'time', axisLabel: { formatter: '{yyyy}-{MM}', hideOverlap: true } },
      yAxis: {
        type: 'value',
        name: `单位：${unit}`,
        nameTextStyle: { align: 'left' },
        // The axis is paint; exact figures are in the hover.
        axisLabel: { formatter: (value: number) => showWireMoney(value.toFixed(2), unit).replace(/\.0+$/, '') },
      },
      series: [
        {
          name: '在保余额',
          type: 'line',
          step: 'end',
          data: steps.map((each) => [each.day, Number(each.balance), each.balance]),
          areaStyle: { color: tokens.primarySoft },
          color: tokens.primary,
        },
      ],
    }),
    [steps, unit],
  );
  return (
    <div className="pad">
      <Chart
        title={`在保余额走势，现为 ${showWireMoney(of.outstanding, unit)} ${unit}`}
        option={option}
        height={220}
        isEmpty={of.movements.length === 0}
        emptyNext="登记放款之后这里显示余额的变化。"
      />
      <FootLine asOf={me.today} basis="合同口径；按发生日排列" />
    </div>
  );
}

/** The balance after each day on which something happened, up to today. Reversals count on the day of the reversal. */
function stepsOf(of: GuaranteeDetail, today: string): { day: string; balance: string }[] {
  const byDay = new Map<string, string>();
  for (const each of of.movements) byDay.set(each.occurredOn, each.outstandingAfter);
  const steps = [...byDay].map(([day, balance]) => ({ day, balance })).sort((a, b) => (a.day < b.day ? -1 : 1));
  const last = steps.at(-1);
  return last && last.day < today ? [...steps, { day: today, balance: last.balance }] : steps;
}
