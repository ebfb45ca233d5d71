import type { FastifyRequest } from 'fastify';

/**
 * Works on an upload. When that fails with the file unread, the rest of it runs off into nothing: otherwise the connection would stay blocked
 * for the client's next request. (The server's own time limit for one request bounds how long.)
 */
export async function drained<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    request.raw.unpipe();
    request.raw.resume();
    throw error;
  }
}
