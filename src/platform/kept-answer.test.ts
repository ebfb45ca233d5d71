import { describe, expect, it } from 'vitest';
import { packAnswer, unpackAnswer } from './kept-answer.ts';

describe('按幂等键留存的答复', () => {
  it.each([
    ['编号与金额（bigint）', { instanceId: 9007199254740993n, rows: [{ amount: -1n }] }],
    ['时间', { at: new Date('2026-11-24T01:02:03.004Z'), dueOn: '2026-11-24' }],
    ['文字、数、空值', { name: '太原', count: 3, ok: true, none: null, list: [], nested: { a: [1, 'b'] } }],
    ['单个值', 12n],
    ['没有答复', null],
  ])('%s：重放与首次相同', (_, answer) => {
    expect(unpackAnswer(JSON.parse(packAnswer(answer)))).toEqual(answer);
  });
  it('未定义的字段与 JSON 一样略去；没有返回值记作 null', () => {
    expect(unpackAnswer(JSON.parse(packAnswer({ a: undefined, b: 1n })))).toEqual({ b: 1n });
    expect(packAnswer(undefined)).toBe('null');
  });
});
