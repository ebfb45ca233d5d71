import { type Article, cite } from '../../../kernel/article.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { type ChangeKind, changeKinds, type Party, partyTitles } from '../contract/titles.ts';

const civilCode = (article: string): Article => ({ document: '中华人民共和国民法典', number: '主席令第45号', article });
const securityInterpretation = {
  document: '最高人民法院关于适用《中华人民共和国民法典》有关担保制度的解释',
  number: '法释〔2020〕28号',
};

/** 当事人协商一致，可以变更合同。 */
const article543 = civilCode('第五百四十三条');
/** 保证合同须书面订立：单独的书面合同、主合同的保证条款，或单方书面保证被接收。 */
const article685 = civilCode('第六百八十五条');
/** 未经保证人书面同意，减轻债务的保证人对变更后的债务承担责任；加重的对加重部分不承担；变更履行期限的，保证期间不受影响。 */
export const article695 = civilCode('第六百九十五条');
/** 以新贷偿还旧贷：新贷与旧贷担保人相同的承担责任；旧贷的物的担保人须同意继续为新贷担保。 */
const article16 = { ...securityInterpretation, article: '第十六条' };

/** A party whose written consent a change needs, by which clause, and why. */
export type ConsentNeed = { readonly party: Party; readonly article: Article; readonly why: string };

const bank: ConsentNeed = {
  party: 'bank',
  article: article543,
  why: '保证合同由银行与担保机构订立，变更须协商一致',
};
const customer: ConsentNeed = {
  party: 'customer',
  article: article543,
  why: '委托担保合同由客户与担保机构订立，变更须协商一致',
};
const counterBy = (article: Article, why: string): ConsentNeed => ({ party: 'guarantor', article, why });

/** What asks those who gave counter-guarantees, by kind; kinds that leave their burden as it was are not here. */
const counterConsents: Partial<Record<ChangeKind, ConsentNeed>> = {
  extension: counterBy(article695, '变更债务履行期限，未经反担保人书面同意的，其保证期间不受影响'),
  term: counterBy(article695, '变更债务履行期限，未经反担保人书面同意的，其保证期间不受影响'),
  purpose: counterBy(article695, '变更主合同内容，加重的部分未经书面同意不承担'),
  repayment: counterBy(article695, '变更主合同内容，加重的部分未经书面同意不承担'),
  counter: counterBy(article543, '反担保合同由反担保人与担保机构订立，变更须协商一致'),
  renewal: counterBy(article685, '新债务的反担保须另以书面订立'),
  refinance: counterBy(article16, '以新贷偿还旧贷，须反担保人同意继续为新贷提供担保'),
  'no-repay-renewal': counterBy(article16, '以新贷偿还旧贷，须反担保人同意继续为新贷提供担保'),
};

/**
 * Who must consent in writing before a change is handed in for approval, each with the clause. The guarantor's own consent is the
 * approval itself. Which clause asks whom is the platform's reading; an institution may agree on more.
 */
export function consentsNeeded(kind: ChangeKind, hasCounters: boolean): readonly ConsentNeed[] {
  const counter = hasCounters ? counterConsents[kind] : undefined;
  // What secures the guarantor is no term of the contract with the bank.
  const first = kind === 'counter' ? [customer] : [bank, customer];
  return counter ? [...first, counter] : first;
}

/** How the entries of written consents begin. */
export const consentItemHead = 'consent-';
/** The entry of the 资料清单 that a party's written consent is filed under. */
export const consentItem = (party: Party): string => `${consentItemHead}${party}`;

/** What is on file of each party's consent. */
export type Given = { readonly party: Party; readonly files: number };

/** May it be handed in for approval: has everybody who must consent done so, and does the paper lie with it? */
export function checkConsents(kind: ChangeKind, needs: readonly ConsentNeed[], given: readonly Given[]): Refusal[] {
  return needs.flatMap(({ party, article, why }) => {
    const found = given.find((each) => each.party === party);
    const title = partyTitles[party];
    const by = `依据${cite(article)}：${why}`;
    if (!found)
      return {
        code: 'consent-missing',
        field: party,
        message: `${changeKinds[kind]}缺少${title}的书面同意，请登记同意函。${by}`,
        article,
      };
    if (found.files > 0) return [];
    return {
      code: 'consent-file-missing',
      field: party,
      message: `${title}的同意已登记而没有原件，请上传同意函。${by}`,
      article,
    };
  });
}
