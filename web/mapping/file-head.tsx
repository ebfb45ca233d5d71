import type { UseQueryResult } from '@tanstack/react-query';
import { Select } from 'antd';
import type { PreviewWire } from '../../src/modules/batches/contract.ts';
import { Panel } from '../shell/page.tsx';
import { QueryState } from '../shell/states.tsx';
import './mapping.css';

/** The file as it is: titles and first rows, with the faults of their shape marked. */
const PreviewTable = ({ sample }: { sample: PreviewWire }) => (
  <div className="mapping-preview">
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
            className={row.problems.length > 0 ? 'mapping-lacking' : ''}
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

type FileHeadProps = {
  readonly preview: UseQueryResult<PreviewWire>;
  readonly sheets: readonly string[];
  readonly sheet: string | undefined;
  readonly onSheet: (sheet: string | undefined) => void;
  readonly headerLine: number;
  readonly onHeaderLine: (line: number) => void;
};

/** The first lines of a file, and where its titles stand. */
export const FileHead = ({ preview, sheets, sheet, onSheet, headerLine, onHeaderLine }: FileHeadProps) => (
  <Panel
    title="文件前几行"
    flush
    extra={
      <span className="mapping-sheet">
        {sheets.length > 1 && (
          <Select
            size="small"
            aria-label="工作表"
            value={sheet ?? null}
            options={sheets.map((value) => ({ value, label: value }))}
            onChange={(chosen) => onSheet(chosen ?? undefined)}
          />
        )}
        标题在第
        <Select
          size="small"
          aria-label="标题所在行"
          value={headerLine}
          options={[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((value) => ({ value, label: value }))}
          onChange={onHeaderLine}
        />
        行
      </span>
    }
  >
    <QueryState query={preview} rows={4}>
      {(sample) => <PreviewTable sample={sample} />}
    </QueryState>
  </Panel>
);
