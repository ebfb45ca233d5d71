import type { z } from 'zod';
import type { Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan } from '../../../kernel/money.ts';
import { formatDecimal, percent, quotient, showPercent } from '../../../kernel/ratio.ts';
import { type Refusal, Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import { documentsOf, issueDocument } from '../../documents/index.ts';
import { counterKinds, frequencyTitles, type papersAsked, paperTitles } from '../contract.ts';
import { type CounterRow, countersOf, feePlanOf } from '../parts-store.ts';
import { type CaseKey, lockCase, moveCase, type StoredCase, subjectOf } from '../store.ts';

type Template = z.output<typeof papersAsked>['template'];
type Plan = NonNullable<Awaited<ReturnType<typeof feePlanOf>>>;
type Fields = Record<string, string>;

/** The kinds of paper that stand for a case, revoked ones left out. */
export async function standingPapers(tx: Tx, key: CaseKey): Promise<Set<string>> {
  const rows = await documentsOf(tx, key.guarantorId, subjectOf(key));
  return new Set(rows.filter((each) => each.status !== 'revoked').map((each) => each.template));
}

/**
 * 开始签约：after the intent letter, with the bank's loan contract number; gives the contracts their numbers. Refused when the letter is not
 * issued, the intent has run out, or there is no fee plan.
 */
export async function startPapers(tx: Tx, context: Context, command: CaseKey & { loanNo: string }): Promise<void> {
  const found = await lockCase(tx, command, 'start-papers');
  const refusals: Refusal[] = [...validity(found, context.clock.today())];
  const refuse = (code: string, message: string) => refusals.push({ code, message });
  if (!(await standingPapers(tx, command)).has('intent-letter')) refuse('no-intent-letter', '尚未出具意向函');
  if (!(await feePlanOf(tx, command))) refuse('no-fee-plan', '尚未确定收费计划');
  if (refusals.length > 0) throw new Refused(refusals);
  await moveCase(tx, context, found, 'start-papers', {
    loan_no: command.loanNo,
    guarantee_no: `BZ-${found.number}`,
    entrust_no: `WT-${found.number}`,
  });
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.start-papers',
    subject: subjectOf(command),
    detail: { number: found.number, contractNo: `BZ-${found.number}` },
  });
}

/** Why an approved case may not go on: its intent has run out. */
export function validity({ validUntil }: Pick<StoredCase, 'validUntil'>, on: Day): Refusal[] {
  if (validUntil === null || validUntil >= on) return [];
  const message = `意向已于 ${validUntil} 到期，请撤回后重新申请`;
  return [{ code: 'intent-run-out', message, figures: { 有效期至: validUntil, 办理日: on } }];
}

/**
 * Makes a paper of the case from its own figures: the intent letter once approved, contracts while signing, the 放款通知书 when both contracts
 * stand. The bank sees what is addressed to it.
 */
export async function issuePaper(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof papersAsked>,
): Promise<{ documentId: bigint; number: string }> {
  const { template } = command;
  const isIntent = template === 'intent-letter';
  const found = await lockCase(tx, command, isIntent ? 'issue-intent' : 'issue-paper');
  const plan = await feePlanOf(tx, command);
  const counters = await countersOf(tx, command);
  const refusals: Refusal[] = [...validity(found, context.clock.today())];
  const refuse = (code: string, message: string) => refusals.push({ code, message });
  if (!plan) refuse('no-fee-plan', '尚未确定收费计划，文书缺少担保费');
  const counter = counters.find((each) => each.seq === command.counterSeq);
  if (template === 'counter-contract' && !counter) refuse('counter-unknown', '请选择反担保合同所对应的反担保');
  if (template === 'disburse-notice') {
    const standing = await standingPapers(tx, command);
    for (const needed of ['entrust-contract', 'guarantee-contract'] as const)
      if (!standing.has(needed)) refuse('contract-missing', `尚未制作${paperTitles[needed]}，不能通知放款`);
  }
  if (refusals.length > 0 || !plan) throw new Refused(refusals);
  const isForBank = !['entrust-contract', 'counter-contract'].includes(template);
  const made = await issueDocument(tx, context, {
    guarantorId: command.guarantorId,
    template,
    subject: subjectOf(command),
    fields: fieldsOf(template, found, plan, counters, counter),
    rows: rowsOf(template, plan, counter),
    customerName: found.customerName as string,
    ...(isForBank ? { bankId: found.bankId as number } : {}),
  });
  await moveCase(
    tx,
    context,
    found,
    isIntent ? 'issue-intent' : 'issue-paper',
    {},
    `${paperTitles[template]} ${made.number}`,
  );
  return made;
}

