import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { GroupRows, Values } from '../../platform/docx/index.ts';
import type { Context } from '../../platform/http.ts';
import type { KindCode } from './contract/kinds.ts';
import { openTemplateOn } from './templates.ts';

/** What a subject's module knows of the fields of a paper about it; more fields than the paper has are left alone. */
export type PaperFacts = {
  /** The subject in words: contract number and customer. */
  readonly title: string;
  readonly fields: Values;
  readonly rows?: GroupRows;
  readonly customerName?: string;
  /** The bank that papers addressed to it are shown to. */
  readonly bankId?: number;
  readonly bankName?: string;
};
/** Answers what is known of a subject; undefined when there is none the caller may see. Reads only. */
export type PaperSource = (
  tx: Tx,
  context: Context,
  key: { readonly guarantorId: number; readonly id: bigint },
) => Promise<PaperFacts | undefined>;
/** Sources by the prefix of the subject ('guarantee' of 'guarantee:26/118'). */
export type PaperSources = ReadonlyMap<string, PaperSource>;

/** Papers that are between the guarantor and the customer or its own: the bank is not shown them. */
const notForBank: readonly KindCode[] = ['entrust-contract', 'counter-contract', 'fee-notice', 'minutes'];

/**
 * The form of a paper about a subject: every field it may hold with what is known of it, which of them the template in force needs, and
 * by name which of these are still missing. Refused (404) when there is no such subject, (422) when nothing is known of its kind.
 */
export async function prefill(
  tx: Tx,
  context: Context,
  sources: PaperSources,
  asked: { readonly subject: string; readonly template: KindCode },
) {
  const { subject, template: code } = asked;
  const [prefix = '', rest = ''] = subject.split(':');
  const [guarantor = '', id = ''] = rest.split('/');
  const source = sources.get(prefix);
  if (!source)
    throw new Refused({
      code: 'subject-unknown',
      field: 'subject',
      message: `不能为「${prefix}」预填文书，请选择保函、担保项目或解保`,
    });
  const guarantorId = Number(guarantor);
  const facts = await source(tx, context, { guarantorId, id: BigInt(id) });
  if (!facts) throw new Refused({ code: 'subject-missing', message: '没有这笔业务，或不在您的权限范围内' }, 404);
  const template = await openTemplateOn(tx, guarantorId, code, context.clock.today());
  const { kind, scan } = template;
  const needed = new Set(scan.fields.map((name) => name.replace(/大写$/, '')));
  const fields = Object.entries(kind.fields).map(([name, { type }]) => ({
    ...{ name, type, value: facts.fields[name]?.trim() || null },
    isNeeded: needed.has(name),
  }));
  const groups = Object.entries(kind.rows).map(([name, own]) => ({
    name,
    fields: Object.entries(own as Readonly<Record<string, { type: 'text' | 'money' | 'day' | 'ratio' }>>).map(
      ([field, { type }]) => ({ name: field, type }),
    ),
    isNeeded: name in scan.groups,
    rows: [...(facts.rows?.[name] ?? [])],
  }));
  return {
    ...{ guarantorId, subject, template: code, templateVersion: template.version, title: facts.title },
    customerName: facts.customerName ?? null,
    ...(notForBank.includes(code)
      ? { bankId: null, bankName: null }
      : { bankId: facts.bankId ?? null, bankName: facts.bankName ?? null }),
    ...{ fields, groups },
    missing: fields.filter((field) => field.isNeeded && field.value === null).map((field) => field.name),
  };
}
