import type { Preview } from './wire.ts';

/** The file as it is: titles and first rows, with the faults of their shape marked. */
export const PreviewTable = ({ sample }: { sample: Preview }) => (
  <div className="import-preview">
    <table className="dense">
      <thead>
        <tr>
          <th className="num">行</th>
          {sample.columns.map((column, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns may have the same title
            <th key={index}>{column || `（第 ${index + 1} 列）`}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sample.rows.slice(0, 6).map((row) => (
          <tr
            key={row.line}
            className={row.problems.length > 0 ? 'import-lacking' : ''}
            title={row.problems.join('；')}
          >
            <td className="num muted">{row.line}</td>
            {row.cells.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other identity
              <td key={index}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
