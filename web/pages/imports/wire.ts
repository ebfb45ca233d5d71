import type { z } from 'zod';
import type {
  BatchWire,
  fileWire,
  Phase,
  previewWire,
  profileWire,
  Reason,
  tryWire,
  Verdict,
  verdictRow,
} from '../../../src/modules/imports/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export type { BatchWire, Phase, Reason, Verdict };
export type FileWire = z.infer<typeof fileWire>;
export type Preview = z.infer<typeof previewWire>;
export type ProfileWire = z.infer<typeof profileWire>;
export type TryAnswer = z.infer<typeof tryWire>;
export type VerdictRow = z.infer<typeof verdictRow>;

/** What the verdicts are called and how they look. */
export const verdictLooks: Readonly<Record<Verdict, { title: string; tone: StatusTone; meaning: string }>> = {
  accepted: { title: '可入账', tone: 'good', meaning: '各项规则通过' },
  already: { title: '已在账', tone: 'mute', meaning: '账上已有同样的记录，不会重复记' },
  'needs-completing': { title: '待补正', tone: 'warn', meaning: '缺资料或认不出，补齐后可入账' },
  refused: { title: '拒绝', tone: 'bad', meaning: '与规则不符，须更正' },
};

/** What the phases are called and how they look. */
export const phaseLooks: Readonly<Record<Phase, { title: string; tone: StatusTone }>> = {
  registered: { title: '待试算', tone: 'mute' },
  checking: { title: '试算中', tone: 'busy' },
  checked: { title: '已试算，未入账', tone: 'warn' },
  committing: { title: '入账中', tone: 'busy' },
  committed: { title: '已入账', tone: 'good' },
  failed: { title: '未完成', tone: 'bad' },
  stalled: { title: '中断，可续', tone: 'bad' },
};

/** Is a batch being worked on, so that its progress should be asked again? */
export const isUnderWay = (phase: Phase): boolean => phase === 'checking' || phase === 'committing';

/** A file size as people read it. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
