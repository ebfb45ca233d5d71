import { Link } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import type { Article } from '../../src/kernel/article.ts';
import { cite } from '../../src/kernel/article.ts';

/** The four directions of 支小支农支新支创. */
export type TagCode = 'small' | 'farm' | 'new' | 'start';
const tagLabels: Record<TagCode, string> = { small: '支小', farm: '支农', new: '支新', start: '支创' };

/** One policy tag; the primary tag, the only one counted in reports, is framed. */
export const TagBadge = ({ tag, primary }: { tag: TagCode; primary?: boolean }) => (
  <Tooltip title={primary ? '主标签：统计只按主标签计一次' : undefined}>
    <span className={`mark tag-badge tag-${tag}${primary ? ' tag-primary' : ''}`}>{tagLabels[tag]}</span>
  </Tooltip>
);

const tagBits: readonly (readonly [number, TagCode])[] = [
  [1, 'small'],
  [2, 'farm'],
  [4, 'new'],
  [8, 'start'],
];

/** The codes of a tag sum off the wire (1 支小 2 支农 4 支新 8 支创), the primary one first. */
export function tagsOf(sum: number, primary: number): readonly TagCode[] {
  const has = (bit: number): boolean => Math.floor(sum / bit) % 2 === 1;
  const present = tagBits.filter(([bit]) => has(bit));
  return [...present.filter(([bit]) => bit === primary), ...present.filter(([bit]) => bit !== primary)].map(
    ([, tag]) => tag,
  );
}

/** All tags of a record as the wire carries them. */
export const TagBadges = ({ tags, primaryTag }: { tags: number; primaryTag: number }) => (
  <>
    {tagsOf(tags, primaryTag).map((tag) => (
      <TagBadge key={tag} tag={tag} primary={tagBits.some(([bit, code]) => bit === primaryTag && code === tag)} />
    ))}
  </>
);

/** How a state looks: well, needs care, bad, under way, over. */
export type StatusTone = 'good' | 'warn' | 'bad' | 'busy' | 'mute';

/** A state in words with a coloured dot; the word alone must say it. */
export const StatusBadge = ({ tone, children }: { tone: StatusTone; children: string }) => (
  <span className={`badge badge-${tone}`}>{children}</span>
);

/** The anchor of an article on the law page. */
export const articleAnchor = (article: Article): string => `${article.number}·${article.article}`.replace(/\s+/g, '');

/** 文号·条: hover names the document, a click opens it in 制度图谱. */
export const ArticleTag = ({ article }: { article: Article }) => (
  <Link to={'/law' as string} hash={articleAnchor(article)} className="article" title={cite(article)}>
    {article.number || `《${article.document}》`}·{article.article}
  </Link>
);

/** The mark of a figure nobody has confirmed against its source. `reason` says what is missing. */
export const UnverifiedMark = ({ reason, placeholder }: { reason: string; placeholder?: boolean }) => (
  <Tooltip title={reason}>
    <span className="mark mark-unverified">{placeholder || /占位/.test(reason) ? '占位' : '未核实'}</span>
  </Tooltip>
);
