import type { Line } from '../../platform/docx/index.ts';
import type { KindCode } from './contract/kinds.ts';

/** Said on everything made from the samples. */
export const sampleMark = '样例文本';

const note: Line = { kind: 'note', text: '（样例文本，非法律意见；正式使用前请由本机构法务审定并上传本机构模板）' };
const title = (text: string): Line => ({ kind: 'title', text });
const heading = (text: string): Line => ({ kind: 'heading', text });
const text = (said: string): Line => ({ kind: 'text', text: said });
const plain = (said: string): Line => ({ kind: 'plain', text: said });
const number: Line = { kind: 'right', text: '{{文号}}' };
const table = (hasHead: boolean, ...rows: readonly (readonly string[])[]): Line => ({ kind: 'table', rows, hasHead });
const signed: readonly Line[] = [
  { kind: 'right', text: '{{担保机构}}{{印章}}（盖章）' },
  { kind: 'right', text: '{{出具日期大写}}' },
];
const debt = [
  ['借款人', '{{借款人}}', '债权人', '{{银行名称}}'],
  ['产品', '{{产品名称}}', '期限', '{{期限月数}}个月'],
  ['主债权金额', '{{主债权金额}}元', '担保责任金额', '{{担保责任金额}}元'],
] as const;
function parties(others: readonly string[]): Line[] {
  return ['甲方（担保人）：{{担保机构}}', ...others].map(plain);
}

