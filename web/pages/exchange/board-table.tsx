import { useRef } from 'react';
import type { Board } from '../../../src/modules/exchange/contract.ts';
import { useFillHeight } from '../../fields/data-table-parts.tsx';
import { type BoardRow, type Cell, cellLooks, packageLooks } from './looks.ts';

type BoardTableProps = { readonly board: Board; readonly open: (packageKey: string) => void };

/** One line per institution, one coloured cell per day; a cell with a package opens it. */
export function BoardTable({ board, open }: BoardTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const height = useFillHeight(box, 70);
  return (
    <div className="exchange-board" ref={box} style={{ maxHeight: height }}>
      <table>
        <thead>
          <tr>
            <th className="exchange-name">机构</th>
            {board.days.map(({ day, isWorkingDay, counts }) => (
              <th
                key={day}
                className={isWorkingDay ? '' : 'exchange-rest'}
                title={`${day}${isWorkingDay ? '' : ' 休息日'}`}
              >
                {day.slice(5).replace('-', '/')}
                <small className={counts.missing || counts.refused ? 'exchange-trouble' : ''}>
                  {counts.missing || counts.refused ? `缺${(counts.missing ?? 0) + (counts.refused ?? 0)}` : ' '}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {board.rows.map((row) => (
            <tr key={row.guarantorId}>
              <th className="exchange-name" title={`${row.name}　${row.code}`}>
                {row.name} <small>{row.regionName}</small>
              </th>
              {row.cells.map((cell) => (
                <td key={cell.day}>
                  <BoardCell row={row} cell={cell} open={open} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BoardCell({ row, cell, open }: { row: BoardRow; cell: Cell; open: (packageKey: string) => void }) {
  const look = cellLooks[cell.status];
  const detail = cell.packageStatus ? `，第 ${cell.version} 版${packageLooks[cell.packageStatus].title}` : '';
  const title = `${row.name} ${cell.day} ${look.title}${detail}`;
  const kind = `exchange-cell exchange-${cell.status}`;
  if (cell.packageId === null) {
    return (
      <span className={kind} title={title} role="img" aria-label={title}>
        {look.letter}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={kind}
      title={title}
      aria-label={title}
      onClick={() => open(`${row.guarantorId}/${cell.packageId}`)}
    >
      {look.letter}
    </button>
  );
}
