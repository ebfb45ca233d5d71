import type { ApiRoute } from './server.ts';

type Json = Record<string, unknown>;

/** One operation of an OpenAPI 3.1 document, as far as this program writes and reads it. */
export type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Json }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }>; headers?: Json }>;
  security?: Json[];
  'x-permission'?: string;
};

/** An OpenAPI 3.1 document. */
export type ApiDocument = {
  openapi: string;
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
};

const reasons: Readonly<Record<number, string>> = {
  400: '提交内容格式不符：refusals 逐项指出字段',
  401: '尚未登录，或会话、令牌已过期',
  403: '没有此项权限',
  404: '没有找到，或不在可见范围内',
  409: '与已有内容冲突；同一幂等键用于了另一份内容',
  412: '他人已先行修改（If-Match 不符）',
  422: '业务规则不允许：refusals 给出规则代码、条款、原因与数字',
  429: '请求过于频繁',
};

/**
 * Completes what the server derives from its routes: a stable operationId from method and path, the permission, who need not sign
 * in, the refusals every operation can answer, and what each group of operations is for. Changes nothing of the shapes.
 */
export function completeDocument(
  derived: ApiDocument,
  routes: readonly ApiRoute[],
  tags: Readonly<Record<string, string>>,
): ApiDocument {
  const document = structuredClone(derived);
  const permissions = new Map(
    routes.map((each) => [`${each.method} ${each.url.replace(/:(\w+)/g, '{$1}')}`, each.permission]),
  );
  const used = new Set<string>();
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const permission = permissions.get(`${method.toUpperCase()} ${path}`) ?? '';
      operation.operationId = operationIdOf(method, path);
      operation['x-permission'] = permission;
      if (permission === 'public') operation.security = [];
      for (const tag of operation.tags ?? []) used.add(tag);
      for (const [status, response] of Object.entries(operation.responses))
        if (response.description === 'Default Response')
          response.description = status === '202' ? '已受理' : '办理结果';
      for (const status of statusesOf(method, path, operation, permission))
        operation.responses[status] ??= { description: reasons[status]!, content: problemContent };
    }
  document.tags = [...used].map((name) => ({ name, description: tags[name] ?? name }));
  document.components.schemas = { ...document.components.schemas, Problem: problemSchema, Refusal: refusalSchema };
  return document;
}

/** `GET /api/guarantees/{guarantorId}/{id}` is `getGuaranteesByGuarantorIdAndId`: never changes while the path does not. */
export function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/api\//, '/')
    .split('/')
    .filter(Boolean);
  const name = words.map((word, at) => {
    const parameter = /^\{(\w+)\}$/.exec(word)?.[1];
    const joint = parameter ? (words[at - 1]?.startsWith('{') ? 'And' : 'By') : '';
    return (
      joint +
      (parameter ?? word)
        .split(/[^A-Za-z0-9]+/)
        .map(capital)
        .join('')
    );
  });
  return method.toLowerCase() + name.join('');
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

function statusesOf(method: string, path: string, operation: Operation, permission: string): number[] {
  const isWrite = method !== 'get';
  const takesInput = (operation.parameters?.length ?? 0) > 0 || operation.requestBody !== undefined;
  return [
    ...(takesInput ? [400] : []),
    ...(permission === 'public' ? [] : [401]),
    ...(permission === 'public' || permission === 'signed-in' ? [] : [403]),
    ...(path.includes('{') ? [404] : []),
    ...(isWrite ? [409, 412, 422] : []),
    429,
  ];
}

const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

const text = (description: string): Json => ({ type: 'string', description });

const refusalSchema: Json = {
  type: 'object',
  description: '一条不予办理的理由',
  required: ['code', 'message'],
  properties: {
    code: text('规则代码，供程序判断'),
    message: text('给人看的原因与办法'),
    field: text('有问题的字段'),
    article: {
      type: 'object',
      description: '所依据的条款',
      required: ['document', 'number', 'article'],
      properties: { document: text('文件'), number: text('文号'), article: text('条款') },
    },
    figures: { type: 'object', description: '有关数字', additionalProperties: { type: 'string' } },
    unverified: text('所依据数字未经核实的说明'),
  },
};

const problemSchema: Json = {
  type: 'object',
  description: '出错或不予办理的应答（RFC 9457）',
  required: ['type', 'title', 'status', 'refusals'],
  properties: {
    type: { type: 'string' },
    title: text('概要'),
    status: { type: 'integer' },
    detail: text('说明'),
    refusals: { type: 'array', items: { $ref: '#/components/schemas/Refusal' } },
  },
};
