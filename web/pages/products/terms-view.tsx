import { Table } from 'antd';
import type { ProductTerms } from '../../../src/modules/products/contract.ts';
import { MoneyText, RatioText, StatusBadge, UnverifiedMark } from '../../fields/index.ts';

type Line = { key: string; group: string; name: string; value: React.ReactNode; source: string; mark: string | null };

const parties = { bank: '银行', guarantor: '担保机构', province: '省级再担保', fund: '国担基金', system: '担保体系' };
const tiers: Readonly<Record<string, string>> = {
  specialized: '专精特新档',
  'high-tech': '高新技术档',
  'tech-small': '科技型中小企业档',
};

/** A version line by line: what it demands, where that comes from, and the mark it carries. */
export function TermsView({ terms }: { terms: ProductTerms }) {
  return (
    <Table<Line>
      size="small"
      pagination={false}
      rowKey={(row) => row.key}
      dataSource={linesOf(terms)}
      scroll={{ x: 900 }}
      columns={[
        {
          title: '类别',
          width: 100,
          render: (_, row) => row.group,
          onCell: (row, index) => ({ rowSpan: spanAt(linesOf(terms), row, index ?? 0) }),
        },
        { title: '条款', width: 250, render: (_, row) => row.name },
        { title: '内容', width: 230, render: (_, row) => row.value },
        {
          title: '出处',
          render: (_, row) => (
            <>
              {row.source} {row.mark && <UnverifiedMark reason={row.mark} />}
            </>
          ),
        },
      ]}
    />
  );
}

const spanAt = (lines: readonly Line[], { group }: Line, index: number): number =>
  lines[index - 1]?.group === group ? 0 : lines.filter((each) => each.group === group).length;

function linesOf(terms: ProductTerms): Line[] {
  const line = (
    group: string,
    name: string,
    value: React.ReactNode,
    { source, unverified }: { source: string; unverified: string | null },
  ): Line => ({ key: `${group} ${name}`, group, name, value, source, mark: unverified });
  return [
    ...terms.caps.map((cap) =>
      line('限额', cap.basis, <MoneyText value={cap.amount} unit="万元" decimals={0} withUnit />, cap),
    ),
    line('费率', '惯常费率', <RatioText value={terms.feeRate.rate} />, terms.feeRate),
    ...terms.feeCeilings.map((each) =>
      line(
        '费率',
        each.upTo === null ? '费率上限（其他）' : `费率上限（单户 ${Number(each.upTo) / 10_000} 万元以内）`,
        <RatioText value={each.ceiling} />,
        each,
      ),
    ),
    line('期限', '期限', `${terms.termMonths.least}–${terms.termMonths.most} 个月`, terms.termMonths),
    ...terms.shares.map((each) =>
      line(
        '风险分担',
        `${parties[each.party]}${each.bound === 'floor' ? '不低于' : '不高于'}${each.tier ? `（${tiers[each.tier] ?? each.tier}）` : ''}`,
        <RatioText value={each.ratio} />,
        each,
      ),
    ),
    ...(terms.claimRatioCap
      ? [
          line(
            '代偿率',
            '代偿率上限',
            <>
              <RatioText value={terms.claimRatioCap.ratio} />
              {terms.claimRatioCap.whenReached === 'suspend' ? '，达到后暂停新增' : '，超出部分不补偿'}
            </>,
            terms.claimRatioCap,
          ),
        ]
      : []),
    ...terms.conditions.map((each) => line('条件', each.title, conditionText(each), each)),
    line('反担保', '反担保政策', terms.counterGuarantee.text, terms.counterGuarantee),
    ...terms.checklist.map((each) =>
      line(
        '资料',
        each.title,
        <StatusBadge tone={each.required ? 'busy' : 'mute'}>{each.required ? '必备' : '可选'}</StatusBadge>,
        { source: each.clause, unverified: null },
      ),
    ),
  ];
}

const kinds: Readonly<Record<string, string>> = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  farmer: '农户',
  'business-owner': '小微企业主',
};

function conditionText(each: ProductTerms['conditions'][number]): string {
  switch (each.kind) {
    case 'customer-kind':
      return each.allowed.map((kind) => kinds[kind] ?? kind).join('、');
    case 'tier':
      return each.allowed.map((tier) => tiers[tier] ?? tier).join('、');
    case 'size-class':
      return each.allowed.join('、');
    case 'county':
      return each.allowed.join('、');
    case 'tag':
      return '须有该标签';
    case 'industry':
      return `不含 ${each.banned.join('、')}`;
    case 'no-flag':
      return '不得有';
    case 'needs-flag':
      return '须具备';
  }
}
