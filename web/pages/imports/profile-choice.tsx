import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect } from 'react';
import type { ImportTarget } from '../../../src/modules/imports/contract.ts';
import { api, newIntent } from '../../api.ts';
import { RefusalList, StatusBadge, showInstant, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { fieldsOf } from './fields.ts';
import { type Draft, fitOf, newDraft } from './profile-draft.ts';
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
      const title = target === 'guarantee' ? '保函台账导入' : '变动流水导入';
      onChosen(newDraft(target, title, `map-${newIntent().slice(0, 8)}`, fields, sample, fieldsOf(target)));
    },
  );
  const already = profiles.data?.rows.find(({ code }) => code === wanted);
  useEffect(() => {
    if (already) onChosen(already.profile);
  }, [already, onChosen]);
  return (
    <Panel title="这份表怎么读" note="以前导过同样的表，选用过的映射；第一次导，新建一个">
      <div className="import-new">
        <Button type="primary" loading={suggest.isPending} onClick={() => suggest.mutate('guarantee')}>
          新建映射：一行一笔保函
        </Button>
        <Button loading={suggest.isPending} onClick={() => suggest.mutate('movement')}>
          新建映射：一行一笔变动（放款、还款、代偿……）
        </Button>
      </div>
      {suggest.error && <RefusalList problem={suggest.error} />}
      <QueryState query={profiles} rows={3}>
        {({ rows }) => {
          const fitting = rows
            .map((profile) => ({ profile, fit: fitOf(profile.profile.fields, sample.columns) }))
            .sort((one, other) => one.fit.absent.length - other.fit.absent.length);
          if (fitting.length === 0) return <p className="muted">本机构还没有保存过映射。</p>;
          return (
            <table className="dense import-profiles">
              <thead>
                <tr>
                  <th>用过的映射</th>
                  <th>用于</th>
                  <th>与本文件</th>
                  <th>保存时间</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {fitting.map(({ profile, fit }) => (
                  <tr key={profile.code}>
                    <td>
                      {profile.title}
                      {profile.guarantorId === null && <span className="mark import-shipped">随系统提供</span>}
                    </td>
                    <td>{profile.target === 'guarantee' ? '保函台账' : '变动流水'}</td>
                    <td>
                      {fit.absent.length === 0 ? (
                        <StatusBadge tone="good">{`${fit.wanted} 列全部对得上`}</StatusBadge>
                      ) : (
                        <span title={`缺：${fit.absent.join('、')}`}>
                          <StatusBadge tone="mute">{`对上 ${fit.found} / ${fit.wanted} 列`}</StatusBadge>
                        </span>
                      )}
                    </td>
                    <td>
                      {showInstant(profile.recordedAt)}
                      {profile.recordedAt && `（第 ${profile.version} 版）`}
                    </td>
                    <td>
                      <Button
                        size="small"
                        type={fit.absent.length === 0 ? 'primary' : 'default'}
                        onClick={() => onChosen(profile.profile)}
                      >
                        用这个
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </QueryState>
    </Panel>
  );
}