/** A part of a whole as papers print it, to six places. */
export const ratioOf = (part: Fen, whole: Fen): string => formatDecimal(quotient(part, whole) ?? percent('0'), 6);
/** How the fee is paid, with the rates of later years where they differ. */
const payingText = ({ frequency, laterRates }: Plan): string =>
  [
    frequencyTitles[frequency],
    ...laterRates.map(
      (rate, at) => `第${at + 2}年${at === laterRates.length - 1 ? '起' : ''}年费率${showPercent(percent(rate))}`,
    ),
  ].join('，');
const measuresOf = (counters: readonly CounterRow[]): string =>
  counters.length === 0
    ? '免反担保'
    : counters.map((each) => `${each.provider}${counterKinds[String(each.kind)] ?? ''}（${each.title}）`).join('；');

function fieldsOf(
  template: Template,
  found: StoredCase,
  plan: Plan,
  counters: readonly CounterRow[],
  counter: CounterRow | undefined,
): Fields {
  const parties = { 银行名称: found.bankName as string, 借款人: found.customerName as string };
  const debt = {
    产品名称: found.productName as string,
    主债权金额: formatYuan(found.amount as Fen),
    担保责任金额: formatYuan(found.guaranteed as Fen),
    担保责任比例: ratioOf(found.guaranteed as Fen, found.amount as Fen),
    期限月数: String(found.termMonths),
  };
  const fees = { 担保费率: formatDecimal(percent(plan.rate), 6), 担保费: formatYuan(plan.total) };
  const measures = { 反担保措施: measuresOf(counters) };
  const borrower = { 证件号码: found.identityNo as string, 住所: found.application?.address ?? '' };
  const contracts = {
    借款合同号: found.loanNo ?? '',
    保证合同号: found.guaranteeNo ?? '',
    委托担保合同号: found.entrustNo ?? '',
  };
  const until = { 有效期至: found.validUntil ?? '' };
  switch (template) {
    case 'intent-letter':
      return { ...parties, ...debt, ...fees, ...measures, ...until };
    case 'entrust-contract':
      return {
        ...{ ...parties, ...borrower, ...debt, ...fees, ...measures, ...contracts },
        缴费方式: payingText(plan),
      };
    case 'guarantee-contract':
      return {
        ...{ ...parties, ...borrower, ...debt, ...contracts },
        起始日: plan.startsOn,
        到期日: plan.endsOn,
        保证期间: '主债权届满之日起三年',
      };
    case 'counter-contract':
      return {
        ...{ ...parties, ...borrower, ...debt, ...measures, ...contracts },
        反担保人: counter?.provider ?? '',
        反担保人证件号码: counter?.providerIdentityNo ?? '（未登记）',
        反担保方式: counter?.kind === 10000 ? '连带责任保证' : (counterKinds[String(counter?.kind)] ?? ''),
      };
    case 'disburse-notice':
      return { ...parties, ...debt, ...contracts, ...until };
  }
}

function rowsOf(
  template: Template,
  plan: Plan,
  counter: CounterRow | undefined,
): Readonly<Record<string, readonly Fields[]>> {
  if (template === 'entrust-contract')
    return {
      分期: plan.instalments.map((each) => ({
        期次: String(each.seq),
        应缴日: each.dueOn,
        应缴金额: formatYuan(each.amount),
      })),
    };
  if (template !== 'counter-contract' || !counter || counter.kind === 10000) return {};
  const { title, certificateNo, appraised } = counter;
  return {
    反担保物: [{ 名称: title, 权证号码: certificateNo ?? '—', 评估价值: formatYuan(appraised ?? (0n as Fen)) }],
  };
}
