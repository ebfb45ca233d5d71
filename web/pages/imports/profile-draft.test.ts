import { expect, test } from 'vitest';
import {
  fieldsOf as contractFields,
  dateFormats as contractFormats,
  importProfile,
} from '../../../src/modules/imports/contract.ts';
import { dateFormats, fieldsOf } from './fields.ts';
import {
  columnsOf,
  distinctCells,
  fitOf,
  guessFormats,
  missingOf,
  newDraft,
  withCodes,
  withSource,
} from './profile-draft.ts';

const sample = {
  columns: ['合同号', '营业收入（万元）', '起始日'],
  rows: [{ cells: ['A1', '120', '2024/3/1'] }, { cells: ['A2', '', '2024年3月5日'] }, { cells: ['A1', '7', ''] }],
};
const fields = fieldsOf('guarantee');

test('a new draft reads units out of titles and date formats out of rows', () => {
  const suggested = { contractNo: '合同号', revenue: '营业收入（万元）', startsOn: '起始日' };
  const draft = newDraft('guarantee', '台账', 'map-1', suggested, sample, fields);
  expect(draft.fields.revenue).toEqual({ column: '营业收入（万元）', unit: '万元' });
  expect(draft.dates?.formats).toEqual(['YYYY/M/D', 'YYYY年M月D日']);
});

test('what lacks is named until the profile is one the server takes', () => {
  let draft = newDraft('guarantee', '台账', 'map-1', { contractNo: '合同号', startsOn: '起始日' }, sample, fields);
  expect(missingOf(draft, fields)).toContain('到期日或期限');
  expect(importProfile.safeParse(draft).success).toBe(false);
  for (const [field, spec] of Object.entries(fields))
    if (spec.isRequired) draft = withSource(draft, field, { value: 'x' });
  draft = withSource(withSource(draft, 'termMonths', { value: '12' }), 'guaranteedShare', { value: '0.8' });
  expect(missingOf(draft, fields)).toEqual([]);
  expect(importProfile.safeParse(draft).success).toBe(true);
});

test('taking a source out, fixed values, several columns', () => {
  const draft = newDraft('movement', '流水', 'map-2', { contractNo: '合同号' }, sample, fieldsOf('movement'));
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

test('the fields and date formats of the page are those of the contract, in its order', () => {
  for (const target of ['guarantee', 'movement'] as const)
    expect(Object.entries(fieldsOf(target))).toEqual(Object.entries(contractFields(target)));
  expect(dateFormats).toEqual(contractFormats);
});
