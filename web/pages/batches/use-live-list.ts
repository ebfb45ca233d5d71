import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { Listing } from '../../api.ts';

/** Asks for a list again while something in it is under way; answers what to hand to the list as `onLoaded`. */
export function useLiveList<Row>(url: string, isUnderWay: (row: Row) => boolean) {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['list', url] }), 1500);
    return () => clearInterval(timer);
  }, [isLive, queries, url]);
  return useCallback((answer: Listing<Row>) => setLive(answer.rows.some(isUnderWay)), [isUnderWay]);
}
