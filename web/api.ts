import type { Refusal } from '../src/kernel/refusal.ts';

/** What a list answers: one page, the cursor of the next (null at the end) and the total where counting is cheap. */
export type Listing<Row> = {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly total?: number | null;
};

type ProblemBody = {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly refusals?: readonly Refusal[];
  readonly [key: string]: unknown;
};

/**
 * Anything the server (or the way to it) answered other than success. `status` 0 means it could not be reached.
 * `refusals` are the business reasons, ready for `RefusalList`; `body` is the problem+json as it came.
 */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly refusals: readonly Refusal[];
  readonly body: ProblemBody;
  constructor(status: number, body: ProblemBody) {
    const title = body.title ?? titleOf(status);
    super(body.detail ?? title);
    this.name = 'ApiProblem';
    this.status = status;
    this.title = title;
    this.refusals = body.refusals ?? [];
    this.body = body;
  }
}

export type WriteOptions = {
  /** One key per intent of the user (see `useWrite`); made here when the caller has none. */
  readonly intent?: string;
  /** The ETag the form was loaded with: sent as If-Match, so that two people do not overwrite each other (412). */
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal;
};

/** A key for one thing a user wants done, sent as Idempotency-Key. Works without a secure context, unlike randomUUID. */
export function newIntent(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('');
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Appends parameters to an address, leaving out those that are empty. */
export function withQuery(url: string, query: Query = {}): string {
  const [path = '', present = ''] = url.split('?');
  const params = new URLSearchParams(present);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Calls the API. Every method throws `ApiProblem`; `getTagged` also answers the ETag for a later write. */
export const api = {
  get: async <T>(url: string, query?: Query, signal?: AbortSignal): Promise<T> =>
    (await send<T>('GET', withQuery(url, query), undefined, signal ? { signal } : {})).value,
  getTagged: <T>(url: string, signal?: AbortSignal): Promise<{ value: T; etag: string | undefined }> =>
    send<T>('GET', url, undefined, signal ? { signal } : {}),
  post: async <T>(url: string, body?: unknown, options: WriteOptions = {}): Promise<T> =>
    (await send<T>('POST', url, body ?? {}, options)).value,
  put: async <T>(url: string, body: unknown, options: WriteOptions = {}): Promise<T> =>
    (await send<T>('PUT', url, body, options)).value,
  patch: async <T>(url: string, body: unknown, options: WriteOptions = {}): Promise<T> =>
    (await send<T>('PATCH', url, body, options)).value,
  remove: async <T>(url: string, options: WriteOptions = {}): Promise<T> =>
    (await send<T>('DELETE', url, undefined, options)).value,
};

async function send<T>(method: string, url: string, body: unknown, options: WriteOptions) {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') {
    headers['x-requested-with'] = 'rongdan';
    headers['idempotency-key'] = options.intent ?? newIntent();
    if (options.etag) headers['if-match'] = options.etag;
  }
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers['content-type'] = 'application/json';
  const response = await fetch(url, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiProblem(0, {});
  });
  if (!response.ok) throw await readProblem(response);
  const text = await response.text();
  const value = (text === '' ? undefined : JSON.parse(text)) as T;
  return { value, etag: response.headers.get('etag') ?? undefined };
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => ({}))) as ProblemBody;
  const problem = new ApiProblem(response.status, body);
  if (response.status === 401) for (const each of signedOutListeners) each();
  return problem;
}

const signedOutListeners = new Set<() => void>();

/** Calls back whenever the server answers 401; returns the way to stop. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

function titleOf(status: number): string {
  if (status === 0) return '连不上服务器，请检查网络后重试';
  if (status === 401) return '请先登录';
  if (status === 403) return '您的岗位没有这项权限';
  if (status === 404) return '没有找到这条记录';
  if (status === 409) return '与已有的记录冲突';
  if (status === 412) return '别人刚刚改过这条记录，请刷新后再改';
  if (status === 413) return '文件太大';
  if (status === 422) return '按规定不能办理';
  if (status === 429) return '操作太频繁，请稍候再试';
  return status >= 500 ? '服务器出错，请稍后重试；若仍不行请联系平台管理员' : '请求有误';
}
