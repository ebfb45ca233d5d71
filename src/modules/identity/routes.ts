import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { isClockMoved } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { changePassword, confirmTotp, startTotp } from './actions.ts';
import { forgetUser, sessionCookie, tokenOf } from './caller.ts';
import { clientRoutes } from './client-routes.ts';
import {
  changePasswordBody,
  confirmTotpBody,
  demoAccountsWire,
  meWire,
  proofWire,
  rolesWire,
  signInBody,
} from './contract.ts';
import { demoAccounts, isDemo } from './demo.ts';
import { limits } from './limits.ts';
import { permissions } from './permissions.ts';
import { decidesNothingProof } from './proof.ts';
import { roleOf, roles } from './roles.ts';
import { signIn, signOut } from './sign-in.ts';
import { accountOf, scopeOf } from './store.ts';
import { userRoutes } from './user-routes.ts';

/** Sign-in and the signed-in person, users and grants, roles, the proof of 条11, other systems. */
export function identityRoutes(app: FastifyInstance, deps: Deps): void {
  signInRoutes(app, deps);
  meRoutes(app, deps);
  roleRoutes(app, deps);
  userRoutes(app, deps);
  clientRoutes(app, deps);
}

const done = z.object({ ok: z.literal(true) });
const levelNames = ['province', 'province', 'city', 'county'] as const;

function signInRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/sign-in',
    tag: '登录',
    summary: '登录；成功后以 Cookie 保持会话',
    permission: 'public',
    status: 200,
    body: signInBody,
    answer: done,
    rateLimit: { max: 120, timeWindow: '1 minute' },
    handle: async ({ body, reply, request }) => {
      const session = await signIn(deps, { ...body, address: request.ip });
      setCookie(reply, session.token, request.protocol === 'https', limits.absoluteMinutes * 60);
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/sign-out',
    tag: '登录',
    summary: '退出登录',
    permission: 'public',
    status: 200,
    answer: done,
    handle: async ({ request, reply, context }) => {
      const given = tokenOf(request);
      // Sessions are the program's rows; having the token is the right to end it.
      const userId = given
        ? await deps.db.transaction(systemActor, (tx) => signOut(tx, { ...context, actor: systemActor }, given.token))
        : null;
      if (userId !== null) forgetUser(deps.db, userId);
      setCookie(reply, '', request.protocol === 'https', 0);
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/demo-accounts',
    tag: '登录',
    summary: '演示账号；非演示环境为空',
    permission: 'public',
    answer: demoAccountsWire,
    handle: async () => ({ rows: isDemo() ? await deps.db.read(systemActor, demoAccounts) : [] }),
  });
}

function setCookie(reply: FastifyReply, value: string, secure: boolean, maxAge: number): void {
  reply.setCookie(sessionCookie, value, { httpOnly: true, sameSite: 'strict', path: '/', secure, maxAge });
}

function meRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/me',
    tag: '登录',
    summary: '当前用户、角色、权限与数据范围',
    permission: 'signed-in',
    answer: meWire,
    handle: ({ read, caller, context }) =>
      read(async (tx) => {
        const me = await accountOf(tx, caller.userId);
        const scope = await scopeOf(tx);
        const home = me.institution;
        return {
          user: { id: String(me.id), name: me.name, account: me.account, totp: me.totpSecret !== null },
          institution: home && {
            id: String(home.id),
            name: home.name,
            kind: home.kind,
            level: levelNames[home.level] ?? 'county',
            regionCode: String(home.regionCode),
          },
          roles: me.roles.map((code) => ({ code, title: roleOf(code)?.title ?? code })),
          permissions: [...caller.permissions].sort(),
          scope: {
            province: scope.province,
            guarantors: scope.guarantors.map(String),
            regions: scope.regions.map(String),
            bank: scope.bank === 0 ? null : String(scope.bank),
            text: scopeText(scope, home?.name ?? ''),
          },
          demo: isDemo(),
          today: context.clock.today(),
          dayIsMoved: isClockMoved(),
        };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/me/password',
    tag: '登录',
    summary: '修改自己的密码；全部会话随即失效',
    permission: 'signed-in',
    status: 200,
    body: changePasswordBody,
    answer: done,
    handle: async ({ write, context, body }) => {
      await write((tx) => changePassword(tx, context, body));
      forgetUser(deps.db, context.actor.userId);
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/me/totp',
    tag: '登录',
    summary: '开通动态口令第一步：取得密钥',
    permission: 'signed-in',
    status: 200,
    answer: z.object({ secret: z.string(), otpauthUrl: z.string() }),
    // Not through `write`: the secret must not be kept with the answers to repeated requests.
    handle: ({ read, context }) => read((tx) => startTotp(tx, context)),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/me/totp/confirm',
    tag: '登录',
    summary: '开通动态口令第二步：以当前口令确认',
    permission: 'signed-in',
    status: 200,
    body: confirmTotpBody,
    answer: done,
    handle: async ({ write, context, body }) => {
      await write((tx) => confirmTotp(tx, context, body));
      return { ok: true as const };
    },
  });
}

function scopeText(scope: { province: boolean; guarantors: number[]; regions: number[]; bank: number }, home: string) {
  if (scope.province) return '全省';
  const parts = [
    ...(scope.guarantors.length > 0 ? [`${home}的业务`] : []),
    ...(scope.regions.length > 0 ? ['本行政区域内的业务'] : []),
    ...(scope.bank !== 0 ? [`${home}的贷款`] : []),
  ];
  return parts.length > 0 ? parts.join('、') : '无业务数据';
}

function roleRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/roles',
    tag: '用户与授权',
    summary: '角色与权限表',
    permission: 'signed-in',
    answer: rolesWire,
    handle: async () => ({
      permissions: [...permissions],
      rows: roles.map((each) => ({ ...each, at: [...each.at], permissions: [...each.permissions] })),
    }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/separation-proof',
    tag: '用户与授权',
    summary: '政企分开证明（条11）',
    permission: 'separation.read',
    answer: proofWire,
    // Proof about everyone needs to see everyone, whoever reads it: it shows names and posts, nothing of the business.
    handle: ({ context }) => deps.db.read(systemActor, async (tx) => copyOf(await decidesNothingProof(tx, context))),
  });
}

const copyOf = (proof: Awaited<ReturnType<typeof decidesNothingProof>>) =>
  structuredClone(proof) as z.input<typeof proofWire>;