/** The text of each paper that comes with the program, until an institution has its own. Not legal advice, and says so. */
export const samples: Readonly<Record<KindCode, readonly Line[]>> = {
  'intent-letter': [
    title('担保意向函'),
    note,
    number,
    plain('{{银行名称}}：'),
    text('经我公司审议，同意在贵行完成审批后，为{{借款人}}向贵行申请的下列借款提供连带责任保证：'),
    table(false, ...debt, ['担保责任比例', '{{担保责任比例}}', '担保费率', '年{{担保费率}}']),
    text('主债权金额（大写）：{{主债权金额大写}}。反担保措施：{{反担保措施}}。'),
    text(
      '本函有效期至{{有效期至}}。本函不构成保证合同，担保责任以我公司与贵行签订的保证合同及我公司出具的放款通知书为准。',
    ),
    ...signed,
  ],
  'entrust-contract': [
    title('委托担保合同'),
    note,
    number,
    ...parties(['乙方（委托人）：{{借款人}}　证件号码：{{证件号码}}']),
    text('鉴于乙方拟向{{银行名称}}借款并申请甲方提供担保，双方经协商一致，订立本合同。'),
    heading('第一条　担保的主债权'),
    table(false, ...debt, ['借款合同号', '{{借款合同号}}', '担保责任比例', '{{担保责任比例}}']),
    heading('第二条　担保费'),
    text('担保费年费率{{担保费率}}，担保费合计{{担保费}}元（大写：{{担保费大写}}），{{缴费方式}}。各期应缴如下：'),
    table(true, ['期次', '应缴日', '应缴金额（元）'], ['{{#分期}}{{期次}}', '{{应缴日}}', '{{应缴金额}}{{/分期}}']),
    heading('第三条　反担保'),
    text('乙方提供反担保：{{反担保措施}}，并另行签订反担保合同。'),
    heading('第四条　追偿'),
    text('甲方代偿后，有权向乙方追偿代偿款项及实现债权的合理费用。'),
    plain('乙方（签章）：'),
    ...signed,
  ],
  'guarantee-contract': [
    title('保证合同'),
    note,
    number,
    plain('合同编号：{{保证合同号}}'),
    ...parties(['乙方（债权人）：{{银行名称}}']),
    text(
      '为担保{{借款人}}（证件号码：{{证件号码}}）在借款合同（编号：{{借款合同号}}）项下债务的履行，双方订立本合同。',
    ),
    heading('第一条　被担保的主债权'),
    table(false, ...debt, ['主债权起始日', '{{起始日}}', '主债权到期日', '{{到期日}}']),
    heading('第二条　保证责任'),
    text(
      '保证方式为连带责任保证。甲方按{{担保责任比例}}承担保证责任，担保责任金额{{担保责任金额}}元（大写：{{担保责任金额大写}}），其余部分由乙方自行承担。',
    ),
    heading('第三条　保证期间'),
    text('保证期间为{{保证期间}}。'),
    heading('第四条　通知与代偿'),
    text('借款人未按期履行的，乙方应当按双方合作协议的约定向甲方发出代偿通知并提供证明材料。'),
    plain('乙方（签章）：'),
    ...signed,
  ],
  'counter-contract': [
    title('反担保合同'),
    note,
    number,
    ...parties(['乙方（反担保人）：{{反担保人}}　证件号码：{{反担保人证件号码}}']),
    text(
      '为担保甲方在委托担保合同（编号：{{委托担保合同号}}）项下对{{借款人}}的追偿权，乙方自愿以{{反担保方式}}的方式向甲方提供反担保。',
    ),
    heading('第一条　反担保的债权'),
    text(
      '甲方因承担{{担保责任金额}}元（大写：{{担保责任金额大写}}）担保责任而取得的追偿权。反担保措施：{{反担保措施}}。',
    ),
    heading('第二条　反担保物'),
    table(
      true,
      ['名称', '权证号码', '评估价值（元）'],
      ['{{#反担保物}}{{名称}}', '{{权证号码}}', '{{评估价值}}{{/反担保物}}'],
    ),
    heading('第三条　期间'),
    text('反担保期间自本合同生效之日起，至甲方承担担保责任之日后三年止。'),
    plain('乙方（签章）：'),
    ...signed,
  ],
  'disburse-notice': [
    title('放款通知书'),
    note,
    number,
    plain('{{银行名称}}：'),
    text(
      '{{借款人}}在贵行申请的借款，我公司担保手续已经办妥（保证合同编号：{{保证合同号}}），请贵行在有效期内按下列要素发放：',
    ),
    table(false, ...debt, ['借款合同号', '{{借款合同号}}', '通知有效期至', '{{有效期至}}']),
    text(
      '主债权金额（大写）：{{主债权金额大写}}。超过有效期未发放的，须重新取得我公司书面通知。放款后请于当日回传借款凭证。',
    ),
    ...signed,
  ],
  'release-letter': [
    title('解除担保责任函'),
    note,
    number,
    plain('{{银行名称}}：'),
    text(
      '我公司为{{借款人}}在贵行的借款提供的保证（保证合同编号：{{保证合同号}}），因{{解除原因}}，自{{解除日期}}起解除担保责任如下：',
    ),
    table(
      false,
      ['主债权金额', '{{主债权金额}}元'],
      ['本次解除金额', '{{解除金额}}元'],
      ['大写', '{{解除金额大写}}'],
      ['剩余金额', '{{剩余责任金额}}元'],
    ),
    text('剩余金额为零的，我公司在上述保证合同项下的担保责任全部解除。'),
    ...signed,
  ],
  'fee-notice': [
    title('担保费缴费通知'),
    note,
    number,
    plain('{{借款人}}：'),
    text(
      '按照委托担保合同（编号：{{委托担保合同号}}），请于{{缴费截止日}}前缴纳担保费{{担保费}}元（大写：{{担保费大写}}）。',
    ),
    table(
      false,
      ['担保责任金额', '{{担保责任金额}}元', '年费率', '{{担保费率}}'],
      ['计费期间', '{{计费起日}}至{{计费止日}}', '计费天数', '{{计费天数}}天'],
    ),
    table(true, ['期次', '应缴日', '应缴金额（元）'], ['{{#分期}}{{期次}}', '{{应缴日}}', '{{应缴金额}}{{/分期}}']),
    text('收款账户：{{收款账户}}。'),
    ...signed,
  ],
  minutes: [
    title('担保项目评审会纪要'),
    note,
    number,
    text('{{会议日期}}，{{主持人}}主持召开{{会议编号}}评审会，审议{{审议事项}}。'),
    table(false, ...debt, ['担保费率', '年{{担保费率}}', '反担保措施', '{{反担保措施}}']),
    heading('一、委员意见'),
    table(true, ['委员', '回避', '表决', '意见'], ['{{#委员}}{{姓名}}', '{{回避}}', '{{表决}}', '{{意见}}{{/委员}}']),
    heading('二、表决结果'),
    text('{{表决结果}}。'),
    heading('三、会议意见'),
    text('{{会议意见}}'),
    ...signed,
  ],
};
