import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiProblem, newIntent, type WriteOptions } from '../api.ts';

/**
 * One intent of the user as a mutation. `send` gets the input and the options to pass to `api.post/put/patch`.
 * Trying the same input again after the network failed carries the same Idempotency-Key, so that nothing is done twice;
 * another input, or an answer of the server, starts a new intent. All queries are refreshed after success.
 */
export function useWrite<Input, Answer>(
  send: (input: Input, options: WriteOptions) => Promise<Answer>,
  then?: (answer: Answer, input: Input) => void,
) {
  const queries = useQueryClient();
  const intent = useRef<{ of: string; key: string }>(undefined);
  return useMutation<Answer, Error, Input>({
    mutationFn: async (input) => {
      const of = JSON.stringify(input) ?? '';
      if (intent.current?.of !== of) intent.current = { of, key: newIntent() };
      try {
        const answer = await send(input, { intent: intent.current.key });
        intent.current = undefined;
        return answer;
      } catch (problem) {
        const isUnanswered = problem instanceof ApiProblem && (problem.status === 0 || problem.status >= 500);
        if (!isUnanswered) intent.current = undefined;
        throw problem;
      }
    },
    onSuccess: async (answer, input) => {
      await queries.invalidateQueries();
      then?.(answer, input);
    },
  });
}
