import type { Day } from '../../kernel/day.ts';
import { guideArticle15 } from '../../law/shanxi-reform-guide.ts';
import { smallTicketLimit } from '../../law/state-council-2019-6.ts';
import type { Tx } from '../../platform/db.ts';
import type { Explain } from '../../wire/wire.ts';
import { parseFigures } from './content.ts';
import { lineTitles } from './contract.ts';
import { existing } from './detail.ts';
import { countLoans } from './list-store.ts';
import { isRatio, type Line, type LineValues, type MetricKey, metrics, partsOf, wireValue } from './rules.ts';

/** Where one figure of a certificate comes from: formula, clause, inputs, version, and the loans behind it. */
export async function explainFigure(tx: Tx, id: bigint, line: Line, metric: MetricKey): Promise<Explain> {
  const found = await existing(tx, id);
  const values = parseFigures(found.figures)[line];
  const { title, unit, formula } = metrics[metric];
  const asOf = found.asOf as Day;
  const isSmall = metric === 'smallShare' || metric === 'focusSmallOutstanding';
  const count = await countLoans(tx, found, { line, metric });
  const unverified =
    metric === 'claimRatio'
      ? '解除担保额是否含代偿解除待核，此处按含'
      : isSmall
        ? smallTicketLimit.unverifiedOn(asOf)
        : undefined;
  return {
    title: `${found.regionName} ${lineTitles[line]} ${title}`,
    value: wireValue(metric, values),
    unit,
    formula,
    articles: isSmall ? [guideArticle15, smallTicketLimit.versionAt(asOf).source] : [guideArticle15],
    ...(unverified === undefined ? {} : { unverified }),
    asOf,
    basis: `凭证 ${found.number}（第 ${found.version} 版），按各机构封存核对时所知，最晚 ${found.knownAt}`,
    inputs: [
      ...ratioInputs(id, line, metric, values),
      { name: '凭证内容摘要（SM3）', value: found.contentHash, unit: '无', source: found.number },
      { name: '明细摘要（SM3）', value: found.rowsHash, unit: '无', source: `${found.rowsCount} 行` },
    ],
    rows: { url: `/api/feedback/certificates/${id}/rows?line=${line}&metric=${metric}`, count },
  };
}

function ratioInputs(id: bigint, line: Line, metric: MetricKey, values: LineValues): Explain['inputs'] {
  if (!isRatio(metric)) return [];
  const { over, under } = partsOf(metric);
  return [over, under].map((key) => ({
    name: metrics[key].title,
    value: wireValue(key, values),
    unit: metrics[key].unit,
    explain: `/api/feedback/certificates/${id}/explain?line=${line}&metric=${key}`,
  }));
}
