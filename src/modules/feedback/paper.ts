import { type Day, showDay } from '../../kernel/day.ts';
import { type Fen, showMoney } from '../../kernel/money.ts';
import { quarter, showQuarter } from '../../kernel/month.ts';
import { showPercent } from '../../kernel/ratio.ts';
import { dayOfInstant } from '../../platform/clock.ts';
import { createPaper } from '../../platform/papers/index.ts';
import { chineseDay } from '../../platform/text/index.ts';
import { parseFigures } from './content.ts';
import { statusTitles } from './contract.ts';
import { isRatio, type Line, type LineValues, type MetricKey, metrics, ratioOf } from './rules.ts';
import type { Certificate } from './store.ts';

const columns: readonly (readonly [Line, string])[] = [
  ['total', '合计'],
  ['p1', '支小'],
  ['p2', '支农'],
  ['p4', '支新'],
  ['p8', '支创'],
  ['p0', '其他'],
];
const printed: readonly MetricKey[] = [
  ...(['households', 'guaranteeCount', 'outstanding', 'outstandingActual'] as const),
  ...(['newHouseholds', 'newCount', 'newAmount', 'newActual'] as const),
  ...(['claimCount', 'claimAmount', 'claimCash', 'recoveryAmount', 'feeIncome', 'releasedAmount'] as const),
  ...(['averageFeeRate', 'claimRatio', 'smallShare'] as const),
];

/** The certificate on one A4 page, amounts in 万元; `verifyUrl` is the address of the page where anyone checks it. */
export function certificatePdf(certificate: Certificate, verifyUrl: string): Promise<Buffer> {
  const figures = parseFigures(certificate.figures);
  const paper = createPaper({
    title: '融资担保业务数据季度反馈凭证',
    subtitle: `${certificate.regionName}　${showQuarter(quarter(certificate.quarter))}`,
    documentNumber: certificate.number,
    issuer: certificate.issuer,
    createdAt: certificate.sealedInstant,
    ...(certificate.status === 'superseded' ? { mark: '已被更正' } : {}),
    ...(certificate.status === 'published' ? { mark: '异议期内' } : {}),
  });
  paper.keyValues([
    ['数据截至', showDay(certificate.asOf as Day)],
    ['状态', `${statusTitles[certificate.status]}（第 ${certificate.version} 版）`],
    ['异议期至', showDay(certificate.objectionUntil as Day)],
    ['出具日期', chineseDay(dayOfInstant(certificate.sealedInstant))],
  ]);
  paper.table({
    columns: [
      { title: '指标', width: 3.4 },
      { title: '单位', width: 0.8, align: 'center' },
      ...columns.map(([, title]) => ({ title, width: 1.6, align: 'right' as const })),
    ],
    rows: printed.map((key) => [
      metrics[key].title,
      metrics[key].unit === '元' ? '万元' : metrics[key].unit === '比例' ? '%' : metrics[key].unit,
      ...columns.map(([line]) => shown(key, figures[line])),
    ]),
    size: 7.5,
    note:
      `单位：金额为万元（两位小数，四舍五入仅用于显示）。口径：合同口径为主债权本金，实际承担口径扣除银行自担部分；按主标签统计，` +
      `户数按证件摘要去重、各级重算；各机构以封存核对时所知为准。异议期：${certificate.termUnverified ?? '按省里规定'}。` +
      (certificate.cause ? `本凭证更正 ${certificate.restates}，原因：${shorten(certificate.cause)}` : ''),
  });
  paper.keyValues(
    [
      ['内容摘要（SM3）', certificate.contentHash],
      ['签名（SM2）', `${certificate.signature.slice(0, 32)}…${certificate.signature.slice(-16)}`],
    ],
    { columns: 1 },
  );
  paper.verification({
    url: `${verifyUrl}?code=${encodeURIComponent(certificate.verificationCode)}`,
    code: certificate.verificationCode,
    caption: '扫码或在验证页输入核验码，可核对编号、内容摘要与签名。',
  });
  paper.seal({ name: certificate.issuer, caption: '反馈专用章' }, { x: 478, y: 735 });
  return paper.toBuffer();
}

/** One page is promised: a long cause is given whole on the certificate's page. */
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}……` : text);

function shown(key: MetricKey, values: LineValues): string {
  if (isRatio(key)) {
    const value = ratioOf(key, values);
    return value === null ? '—' : showPercent(value).slice(0, -1);
  }
  return metrics[key].unit === '元' ? showMoney(values[key] as Fen, '万元') : String(values[key]);
}
