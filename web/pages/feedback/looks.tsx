import type { z } from 'zod';
import type {
  CertificateDetail,
  CertificateStatus,
  figureLine,
  LineKey,
  MetricKey,
  metricWire,
  ObjectionRow,
} from '../../../src/modules/feedback/contract.ts';
import { CountText, MoneyText, RatioText, type StatusTone } from '../../fields/index.ts';

export type Metric = z.infer<typeof metricWire>;
export type Line = z.infer<typeof figureLine>;

export const certificateLooks: Readonly<Record<CertificateStatus, { title: string; tone: StatusTone }>> = {
  published: { title: '公示异议期', tone: 'busy' },
  final: { title: '已定稿', tone: 'good' },
  superseded: { title: '已被更正', tone: 'mute' },
};

export const objectionLooks: Readonly<Record<ObjectionRow['status'], { title: string; tone: StatusTone }>> = {
  open: { title: '待答复', tone: 'warn' },
  rejected: { title: '维持原数', tone: 'mute' },
  upheld: { title: '成立，将更正', tone: 'good' },
};

/** Lines that add up to the total, and lines that overlap and must not be added. */
export const additiveLines: readonly LineKey[] = ['total', 'p1', 'p2', 'p4', 'p8', 'p0'];
export const overlappingLines: readonly LineKey[] = ['total', 'a1', 'a2', 'a4', 'a8'];

/** Intermediate figures, of use only to somebody who checks a ratio. */
export const innerMetrics: readonly MetricKey[] = ['balanceDays', 'feeTermAmount', 'feeWeighted'];

type FigureProps = { metric: Metric; value: string | null | undefined; explain?: string };

/** One figure of a certificate, shown by its unit. */
export function Figure({ metric, value, explain }: FigureProps) {
  const link = explain === undefined ? {} : { explain };
  if (metric.unit === '元') return <MoneyText value={value} {...link} />;
  if (metric.unit === '比例') return <RatioText value={value} {...link} />;
  return <CountText value={value} {...link} />;
}

/** Address of 怎么算的 for one figure. */
export const explainUrl = (certificate: Pick<CertificateDetail, 'id'>, line: LineKey, metric: MetricKey): string =>
  `/api/feedback/certificates/${certificate.id}/explain?line=${line}&metric=${metric}`;
