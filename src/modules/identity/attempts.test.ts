import { describe, expect, it } from 'vitest';
import { attemptGuard } from './attempts.ts';
import { limits } from './limits.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 8, 30) + minutes * 60_000);
const most = limits.failuresOfAddress;
const fail = (guard: ReturnType<typeof attemptGuard>, address: string, count: number, now = at(0)) =>
  Array.from({ length: count }, (_, n) => guard.enter(address, `guess-${n}`, now));

describe('同一地址试许多账号', () => {
  it('少一次、正好、多一次；过了时间窗重新计', () => {
    const guard = attemptGuard();
    expect(fail(guard, '10.0.0.1', most - 1)).not.toContain(false);
    expect(guard.enter('10.0.0.1', 'a', at(0))).toBe(true);
    expect(guard.enter('10.0.0.1', 'b', at(0))).toBe(false);
    expect(guard.enter('10.0.0.2', 'b', at(0))).toBe(true);
    expect(guard.enter('10.0.0.1', 'b', at(limits.addressWindowMinutes - 1))).toBe(false);
    expect(guard.enter('10.0.0.1', 'b', at(limits.addressWindowMinutes))).toBe(true);
  });

  it('同一出口的办公室：成功的不占次数，来过的账号不受牵连，生人仍被挡', () => {
    const guard = attemptGuard();
    for (let n = 0; n < most * 3; n += 1) {
      expect(guard.enter('1.2.3.4', `clerk-${n}`, at(0)), `第 ${n} 人`).toBe(true);
      guard.succeeded('1.2.3.4', `clerk-${n}`, at(0));
    }
    fail(guard, '1.2.3.4', most + 5, at(1));
    expect(guard.enter('1.2.3.4', 'stranger', at(1))).toBe(false);
    expect(guard.enter('1.2.3.4', 'clerk-7', at(1))).toBe(true);
    expect(guard.enter('5.6.7.8', 'clerk-7', at(1))).toBe(true);
  });

  it('同一 IPv6 /64 算一个地址，另一个 /64 不算', () => {
    const guard = attemptGuard();
    for (let n = 0; n < most; n += 1) guard.enter(`2001:db8:1:2::${n.toString(16)}`, `a${n}`, at(0));
    expect(guard.enter('2001:db8:1:2:ffff::1', 'x', at(0))).toBe(false);
    expect(guard.enter('2001:db8:1:3::1', 'x', at(0))).toBe(true);
  });

  it('记住的地址有上限', () => {
    const guard = attemptGuard();
    fail(guard, 'first', most);
    for (let n = 0; n < limits.addressesRemembered; n += 1) guard.enter(`other-${n}`, 'x', at(0));
    expect(guard.enter('first', 'x', at(0))).toBe(true);
  });
});
