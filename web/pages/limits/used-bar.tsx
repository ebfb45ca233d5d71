import { Tooltip } from 'antd';
import { showWireMoney } from '../../fields/index.ts';

/** How full an amount is, for the eye; the figures stand in their own columns. */
export function UsedBar({ used, reserved, amount }: { used: string; reserved: string; amount: string }) {
  const [part, whole] = [Number(used) + Number(reserved), Number(amount)];
  const wide = whole > 0 ? Math.min(100, (part / whole) * 100) : part > 0 ? 100 : 0;
  return (
    <Tooltip title={`已用 ${showWireMoney(used, '万元')} 万元，预留 ${showWireMoney(reserved, '万元')} 万元`}>
      <span className={`limits-share${part > whole ? ' limits-full' : ''}`}>
        <i>
          <b style={{ width: `${wide}%` }} />
        </i>
        {wide.toFixed(0)}%
      </span>
    </Tooltip>
  );
}
