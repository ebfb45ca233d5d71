import type { ExclusionLine } from '../../../src/modules/batches/contract.ts';
import { Facts, showWireMoney } from '../../fields/index.ts';

const yuan = (value: string): string => `${showWireMoney(value, '元')} 元`;

/** What taking a guarantee out does: to the cover, to the fee, and to claims already paid. */
export const EffectFacts = ({ effect }: { effect: ExclusionLine['effect'] }) => (
  <Facts
    facts={[
      { name: '保障：解除的在保余额', value: yuan(effect.release) },
      { name: '费用：退还的担保费', value: yuan(effect.refund) },
      { name: '已代偿：应由银行返还', value: yuan(effect.owedBack) },
    ]}
  />
);
