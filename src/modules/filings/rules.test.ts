import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { type Content, checkRecord, type FilingFacts } from './rules.ts';

const content: Content = {
  borrowerName: '太原某机械有限公司',
  identityKind: 'uscc',
  identityNo: '91140100MA0000001K',
  contractNo: 'BZ-1',
  loanContractNo: 'JK-1',
  principal: '100000000',
  guaranteed: '80000000',
  disbursed: '100000000',
  disbursedOn: '2026-09-10',
  startsOn: '2026-09-10',
  endsOn: '2027-09-10',
  productCode: 'ordinary',
  county: 140105,
  bankShare: '0.2',
  guarantorShare: '0.4',
  provinceShare: '0.2',
  fundShare: '0.2',
  cityShare: '0',
  otherShare: '0',
};
const asOf = day('2026-10-08');
const facts = (changed: Content = {}, more: Partial<FilingFacts> = {}): FilingFacts => ({
  kind: 'new',
  occurredOn: day('2026-09-10'),
  content: { ...content, ...changed },
  book: { ...content, ...changed },
  supplement: {},
  detail: {},
  initial: null,
  sameLoan: 0,
  ...more,
});
const codes = (of: FilingFacts) =>
  checkRecord(of, asOf)
    .filter((each) => each.code !== 'code-malformed')
    .map((each) => `${each.severity}:${each.code}`);

describe('自动校验（RGU-3）', () => {
  it('passes a record that agrees with book, customer and agreement', () => expect(codes(facts())).toEqual([]));

  it.each([
    ['借款人名称', 'borrowerName', '太原另一家有限公司', 'block:name-differs'],
    ['证件号码', 'identityNo', '91140100MA0000002H', 'block:code-differs'],
    ['保证合同号', 'contractNo', 'BZ-2', 'block:contract-differs'],
    ['借款合同号', 'loanContractNo', 'JK-2', 'block:loan-contract-differs'],
    ['主债权金额', 'principal', '100000001', 'block:principal-differs'],
  ])('%s must be the same in record and book', (_, key, value, code) => {
    expect(codes({ ...facts(), book: { ...content, [key]: value } })).toEqual([code]);
  });

  it('says what both amounts are, never what the codes are', () => {
    const [amount] = checkRecord({ ...facts(), book: { ...content, principal: '100000001' } }, asOf).filter(
      (each) => each.code === 'principal-differs',
    );
    expect(amount?.message).toContain('备案为 1000000.00元，台账为 1000000.01元');
    const code = checkRecord({ ...facts(), book: { ...content, identityNo: '91140100MA0000002H' } }, asOf);
    expect(code.map((each) => each.message).join()).not.toContain('MA0000002H');
  });

  it.each([
    ['0.39', '99.00%'],
    ['0.41', '101.00%'],
    ['0.4000001', '100.00%'],
  ])('split with 原担保 %s does not make a whole', (guarantorShare, sum) => {
    const [found] = checkRecord(facts({ guarantorShare }), asOf).filter((each) => each.code === 'split-not-whole');
    expect(found?.message).toContain(`合计 ${sum}`);
  });

  it.each([
    // 主债权 100 万元 × (1 − 20%) = 80 万元; 1 元 is the tolerance.
    ['1 元 less one fen off', '80000099', []],
    ['1 元 off', '80000100', ['warn:guaranteed-not-by-split']],
    ['one fen above the principal', '100000001', ['block:guaranteed-above-principal', 'warn:guaranteed-not-by-split']],
  ])('担保金额 %s', (_, guaranteed, expected) => expect(codes(facts({ guaranteed }))).toEqual(expected));

  it.each([
    ['the day before it starts', '2026-09-09', ['warn:disbursed-outside-term']],
    ['the day it starts', '2026-09-10', []],
    ['the last day', '2027-09-10', []],
  ])('disbursed %s', (_, disbursedOn, expected) => expect(codes(facts({ disbursedOn }))).toEqual(expected));

  it('an extension waits for its first filing to be confirmed, and must be later', () => {
    const extension = (initial: string | null, extendedTo: string) =>
      codes(facts({}, { kind: 'extend', initial, detail: { extendedTo } }));
    expect(extension('confirmed', '2027-09-11')).toEqual([]);
    expect(extension('confirmed', '2027-09-10')).toEqual(['block:extension-not-later']);
    expect(extension('submitted', '2027-09-11')).toEqual(['block:initial-not-confirmed']);
    expect(extension(null, '2027-09-11')).toEqual(['block:initial-missing']);
  });

  it('marks a loan contract that is filed twice', () =>
    expect(codes(facts({}, { sameLoan: 1 }))).toEqual(['warn:same-loan']));

  it('refuses a code whose check character is wrong, by the rule of the standard', () => {
    const found = checkRecord(facts({ identityNo: '91140100MA0000001A' }), asOf);
    expect(found.map((each) => each.code)).toContain('code-malformed');
  });
});
