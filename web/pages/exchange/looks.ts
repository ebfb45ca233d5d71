import type { z } from 'zod';
import type {
  Board,
  boardCell,
  PackageWire,
  packageKind,
  packageStatus,
} from '../../../src/modules/exchange/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export type Cell = z.infer<typeof boardCell>;
export type CellStatus = Cell['status'];
export type BoardRow = Board['rows'][number];

/** Titles of the cells; troubles carry a character, so that colour is not all. In the order of the legend. */
export const cellLooks: Readonly<Record<CellStatus, { title: string; letter: string }>> = {
  accepted: { title: '已接收', letter: '' },
  zero: { title: '零报告', letter: '零' },
  restated: { title: '重报', letter: '重' },
  late: { title: '迟报', letter: '迟' },
  missing: { title: '未报', letter: '缺' },
  refused: { title: '被退回', letter: '退' },
  'not-due': { title: '未到期', letter: '' },
  'not-required': { title: '无需报送', letter: '' },
};

export const packageLooks: Readonly<Record<z.infer<typeof packageStatus>, { title: string; tone: StatusTone }>> = {
  built: { title: '已生成', tone: 'mute' },
  sent: { title: '已发出，待回执', tone: 'busy' },
  accepted: { title: '已接收', tone: 'good' },
  refused: { title: '被退回', tone: 'bad' },
  unanswered: { title: '对方无应答', tone: 'warn' },
};

export const kindTitles: Readonly<Record<z.infer<typeof packageKind>, string>> = {
  daily: '日报',
  zero: '零报告',
  restatement: '重报',
};

/** Address of a package's drawer on the board. */
export const packageUrl = (row: Pick<PackageWire, 'guarantorId' | 'id'>): string =>
  `/exchange?package=${row.guarantorId}/${row.id}`;
