/** What the benches use of autocannon, which ships no types. */
declare module 'autocannon' {
  namespace autocannon {
    type Options = {
      url: string;
      requests?: { path: string; headers?: Record<string, string> }[];
      headers?: Record<string, string>;
      duration?: number;
      connections?: number;
      overallRate?: number;
    };
    type Result = {
      latency: { p50: number; p99: number };
      requests: { average: number };
      non2xx: number;
      errors: number;
      timeouts: number;
      statusCodeStats: Record<string, { count: number }>;
    };
  }
  function autocannon(options: autocannon.Options): Promise<autocannon.Result>;
  export = autocannon;
}
