import { expect, test } from 'vitest';
import { batchFields, batchProfile } from '../../src/modules/batches/contract.ts';
import { fieldsOf, importProfile } from '../../src/modules/imports/contract.ts';
import {
  columnsOf,
  distinctCells,
  fitOf,
  guessFormats,
  missingOf,
  newMapping,
  withCodes,
  withSource,
} from './mapping.ts';

const sample = {
  columns: ['合同号', '营业收入（万元）', '起始日'],
  rows: [{ cells: ['A1', '120', '2024/3/1'] }, { cells: ['A2', '', '2024年3月5日'] }, { cells: ['A1', '7', ''] }],
};
const fields = fieldsOf('guarantee');

test('a new draft reads units out of titles and date formats out of rows', () => {
  const suggested = { contractNo: '合同号', revenue: '营业收入（万元）', startsOn: '起始日' };
  const draft = newMapping('台账', 'map-1', suggested, sample, fields);
  expect(draft.fields.revenue).toEqual({ column: '营业收入（万元）', unit: '万元' });
  expect(draft.dates?.formats).toEqual(['YYYY/M/D', 'YYYY年M月D日']);
});

test.each([
  ['imports', fields, (draft: object) => importProfile.safeParse({ ...draft, target: 'guarantee' }).success],
  ['batches', batchFields, (draft: object) => batchProfile.safeParse(draft).success],
] as const)('what lacks is named until the profile is one the server of %s takes', (_, known, isTaken) => {
  let draft = newMapping('台账', 'map-1', { contractNo: '合同号', startsOn: '起始日' }, sample, known);
  expect(missingOf(draft, known)).toContain(known.identityNo?.title);
  expect(isTaken(draft)).toBe(false);
  for (const [field, spec] of Object.entries(known as typeof fields))
    if (spec.isRequired) draft = withSource(draft, field, { value: 'x' });
  draft = withSource(withSource(draft, 'endsOn', { value: '2027-01-01' }), 'guaranteedShare', { value: '0.8' });
  expect(missingOf(draft, known)).toEqual([]);
  expect(isTaken(draft)).toBe(true);
});

test('taking a source out, fixed values, several columns', () => {
  const draft = newMapping('流水', 'map-2', { contractNo: '合同号' }, sample, fieldsOf('movement'));
  expect(withSource(draft, 'contractNo', undefined).fields).toEqual({});
  expect(columnsOf({ value: '1' })).toEqual([]);
  expect(columnsOf({ column: ['甲', '乙'] })).toEqual(['甲', '乙']);
  expect(withCodes(draft, 'kind', { 放款: 'disburse', 其他: '' }).codes).toEqual({ kind: { 放款: 'disburse' } });
});

test('a profile fits when the file has all its columns', () => {
  expect(fitOf({ contractNo: '合同号', bank: '银行' }, sample.columns)).toEqual({
    wanted: 2,
    found: 1,
    absent: ['银行'],
  });
  expect(distinctCells(sample, '合同号')).toEqual(['A1', 'A2']);
  expect(guessFormats(['31-Jan-07', '20240101'])).toEqual(['YYYYMMDD', 'D-MMM-YY']);
});
