import { formatYuan } from '../../kernel/money.ts';
import { parseRatio, showPercent } from '../../kernel/ratio.ts';
import { dayOfInstant } from '../../platform/clock.ts';
import type { CellValue, Column } from '../../platform/sheets/index.ts';
import { maskIdentity } from '../customers/index.ts';
import { type FilingDetail, kindTitles, ledgerFields } from './contract.ts';
import { type Content, fenOf } from './rules.ts';
import type { FilingListRow } from './store.ts';

/** The columns of the 国担基金 ledger as a workbook wants them. */
export const ledgerColumns: readonly Column[] = ledgerFields.map(({ key, title, type, width }) => ({
  key,
  title,
  type,
  ...(width ? { width } : {}),
}));

const borrowerKinds: Readonly<Record<string, string>> = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  farmer: '农户',
  'business-owner': '小微企业主',
};
const identityKinds: Readonly<Record<string, string>> = {
  uscc: '统一社会信用代码',
  'resident-id': '居民身份证',
  'foreign-id': '其他证件',
};
const tagTitles: readonly (readonly [bit: number, title: string])[] = [
  [1, '支小'],
  [2, '支农'],
  [4, '支新'],
  [8, '支创'],
];

/** A code of a person is masked for whoever may not see it; a company's is public. */
const codeOf = (content: Content, seesIdentity: boolean): string => {
  const code = String(content.identityNo ?? '');
  return seesIdentity || content.identityKind === 'uscc' ? code : maskIdentity(code);
};

/** The content of the record or of the book in the words of the ledger, by field. */
function wordsOf(content: Content, seesIdentity: boolean): Record<string, string | number | null | undefined> {
  const tags = Number(content.tags ?? 0);
  return {
    ...content,
    identityNo: codeOf(content, seesIdentity),
    borrowerKindTitle: borrowerKinds[String(content.borrowerKind)] ?? null,
    identityKindTitle: identityKinds[String(content.identityKind)] ?? null,
    tagTitle:
      tagTitles
        .filter(([bit]) => (tags & bit) !== 0)
        .map(([, title]) => title)
        .join('、') || null,
  };
}

/** One row of the ledger with every field, typed as the workbook wants it. */
export function ledgerRow(row: FilingListRow, seesIdentity: boolean): Record<string, CellValue> {
  const all: Content = {
    ...row.supplement,
    ...(row.detail as Content),
    ...wordsOf(row.content, seesIdentity),
    ...flowOf(row),
  };
  return Object.fromEntries(
    ledgerFields.map(({ key, type }) => {
      const value = all[key];
      if (value === null || value === undefined || value === '') return [key, null];
      if (type === 'money') return [key, fenOf(all, key)];
      if (type === 'percent') return [key, parseRatio(String(value)) ?? null];
      if (type === 'integer') return [key, Number(value)];
      return [key, String(value)];
    }),
  );
}

const flowOf = (row: FilingListRow): Content => ({
  businessNo: row.businessNo,
  kindTitle: kindTitles[row.kind],
  certificateNo: row.certificateNo,
  batchNumber: row.batchNumber,
  confirmNo: row.confirmNo,
  fundBatch: row.fundBatch,
  submittedOn: row.submittedAt && dayOfInstant(row.submittedAt),
  decidedOn: row.decidedAt && dayOfInstant(row.decidedAt),
  sourceTitle: row.source === 1 ? '1线下导入' : '2线上',
  problemText: row.problems.map((each) => each.message).join('；'),
  denyReason: row.denyReason,
});

/** The fields of one record as people read them; `bookNow` where the book has moved on since. */
export function fieldsOf(
  row: FilingListRow & { readonly book: Content },
  seesIdentity: boolean,
): FilingDetail['fields'] {
  const own: Content = {
    ...row.supplement,
    ...(row.detail as Content),
    ...wordsOf(row.content, seesIdentity),
    ...flowOf(row),
  };
  const now = wordsOf(row.book, seesIdentity);
  return ledgerFields.map(({ key, title, type, from }) => {
    const value = shown(own, key, type);
    const bookNow = from === 'book' ? shown(now, key, type) : value;
    return { key, title, type, from, value, bookNow: bookNow === value ? null : (bookNow ?? '（空）') };
  });
}

function shown(content: Content, key: string, type: string): string | null {
  const value = content[key];
  if (value === null || value === undefined || value === '') return null;
  if (type === 'money') return formatYuan(fenOf(content, key));
  if (type === 'percent') {
    const ratio = parseRatio(String(value));
    return ratio ? showPercent(ratio, 2) : String(value);
  }
  return String(value);
}
