import { useQuery } from '@tanstack/react-query';
import { Progress } from 'antd';
import { useEffect } from 'react';
import { api } from '../api.ts';
import { ProblemState } from '../shell/states.tsx';

/** What a polled job answers. `total` is null while it is not known yet. */
export type JobProgress = {
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly done: number;
  readonly total: number | null;
  readonly message?: string;
};

type ProgressLiveProps<Answer> = {
  readonly url: string;
  /** Reads the progress out of the answer where it has another shape. */
  readonly read?: (answer: Answer) => JobProgress;
  /** Called once when the job is done or has failed. */
  readonly onEnd?: (answer: Answer) => void;
  readonly everyMs?: number;
  readonly unit?: string;
};

/** Follows a job until it ends: a bar, how many of how many, and the step it is at. */
export function ProgressLive<Answer = JobProgress>(props: ProgressLiveProps<Answer>) {
  const { url, onEnd, everyMs = 800, unit = '行' } = props;
  const read = props.read ?? ((answer: Answer) => answer as unknown as JobProgress);
  const query = useQuery({
    queryKey: ['progress', url],
    queryFn: ({ signal }) => api.get<Answer>(url, {}, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && hasEnded(read(state.data)) ? false : everyMs),
    staleTime: 0,
  });
  const ended = query.data !== undefined && hasEnded(read(query.data));
  useEffect(() => {
    if (ended && query.data !== undefined) onEnd?.(query.data);
  }, [ended, query.data, onEnd]);
  if (query.isError) return <ProblemState problem={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Progress percent={0} status="active" />;
  const job = read(query.data);
  const percent = job.state === 'done' ? 100 : job.total ? Math.floor((job.done / job.total) * 100) : 0;
  return (
    <div className="progress" aria-live="polite">
      <Progress
        percent={percent}
        status={job.state === 'failed' ? 'exception' : job.state === 'done' ? 'success' : 'active'}
      />
      <div className="muted">
        {job.message ?? (job.state === 'waiting' ? '排队中' : '处理中')}　{job.done.toLocaleString('en-US')}
        {job.total === null ? '' : ` / ${job.total.toLocaleString('en-US')}`} {unit}
      </div>
    </div>
  );
}

const hasEnded = (job: JobProgress): boolean => job.state === 'done' || job.state === 'failed';
