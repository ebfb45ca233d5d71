import { SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Input, type InputRef } from 'antd';
import { type RefObject, useDeferredValue, useEffect, useRef, useState } from 'react';
import { api } from '../api.ts';

/** One thing found by GET /api/search. `url` is a page of this site. */
export type SearchHit = {
  readonly kind: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly url: string;
};

/** Finds customers, guarantees, institutions and banks by credit code, name, contract number or pinyin initials. Key: `/`. */
export function SearchBox() {
  const router = useRouter();
  const input = useRef<InputRef>(null);
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const q = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => api.get<{ rows: readonly SearchHit[] }>('/api/search', { q }, signal),
    enabled: q.length >= 2,
  });
  useSlashKey(input);

  const hits = q.length >= 2 ? (found.data?.rows ?? []) : [];
  const note = found.isError
    ? found.error.message
    : found.isLoading
      ? '正在查找……'
      : hits.length === 0
        ? `没有找到「${q}」。可输入完整的信用代码、合同号，或名称的拼音首字母。`
        : '';
  const go = (hit: SearchHit | undefined) => {
    if (!hit) return;
    setOpen(false);
    setText('');
    router.history.push(hit.url);
  };
  return (
    <div className="search">
      <Input
        ref={input}
        size="small"
        prefix={<SearchOutlined />}
        placeholder="信用代码、名称、合同号、拼音首字母（按 / 键）"
        aria-label="全局查找"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, hits.length - 1));
          else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, 0));
          else if (event.key === 'Enter') go(hits[chosen]);
          else if (event.key === 'Escape') input.current?.blur();
          else return;
          event.preventDefault();
        }}
      />
      {isOpen && q.length >= 2 && <Hits hits={hits} chosen={chosen} choose={setChosen} go={go} note={note} />}
    </div>
  );
}

type HitsProps = {
  readonly hits: readonly SearchHit[];
  readonly chosen: number;
  readonly choose: (index: number) => void;
  readonly go: (hit: SearchHit) => void;
  readonly note: string;
};

const Hits = ({ hits, chosen, choose, go, note }: HitsProps) => (
  <div className="search-list" role="listbox">
    {hits.map((hit, index) => (
      <button
        type="button"
        role="option"
        aria-selected={index === chosen}
        key={hit.url}
        className={`search-hit${index === chosen ? ' chosen' : ''}`}
        onMouseDown={() => go(hit)}
        onMouseEnter={() => choose(index)}
      >
        <span className="search-kind">{hit.kind}</span>
        <span className="search-title">{hit.title}</span>
        <span className="search-sub">{hit.subtitle}</span>
      </button>
    ))}
    {note && <div className="search-none">{note}</div>}
  </div>
);

/** `/` anywhere but in a field puts the cursor into the search box. */
function useSlashKey(input: RefObject<InputRef | null>): void {
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.ctrlKey || /^(input|textarea)$/i.test(target.tagName)) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, [input]);
}
