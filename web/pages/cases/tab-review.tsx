import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Radio, Select } from 'antd';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { counterKinds, verdictTitles } from '../../../src/modules/cases/contract/titles.ts';
import {
  MoneyField,
  MoneyText,
  moneyRule,
  RatioText,
  requiredRule,
  StatusBadge,
  showInstant,
  UnverifiedMark,
} from '../../fields/index.ts';
import { Act, ReasonAct } from './act.tsx';

/** 评审: risk opinion, score, legal check of counter-guarantees, and the memo that writes itself. */
export function ReviewTab({ of, url }: { of: CaseDetail; url: string }) {
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <Opinions of={of} url={url} />
      <Scores of={of} url={url} />
      <Counters of={of} url={url} />
      <Memo of={of} url={url} />
    </div>
  );
}

const verdictTones = { support: 'good', conditional: 'warn', oppose: 'bad' } as const;

const Opinions = ({ of, url }: { of: CaseDetail; url: string }) => (
  <section>
    <h3>风险意见</h3>
    {of.reviews.length === 0 && <p className="muted">风控法务尚未出具意见。</p>}
    {of.reviews.map((each) => (
      <div key={each.seq} className="case-finding">
        <StatusBadge tone={verdictTones[each.verdict]}>{verdictTitles[each.verdict]}</StatusBadge> {each.opinion}
        {each.conditions && <div>附加条件：{each.conditions}</div>}
        <div className="field-hint">
          建议 <MoneyText value={each.amount} withUnit />，{each.termMonths} 个月，费率{' '}
          <RatioText value={each.feeRate} />　{each.name}　{showInstant(each.recordedAt)}
        </div>
      </div>
    ))}
    {of.verbs.includes('review') && (
      <Act<{ verdict: string; opinion: string; conditions?: string; amount?: string }>
        label="出具风险意见"
        url={`${url}/reviews`}
        isPrimary
        initialValues={{ verdict: 'support', ...(of.amount ? { amount: of.amount } : {}) }}
        bodyOf={(values) => ({ ...values, conditions: values.conditions ?? '' })}
        note={<p className="muted">金额只可低于申请金额；需要增加请退回补正。</p>}
      >
        <Form.Item name="verdict" label="意见">
          <Radio.Group options={Object.entries(verdictTitles).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="opinion" label="风险意见" rules={[requiredRule('风险意见')]}>
          <Input.TextArea rows={4} maxLength={4000} />
        </Form.Item>
        <Form.Item name="conditions" label="附加条件">
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        <Form.Item name="amount" label="建议金额" rules={[moneyRule]}>
          <MoneyField />
        </Form.Item>
      </Act>
    )}
  </section>
);

function Scores({ of, url }: { of: CaseDetail; url: string }) {
  const [score] = of.scores;
  return (
    <section>
      <h3>
        评分 {of.scorecard && <span className="muted">模型 {of.scorecard.version}</span>}{' '}
        {of.scorecard && <UnverifiedMark reason={of.scorecard.unverified} />}
      </h3>
      {score ? (
        <>
          <b>
            {score.score} 分，{score.grade} 级
          </b>
          <span className="muted">
            　模型 {score.model}　{score.name}　{showInstant(score.recordedAt)}
          </span>
          {score.parts.map((part) => (
            <div key={part.code} className="field-hint">
              {part.title}：{part.input}（{part.band}）得 {part.points} 分，满分 {part.most} 分
            </div>
          ))}
        </>
      ) : (
        <p className="muted">尚未评分。</p>
      )}
      {of.verbs.includes('score') && of.scorecard && (
        <Act<Record<string, string>>
          label={score ? '重新评分' : '评分'}
          url={`${url}/scores`}
          bodyOf={(inputs) => ({ inputs })}
          {...(score ? { initialValues: score.inputs } : {})}
        >
          {of.scorecard.factors.map((factor) => (
            <Form.Item
              key={factor.code}
              name={factor.code}
              label={`${factor.title}${factor.unit === '选项' ? '' : `（${factor.unit}）`}`}
              rules={[requiredRule(factor.title)]}
              extra={factor.bands.map((band) => `${band.text} ${band.points}分`).join('，')}
            >
              {factor.unit === '选项' ? (
                <Select options={factor.bands.map((band) => ({ value: band.text, label: band.text }))} />
              ) : (
                <Input maxLength={20} />
              )}
            </Form.Item>
          ))}
        </Act>
      )}
    </section>
  );
}

const Counters = ({ of, url }: { of: CaseDetail; url: string }) => (
  <section>
    <h3>
      反担保 <span className="muted">{of.counterPolicy}</span>
    </h3>
    {of.counterGuarantees.length === 0 && <p className="muted">没有反担保。</p>}
    {of.counterGuarantees.map((each) => (
      <div key={each.seq} className="case-finding">
        {each.kindTitle}　{each.provider}：{each.title}
        {each.appraised && (
          <>
            ，评估价值 <MoneyText value={each.appraised} withUnit />
          </>
        )}{' '}
        {each.legalVerdict === null ? (
          <StatusBadge tone="warn">待法务审查</StatusBadge>
        ) : (
          <StatusBadge tone={each.legalVerdict === 'passed' ? 'good' : 'bad'}>
            {each.legalVerdict === 'passed' ? '审查通过' : '审查不通过'}
          </StatusBadge>
        )}{' '}
        {each.legalOpinion} {each.checkedBy && <span className="muted">{each.checkedBy}</span>}{' '}
        {of.verbs.includes('legal-check') && (
          <Act<{ verdict: string; opinion: string }>
            label="审查"
            title={`审查反担保：${each.title}`}
            isSmall
            url={`${url}/counter-guarantees/${each.seq}/legal-check`}
            initialValues={{ verdict: 'passed' }}
          >
            <Form.Item name="verdict" label="结论">
              <Radio.Group
                options={[
                  { value: 'passed', label: '通过' },
                  { value: 'failed', label: '不通过' },
                ]}
              />
            </Form.Item>
            <Form.Item name="opinion" label="审查意见" rules={[requiredRule('审查意见')]}>
              <Input.TextArea rows={3} maxLength={1000} />
            </Form.Item>
          </Act>
        )}{' '}
        {of.verbs.includes('remove-counter') && (
          <ReasonAct label="移除" url={`${url}/counter-guarantees/${each.seq}/remove`} />
        )}
      </div>
    ))}
    {of.verbs.includes('offer-counter') && (
      <Act<object> label="增加反担保" url={`${url}/counter-guarantees`} initialValues={{ kind: '10000' }}>
        <Form.Item name="kind" label="种类" rules={[requiredRule('种类')]}>
          <Select options={Object.entries(counterKinds).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="provider" label="提供人" rules={[requiredRule('提供人')]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="title" label="反担保物或保证内容" rules={[requiredRule('反担保物或保证内容')]}>
          <Input maxLength={300} />
        </Form.Item>
        <Form.Item name="appraised" label="评估价值" rules={[moneyRule]}>
          <MoneyField />
        </Form.Item>
      </Act>
    )}
  </section>
);

const Memo = ({ of, url }: { of: CaseDetail; url: string }) => (
  <section className="case-memo">
    <h3>
      评审报告 <span className="muted">由录入数据自动生成，点数字回到出处</span>{' '}
      <Button size="small" href={`${url}/memo.pdf`}>
        下载 PDF
      </Button>
    </h3>
    {of.memo.map((section) => (
      <div key={section.title}>
        <h4>{section.title}</h4>
        {section.lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a memo have no name and never change places.
          <p key={at}>
            {line.map((piece, part) =>
              typeof piece === 'string' ? (
                piece
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <Link key={part} to={piece.href as string}>
                  {piece.text}
                </Link>
              ),
            )}
          </p>
        ))}
      </div>
    ))}
  </section>
);
