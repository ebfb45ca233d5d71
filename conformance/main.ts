import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { generate } from 'openapi-typescript-codegen';
import { build } from 'vite';
import {
  type Calls,
  type Certificate,
  certificateText,
  type Loose,
  runKit,
  tokenOf,
  verifyCertificate,
} from './kit.ts';

/** The self-test from the command line: generates a client from the server's own document, runs the checks, writes the certificate. */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    client: { type: 'string' },
    'secret-env': { type: 'string', default: 'RONGDAN_CLIENT_SECRET' },
    guarantor: { type: 'string' },
    county: { type: 'string' },
    product: { type: 'string' },
    out: { type: 'string', default: 'certificate.json' },
    verify: { type: 'string' },
  },
});
const clientSecret = process.env[values['secret-env']];
if (!values.client || !clientSecret) {
  console.error(
    '用法：RONGDAN_CLIENT_SECRET=… node conformance/main.ts --url http://… --client rd-… [--guarantor 机构代码] [--county 县代码] [--product batch] [--out certificate.json]\n验证：同上，另加 --verify certificate.json',
  );
  process.exit(2);
}
const url = values.url.replace(/\/+$/, '');
const folder = mkdtempSync(path.join(tmpdir(), 'rongdan-kit-'));
try {
  const document = await (await fetch(`${url}/api/openapi.json`)).json();
  await generate({
    input: document,
    output: path.join(folder, 'client'),
    httpClient: 'fetch',
    useOptions: true,
    useUnionTypes: true,
  });
  await build({
    root: folder,
    logLevel: 'error',
    configFile: false,
    build: {
      ssr: path.join(folder, 'client', 'index.ts'),
      outDir: path.join(folder, 'built'),
      minify: false,
      rollupOptions: { output: { entryFileNames: 'client.mjs' } },
    },
  });
  const client = await import(pathToFileURL(path.join(folder, 'built', 'client.mjs')).href);
  client.OpenAPI.BASE = url;
  const calls: Calls = (name) => {
    const service: Loose = Object.values(client).find((each: Loose) => typeof each?.[name] === 'function');
    if (!service) throw new Error(`接口文档里没有 ${name}`);
    return (input) => service[name].call(service, input);
  };
  const setToken = (token: string | undefined) => {
    client.OpenAPI.TOKEN = token;
  };
  const clientId = values.client;
  if (values.verify !== undefined) {
    setToken(await tokenOf(url, clientId, clientSecret));
    const certificate = JSON.parse(readFileSync(values.verify, 'utf8')) as Certificate;
    const wrong = await verifyCertificate(certificate, calls);
    console.log(
      wrong.length === 0
        ? `证明属实：${certificate.bank}，${certificate.passed} / ${certificate.total}`
        : wrong.join('\n'),
    );
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } else {
    const { guarantor: guarantorCode, county, product: productCode } = values;
    const certificate = await runKit({
      url,
      clientId,
      clientSecret,
      guarantorCode,
      county,
      productCode,
      setToken,
      calls,
    });
    writeFileSync(values.out, `${JSON.stringify(certificate, null, 2)}\n`);
    console.log(certificateText(certificate));
    process.exitCode = certificate.conforms ? 0 : 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
