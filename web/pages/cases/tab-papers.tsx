import { Button, Form, Input, Select } from 'antd';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { issuedTitles, paperTitles } from '../../../src/modules/cases/contract/titles.ts';
import { api } from '../../api.ts';
import { RefusalList, requiredRule, StatusBadge, useWrite } from '../../fields/index.ts';
import { Act } from './act.tsx';

type Template = keyof typeof paperTitles;
const contracts: readonly Template[] = [
  'entrust-contract',
  'guarantee-contract',
  'counter-contract',
  'disburse-notice',
];

/** 文书: what has been issued, and the button for what comes next. */
export function PapersTab({ of, url }: { of: CaseDetail; url: string }) {
  const may = (verb: string) => of.verbs.includes(verb);
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <p className="field-hint">
        顺序：确定收费计划（收费页）→ 意向函 → 开始签约 → 委托担保合同、保证合同、反担保合同 → 放款通知书 → 登记放款。
      </p>
      {of.guaranteeNo && (
        <p>
          借款合同号 {of.loanNo}　保证合同号 {of.guaranteeNo}　委托担保合同号 {of.entrustNo}
        </p>
      )}
      {of.papers.length === 0 && <p className="muted">还没有文书。</p>}
      <ul className="case-files">
        {of.papers.map((paper) => (
          <li key={paper.documentId}>
            <div>
              <b>{issuedTitles[paper.template] ?? paper.template}</b>　{paper.number}{' '}
              {paper.isRevoked && <StatusBadge tone="bad">已作废</StatusBadge>}
              <div className="field-hint">
                {paper.issuedOn}　{paper.issuedBy}
                {paper.revokedWhy && `　作废原因：${paper.revokedWhy}`}
              </div>
            </div>
            <span className="case-verbs">
              <Button size="small" href={`/api/documents/${of.guarantorId}/${paper.documentId}/pdf`}>
                PDF
              </Button>
              <Button size="small" href={`/api/documents/${of.guarantorId}/${paper.documentId}/docx`}>
                DOCX
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <div className="case-verbs">
        {may('issue-intent') && <Issue url={url} template="intent-letter" />}
        {may('start-papers') && (
          <Act<{ loanNo: string }>
            label="开始签约"
            url={`${url}/papers/start`}
            note={<p className="muted">登记银行的借款合同号，并为保证合同、委托担保合同编号。</p>}
          >
            <Form.Item name="loanNo" label="借款合同号" rules={[requiredRule('借款合同号')]}>
              <Input maxLength={100} />
            </Form.Item>
          </Act>
        )}
        {may('issue-paper') &&
          contracts.map((template) =>
            template === 'counter-contract' ? (
              of.counterGuarantees.length > 0 && <CounterContract key={template} of={of} url={url} />
            ) : (
              <Issue key={template} url={url} template={template} />
            ),
          )}
      </div>
    </div>
  );
}

function Issue({ url, template }: { url: string; template: Template }) {
  const issue = useWrite((body: { template: Template }, options) => api.post(`${url}/papers`, body, options));
  return (
    <div>
      <Button type="primary" loading={issue.isPending} onClick={() => issue.mutate({ template })}>
        制作{paperTitles[template]}
      </Button>
      {issue.error && <RefusalList problem={issue.error} />}
    </div>
  );
}

const CounterContract = ({ of, url }: { of: CaseDetail; url: string }) => (
  <Act<{ counterSeq: number }>
    label="制作反担保合同"
    url={`${url}/papers`}
    bodyOf={({ counterSeq }) => ({ template: 'counter-contract', counterSeq })}
  >
    <Form.Item name="counterSeq" label="对应的反担保" rules={[requiredRule('反担保')]}>
      <Select
        options={of.counterGuarantees.map((each) => ({ value: each.seq, label: `${each.provider}：${each.title}` }))}
      />
    </Form.Item>
  </Act>
);
