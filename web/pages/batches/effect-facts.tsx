import type { ExclusionLine } from '../../../src/modules/batches/contract.ts';
import { Facts, MoneyText } from '../../fields/index.ts';

/** What taking a guarantee out does: to the cover, to the fee, and to claims already paid. */
export const EffectFacts = ({ effect }: { effect: ExclusionLine['effect'] }) => (
  <Facts
    facts={[
      { name: '保障：解除的在保余额（元）', value: <MoneyText value={effect.release} /> },
      { name: '费用：退还的担保费（元）', value: <MoneyText value={effect.refund} /> },
      { name: '已代偿：应由银行返还（元）', value: <MoneyText value={effect.owedBack} /> },
    ]}
  />
);
