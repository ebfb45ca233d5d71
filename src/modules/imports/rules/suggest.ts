import type { FieldSpec } from '../contract.ts';

/** Words by which people head a column, besides the field's own title. */
const words: Readonly<Record<string, readonly string[]>> = {
  contractNo: ['合同号', '保函编号', '保函号', '担保合同号', '委托担保合同号', '合同编号', '业务编号'],
  guarantorCode: ['担保机构', '机构代码', '担保公司代码'],
  dueBillNo: ['借据编号', '借据'],
  loanContractNo: ['借款合同号', '贷款合同号', '借款合同编号'],
  customerName: ['企业名称', '客户名称', '借款人', '被担保人', '借款人名称'],
  customerKind: ['客户类型', '企业类型', '被担保人类型'],
  identityNo: ['证件号', '证件号码', '统一社会信用代码', '信用代码', '身份证号'],
  identityKind: ['证件类型'],
  industryCode: ['行业代码', '行业'],
  staff: ['从业人员', '员工人数', '职工人数'],
  revenue: ['营业收入', '年营业收入'],
  assets: ['资产总额', '总资产'],
  bank: ['银行', '合作银行', '放款银行', '贷款银行', '债权人'],
  county: ['区县', '县区', '所属区县', '县（市、区）', '注册地'],
  product: ['产品', '产品名称', '担保产品'],
  principal: ['贷款金额', '借款金额', '主债权金额', '合同金额', '担保金额'],
  guaranteed: ['担保责任金额', '责任金额'],
  guaranteedShare: ['责任比例', '担保比例', '担保责任比例'],
  feeRate: ['担保费率', '费率', '年担保费率'],
  startsOn: ['起始日', '起始日期', '担保起始日', '开始日期'],
  endsOn: ['到期日', '到期日期', '担保到期日', '结束日期'],
  termMonths: ['期限', '期限（月）', '贷款期限'],
  tags: ['标签', '支持领域'],
  disbursedOn: ['放款日', '放款日期'],
  disbursed: ['放款金额'],
  feeOn: ['收费日期', '缴费日'],
  fee: ['担保费', '担保费金额', '实收担保费'],
  outstanding: ['在保余额', '余额', '贷款余额'],
  kind: ['类型', '变动类型', '业务类型', '交易类型'],
  occurredOn: ['日期', '发生日', '发生日期', '交易日期'],
  amount: ['金额', '发生金额', '交易金额'],
  reference: ['流水号', '交易流水号', '凭证号'],
  cause: ['摘要', '备注'],
};

const plain = (text: string): string => text.normalize('NFKC').replace(/[\s()（）]/g, '');

/** Guesses which column fills which of these fields, by the column's title only; a person confirms. Field → column. */
export function suggestFields(
  fields: Readonly<Record<string, FieldSpec>>,
  columns: readonly string[],
): Record<string, string> {
  const known = new Map<string, string>();
  for (const column of columns) if (!known.has(plain(column))) known.set(plain(column), column);
  const found: Record<string, string> = {};
  for (const [field, { title }] of Object.entries(fields)) {
    const hit = [title, ...(words[field] ?? [])]
      .map((word) => known.get(plain(word)))
      .find((each) => each !== undefined);
    if (hit !== undefined) found[field] = hit;
  }
  return found;
}
