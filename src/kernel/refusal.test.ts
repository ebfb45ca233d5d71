import { describe, expect, it } from 'vitest';
import { cite } from './article.ts';
import { Refused } from './refusal.ts';

describe('业务上的拒绝', () => {
  const one = { code: 'a', message: '甲' };
  it('一条与多条一样抛', () => {
    expect(new Refused(one).refusals).toEqual([one]);
    expect(new Refused([one, { code: 'b', message: '乙' }]).message).toBe('甲；乙');
  });
  it('默认422，可另指', () => {
    expect(new Refused(one).status).toBe(422);
    expect(new Refused(one, 409).status).toBe(409);
  });
  it('条款写法', () =>
    expect(cite({ document: '融资担保公司监督管理条例', number: '国务院令第683号', article: '第十六条' })).toBe(
      '《融资担保公司监督管理条例》（国务院令第683号）第十六条',
    ));
});
