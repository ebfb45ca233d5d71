import { Button, Form, Input, InputNumber } from 'antd';
import type { z } from 'zod';
import { addRatio, formatDecimal, parseRatio, showPercent, zeroRatio } from '../../../src/kernel/ratio.ts';
import type { agreementVersion } from '../../../src/modules/agreements/contract.ts';
import { DayField, RefusalList, SplitBar } from '../../fields/index.ts';

const shareFields = [
  ['bankShare', '银行'],
  ['guarantorShare', '直保机构'],
  ['provinceShare', '省再担保'],
  ['fundShare', '国家融担基金'],
  ['otherShare', '其他'],
] as const;
type ShareName = (typeof shareFields)[number][0];
/** Percentages as typed: '20' is 20%. */
type Entry = Record<ShareName, string | null> & {
  readonly feeRate: string | null;
  readonly claimRatioCap?: string | null;
  readonly from: string;
  readonly to?: string;
  readonly document: string;
};

type VersionFormProps = {
  readonly previous?: z.infer<typeof agreementVersion> | undefined;
  readonly problem: unknown;
  readonly isPending: boolean;
  readonly submit: (body: Record<string, unknown>) => void;
  readonly label: string;
  /** Further fields above: of a new agreement. */
  readonly children?: React.ReactNode;
};

/** One version of an agreement: the split in percent with its sum in sight, fee, cap, dates, and the document it rests on. */
export function VersionForm({ previous, problem, isPending, submit, label, children }: VersionFormProps) {
  const [form] = Form.useForm<Entry>();
  const entry = Form.useWatch([], form) as Partial<Entry> | undefined;
  const sum = shareFields.map(([name]) => exactly(entry?.[name])).reduce((a, b) => addRatio(a, b), zeroRatio);
  const isWhole = sum.numerator === sum.denominator;
  const shares = Object.fromEntries(shareFields.map(([name]) => [name, ratioText(entry?.[name]) ?? '0']));
  return (
    <Form<Entry>
      form={form}
      layout="vertical"
      initialValues={startOf(previous)}
      onFinish={(done) => submit(bodyOf(done))}
    >
      {children}
      <div className="form-grid" style={{ gridTemplateColumns: 'repeat(5, minmax(0, 1fr))', columnGap: 10 }}>
        {shareFields.map(([name, title]) => (
          <Form.Item key={name} name={name} label={title}>
            <InputNumber<string> stringMode min="0" max="100" suffix="%" controls={false} style={{ width: '100%' }} />
          </Form.Item>
        ))}
      </div>
      <div style={{ marginBottom: 14 }}>
        <SplitBar shares={shares as never} thin />
        <div className={isWhole ? 'field-hint' : 'field-hint figure-negative'} role="status">
          合计 {showPercent(sum)}
          {isWhole ? '' : '，各方分担比例须合计100%'}
        </div>
      </div>
      <div className="form-grid">
        <Form.Item name="feeRate" label="年化担保费率" rules={[{ required: true, message: '请填写年化担保费率' }]}>
          <InputNumber<string> stringMode min="0" max="10" suffix="%" controls={false} />
        </Form.Item>
        <Form.Item name="claimRatioCap" label="代偿率上限" extra="不设上限则不填">
          <InputNumber<string> stringMode min="0" max="100" suffix="%" controls={false} />
        </Form.Item>
        <Form.Item name="from" label="生效日" rules={[{ required: true, message: '请选择生效日' }]}>
          <DayField />
        </Form.Item>
        <Form.Item name="to" label="截止日" extra="不填则至下一版生效">
          <DayField />
        </Form.Item>
      </div>
      <Form.Item name="document" label="依据文件" rules={[{ required: true, message: '请填写协议编号或扫描件名' }]}>
        <Input maxLength={200} placeholder="协议编号或扫描件名" />
      </Form.Item>
      <div style={{ display: 'grid', gap: 12 }}>
        <RefusalList problem={problem} />
        <div className="form-foot">
          <Button type="primary" htmlType="submit" loading={isPending} disabled={!isWhole}>
            {label}
          </Button>
        </div>
      </div>
    </Form>
  );
}

const exactly = (typed: string | null | undefined) =>
  typed ? (parseRatio(ratioText(typed) ?? '0') ?? zeroRatio) : zeroRatio;

/** '20' percent as the wire's '0.2', exactly. */
function ratioText(typed: string | null | undefined): string | undefined {
  const typedRatio = typed ? parseRatio(String(typed)) : undefined;
  if (!typedRatio) return undefined;
  return formatDecimal({ numerator: typedRatio.numerator, denominator: typedRatio.denominator * 100n });
}

const percentText = (wire: string | null | undefined): string | null => {
  const wireRatio = wire ? parseRatio(wire) : undefined;
  return wireRatio
    ? formatDecimal({ numerator: wireRatio.numerator * 100n, denominator: wireRatio.denominator })
    : null;
};

function startOf(previous: z.infer<typeof agreementVersion> | undefined): Partial<Entry> {
  if (!previous)
    return { bankShare: '20', guarantorShare: '40', provinceShare: '20', fundShare: '20', otherShare: '0' };
  return {
    bankShare: percentText(previous.bankShare),
    guarantorShare: percentText(previous.guarantorShare),
    provinceShare: percentText(previous.provinceShare),
    fundShare: percentText(previous.fundShare),
    otherShare: percentText(previous.otherShare),
    feeRate: percentText(previous.feeRate),
    claimRatioCap: percentText(previous.claimRatioCap),
  };
}

function bodyOf(entry: Entry): Record<string, unknown> {
  const shares = Object.fromEntries(shareFields.map(([name]) => [name, ratioText(entry[name]) ?? '0']));
  const { from, to, document } = entry;
  return {
    ...shares,
    from,
    to: to ?? null,
    document,
    feeRate: ratioText(entry.feeRate) ?? '0',
    claimRatioCap: ratioText(entry.claimRatioCap) ?? null,
    ...('guarantorId' in entry ? { head: entry } : {}),
  };
}
