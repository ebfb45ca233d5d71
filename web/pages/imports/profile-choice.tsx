import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect } from 'react';
import { fieldsOf } from '../../../src/modules/imports/contract/fields.ts';
import type { ImportTarget } from '../../../src/modules/imports/contract.ts';
import { api, newIntent } from '../../api.ts';
import { RefusalList, showInstant, useWrite } from '../../fields/index.ts';
import { FittingProfiles } from '../../mapping/fitting-profiles.tsx';
import { newMapping } from '../../mapping/mapping.ts';
import { Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { type Draft, targetTitles } from './draft.ts';
import type { Preview, ProfileWire } from './wire.ts';

type ProfileChoiceProps = {
  readonly sample: Preview;
  readonly guarantorId: string;
  /** Code of the profile to take at once, when somebody sends corrected rows again. */
  readonly wanted: string | undefined;
  readonly onChosen: (draft: Draft) => void;
};

/** A profile used before, the best fitting first, or a new one filled in by column titles. */
export function ProfileChoice({ sample, guarantorId, wanted, onChosen }: ProfileChoiceProps) {
  const profiles = useQuery({
    queryKey: ['imports', 'profiles', guarantorId],
    queryFn: ({ signal }) =>
      api.get<{ rows: readonly ProfileWire[] }>('/api/imports/profiles', { guarantorId }, signal),
  });
  const suggest = useWrite(
    (target: ImportTarget, options) =>
      api.post<{ fields: Record<string, string> }>(
        '/api/imports/profiles/suggest',
        { target, columns: sample.columns },
        options,
      ),
    ({ fields }, target) => {
      const code = `map-${newIntent().slice(0, 8)}`;
      const mapping = newMapping(`${targetTitles[target]}导入`, code, fields, sample, fieldsOf(target));
      onChosen({ ...mapping, target, counties: {} });
    },
  );
  const already = profiles.data?.rows.find(({ code }) => code === wanted);
  useEffect(() => {
    if (already) onChosen(already.profile);
  }, [already, onChosen]);
  return (
    <Panel title="这份表怎么读" note="以前导过同样的表，选用过的映射；第一次导，新建一个">
      <div className="mapping-new">
        <Button type="primary" loading={suggest.isPending} onClick={() => suggest.mutate('guarantee')}>
          新建映射：一行一笔保函
        </Button>
        <Button loading={suggest.isPending} onClick={() => suggest.mutate('movement')}>
          新建映射：一行一笔变动（放款、还款、代偿……）
        </Button>
      </div>
      {suggest.error && <RefusalList problem={suggest.error} />}
      <QueryState query={profiles} rows={3}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="muted">本机构还没有保存过映射。</p>
          ) : (
            <FittingProfiles
              profiles={rows}
              sample={sample}
              columns={profileColumns}
              onChosen={({ profile }) => onChosen(profile)}
            />
          )
        }
      </QueryState>
    </Panel>
  );
}

const profileColumns = [
  {
    title: '用过的映射',
    render: ({ title, guarantorId }: ProfileWire) => (
      <>
        {title}
        {guarantorId === null && <span className="mark mapping-shipped">随系统提供</span>}
      </>
    ),
  },
  { title: '用于', render: ({ target }: ProfileWire) => targetTitles[target] },
  {
    title: '保存时间',
    render: ({ recordedAt, version }: ProfileWire) =>
      recordedAt === null ? '' : `${showInstant(recordedAt)}（第 ${version} 版）`,
  },
];
