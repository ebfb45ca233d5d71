import type { z } from 'zod';
import type { rolesWire, userWire } from '../../../src/modules/identity/contract.ts';

export type User = z.infer<typeof userWire>;
export type Roles = z.infer<typeof rolesWire>;

export const accountKinds: Record<User['kind'], string> = { person: '人员', service: '接入系统', system: '程序' };
export const administratorTitles: Readonly<Record<string, string>> = {
  system: '系统管理员',
  security: '安全管理员',
  audit: '审计管理员',
};
