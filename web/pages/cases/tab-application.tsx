import { Link } from '@tanstack/react-router';
import { Alert } from 'antd';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { applicantTitles } from '../../../src/modules/cases/contract/titles.ts';
import { AttachmentList } from '../../fields/attachment-list.tsx';
import { Headroom } from '../../fields/headroom.tsx';
import { DayText, type Fact, Facts, MoneyText, RatioText, StatusBadge, UnverifiedMark } from '../../fields/index.ts';
import { sharedWith } from './looks.ts';

/** What was asked, the clauses it was judged by, the papers on file, and the room there is now. */
export function ApplicationTab({ of }: { of: CaseDetail }) {
  const underWay = of.isOwnSide && of.amount !== null && of.guaranteeId === null && of.productCode !== null;
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      {of.elsewhere.map((each) => (
        <Alert key={each.message} type="warning" showIcon title={each.message} />
      ))}
      <Facts facts={factsOf(of)} />
      {of.relatedParties.length > 0 && (
        <section>
          <h3>关联方</h3>
          {of.relatedParties.map((each) => (
            <div key={each.relation + each.identityNo}>
              {each.relation}　{each.name}　<span className="muted">{each.identityNo}</span>
            </div>
          ))}
        </section>
      )}
      {of.eligibility.length > 0 && (
        <section>
          <h3>
            准入条件（{of.productName}第 {of.productVersion} 版，提交时锁定）
          </h3>
          {of.eligibility.map((each) => (
            <div key={each.code + each.title} className="case-finding">
              <StatusBadge tone={each.passes ? 'good' : 'bad'}>{each.title}</StatusBadge> {each.message}{' '}
              <span className="field-hint">{each.clause}</span>
              {each.unverified && <UnverifiedMark reason={each.unverified} />}
            </div>
          ))}
        </section>
      )}
      <section>
        <h3>资料清单</h3>
        <AttachmentList
          subject={`case:${of.guarantorId}/${of.id}`}
          checklist={of.checklist}
          fields={sharedWith(of.bankId)}
          isReadOnly={of.verbs.length === 0}
        />
      </section>
      {underWay && (
        <section>
          <h3>额度（此刻）</h3>
          <Headroom
            asked={{
              guarantorId: of.guarantorId,
              customerId: of.customerId ?? undefined,
              bankId: of.bankId ?? undefined,
              productCode: of.productCode ?? undefined,
              county: of.county ?? undefined,
              amount: of.amount ?? '0',
              guaranteed: of.guaranteed ?? undefined,
              subject: `case:${of.guarantorId}/${of.id}`,
            }}
          />
        </section>
      )}
    </div>
  );
}

const factsOf = (of: CaseDetail): readonly Fact[] => [
  {
    name: '客户',
    value: of.customerId ? (
      <Link to={`/customers/${of.guarantorId}/${of.customerId}` as string}>{of.customerName}</Link>
    ) : (
      of.customerName
    ),
    wide: true,
  },
  { name: '证件号码', value: of.identityNo ?? '—' },
  { name: '划型', value: of.sizeClass ?? '—' },
  { name: '来源', value: `${applicantTitles[of.applicantKind]}（${of.applicant}）` },
  { name: '贷款银行', value: of.bankName ?? '—' },
  { name: '产品', value: of.productName ? `${of.productName}第 ${of.productVersion} 版` : '—' },
  { name: '业务所在县', value: of.countyName ?? '—' },
  { name: '申请金额', value: <MoneyText value={of.askedAmount} withUnit /> },
  { name: '担保金额（主债权）', value: <MoneyText value={of.amount} withUnit /> },
  { name: '担保责任金额', value: <MoneyText value={of.guaranteed} withUnit /> },
  { name: '期限', value: of.termMonths ? `${of.termMonths} 个月` : '—' },
  { name: '年担保费率', value: <RatioText value={of.feeRate} /> },
  { name: '提交日', value: <DayText value={of.submittedOn} /> },
  { name: 'A角', value: of.managerA?.name ?? '—' },
  { name: 'B角', value: of.managerB?.name ?? '—' },
  { name: '批准日', value: <DayText value={of.decidedOn} /> },
  { name: '意向有效期至', value: <DayText value={of.validUntil} /> },
  { name: '贷款用途', value: of.draft.purpose ?? '—', wide: true },
  { name: '还款来源', value: of.draft.repayment ?? '—', wide: true },
  { name: '联系人', value: `${of.draft.contactName ?? ''}　${of.draft.contactPhone ?? ''}`, wide: true },
];
