import { day } from '../../kernel/day.ts';
import { guideArticle16 } from '../../law/shanxi-reform-guide.ts';
import type { Condition, NewScheme } from './contract.ts';

const common = {
  from: day('2020-01-01'),
  to: null,
  shares: { province: '0.4', city: '0.3', county: '0.3' },
  remainderTo: 'county',
  priority: 100,
  placeholder: true,
  article: guideArticle16,
  document: '演示办法（占位，数值未经核实）',
} as const;
const focus: Condition = { kind: 'tag', title: '业务为支小或支农', anyOf: ['支小', '支农'] };

/** Schemes for demonstrations, every one 占位: Shanxi's own rates are not known, and none of these figures is from a document. */
export const demoSchemes: readonly NewScheme[] = [
  {
    code: 'demo-risk-compensation',
    title: '支小支农代偿风险补偿（占位）',
    kind: 'risk-compensation',
    purpose: '代偿风险补偿',
    version: {
      ...common,
      formula: '代偿支出 ×[四舍五入] 补偿比例',
      constants: [
        { name: '补偿比例', value: '30%' },
        { name: '单户上限', value: '1000万元' },
        { name: '费率上限', value: '1%' },
      ],
      conditions: [
        focus,
        { kind: 'expression', title: '单户在保余额不超过上限', expression: '单户在保余额 ≤ 单户上限' },
        { kind: 'expression', title: '年化担保费率不超过上限', expression: '费率 ≤ 费率上限' },
        { kind: 'expression', title: '本季有代偿或代偿冲正', expression: '代偿支出 > 0元 或 代偿支出 < 0元' },
      ],
      loanCap: '2000000.00',
      guarantorCap: null,
      overlap: 'refuse',
    },
  },
  {
    code: 'demo-fee-subsidy',
    title: '小微三农担保费补贴（占位）',
    kind: 'fee-subsidy',
    purpose: '担保费补贴',
    version: {
      ...common,
      formula: '余额积数 ×[精确] 取大(目标费率 − 费率, 0) ÷[四舍五入] 年天数',
      constants: [
        { name: '目标费率', value: '1.5%' },
        { name: '年天数', value: '360天' },
        { name: '单户上限', value: '500万元' },
        { name: '费率上限', value: '1%' },
      ],
      conditions: [
        focus,
        { kind: 'size', title: '小型、微型企业或个体、农户', anyOf: ['小型', '微型', '不可判定'] },
        { kind: 'expression', title: '单户在保余额不超过上限', expression: '单户在保余额 ≤ 单户上限' },
        { kind: 'expression', title: '年化担保费率不超过上限', expression: '费率 ≤ 费率上限' },
      ],
      loanCap: '50000.00',
      guarantorCap: '20000000.00',
      overlap: 'offset',
    },
  },
  {
    code: 'demo-volume-reward',
    title: '首次新增户业务奖补（占位）',
    kind: 'volume-reward',
    purpose: '业务奖补',
    version: {
      ...common,
      formula: '新增户 ×[四舍五入] 每户奖补',
      constants: [
        { name: '每户奖补', value: '2000元/户' },
        { name: '单户上限', value: '500万元' },
      ],
      conditions: [
        focus,
        { kind: 'expression', title: '单户在保余额不超过上限', expression: '单户在保余额 ≤ 单户上限' },
      ],
      loanCap: null,
      guarantorCap: null,
      overlap: 'refuse',
    },
  },
];
