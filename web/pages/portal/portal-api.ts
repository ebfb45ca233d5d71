import { ApiProblem } from '../../api.ts';

const key = 'my-case-token';

/** The session of this tab; it ends with the tab. */
export const portalToken = {
  get: (): string => sessionStorage.getItem(key) ?? '',
  set: (token: string): void => sessionStorage.setItem(key, token),
  clear: (): void => sessionStorage.removeItem(key),
};

/** Calls the public API with the tab's session. Throws `ApiProblem`; never takes part in the staff's sign-in. */
export async function portalSend<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object | FormData,
): Promise<T> {
  const isForm = body instanceof FormData;
  const response = await fetch(`/api/public/my-case${path}`, {
    method,
    credentials: 'omit',
    headers: {
      accept: 'application/json',
      'x-portal-session': portalToken.get(),
      ...(body !== undefined && !isForm ? { 'content-type': 'application/json' } : {}),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiProblem(0, {});
  });
  if (response.ok) return (await response.json()) as T;
  throw new ApiProblem(response.status, (await response.json().catch(() => ({}))) as Record<string, unknown>);
}

/** Downloads a file of the public API with the tab's session: a plain link could not carry it. Throws `ApiProblem`. */
export async function portalFile(path: string): Promise<void> {
  const response = await fetch(`/api/public/my-case${path}`, {
    credentials: 'omit',
    headers: { 'x-portal-session': portalToken.get() },
  }).catch(() => {
    throw new ApiProblem(0, {});
  });
  if (!response.ok)
    throw new ApiProblem(response.status, (await response.json().catch(() => ({}))) as Record<string, unknown>);
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ? decodeURIComponent(name) : '文书.pdf';
  link.click();
  URL.revokeObjectURL(link.href);
}
