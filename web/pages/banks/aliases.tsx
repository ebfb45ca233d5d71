import type { z } from 'zod';
import type { aliasPage } from '../../../src/modules/banks/contract.ts';
import { type Column, DataTable, showInstant } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Alias = z.infer<typeof aliasPage>['rows'][number];

/** Names in files that a person has confirmed to stand for a bank or a branch. */
export function AliasTable() {
  const me = useMe();
  return (
    <DataTable<Alias>
      url="/api/bank-aliases"
      columns={columns}
      rowKey={(row) => row.alias}
      empty={{ title: '还没有确认过的别名', next: '在「待确认的名称」里粘贴文件中的银行名称，逐个确认。' }}
      asOf={me.today}
      unit={null}
    />
  );
}

const columns: readonly Column<Alias>[] = [
  { key: 'alias', title: '文件里的名称', width: 300, render: (row) => row.alias },
  { key: 'bankName', title: '对应银行', width: 200, render: (row) => row.bankName },
  { key: 'branchName', title: '对应网点', width: 240, render: (row) => row.branchName ?? '—' },
  { key: 'confirmedBy', title: '确认人', width: 110, render: (row) => row.confirmedBy },
  { key: 'confirmedAt', title: '确认时间', width: 150, render: (row) => showInstant(row.confirmedAt) },
];
