import { createHash } from 'node:crypto';
import type { ApiDocument, Operation } from './openapi.ts';

type Schema = {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  additionalProperties?: Schema | boolean;
};

/** The document as a page to read: self-contained, in Chinese, searchable; `policy` is the Content-Security-Policy it lives under. */
export function documentPage(document: ApiDocument): { html: string; policy: string } {
  const groups = (document.tags ?? []).map((tag) => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags?.[0] === tag.name)
        .map(([method, operation]) => operationHtml(method.toUpperCase(), path, operation, document)),
    );
    return `<section><h2 id="${esc(tag.name)}">${esc(tag.name)}</h2><p>${esc(tag.description)}</p>${operations.join('')}</section>`;
  });
  const menu = (document.tags ?? []).map(
    (tag) => `<li><a href="#${encodeURIComponent(tag.name)}">${esc(tag.name)}</a></li>`,
  );
  const html = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${esc(document.info.title)}</title>
<style>${style}</style></head><body>
<nav><h1>${esc(document.info.title)}</h1><input id="find" type="search" placeholder="搜索：名称、路径、权限" aria-label="搜索接口"><ul>${menu.join('')}</ul></nav>
<main>${introduction(document)}${groups.join('')}<p id="none" hidden>没有符合的接口。</p></main>
<script>${script}</script></body></html>`;
  const policy = `default-src 'none'; style-src '${hashSource(style)}'; script-src '${hashSource(script)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, policy };
}

const hashSource = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const introduction = (document: ApiDocument): string => `
<p>${esc(document.info.description ?? '')} 机器可读的文档：<a href="/api/openapi.json">/api/openapi.json</a>（OpenAPI ${esc(document.openapi)}），可直接生成客户端。</p>
<h2>怎样接入</h2>
<p>其他系统由系统管理员登记，取得编号与密钥，以 OAuth 2.0 客户端凭据换取令牌：</p>
<pre>curl -d grant_type=client_credentials -d client_id=编号 -d client_secret=密钥 http://127.0.0.1:8080/oauth/token
curl -H "Authorization: Bearer 令牌" http://127.0.0.1:8080/api/guarantees?limit=10</pre>
<ul><li>写操作可带 <code>Idempotency-Key</code>：同键重复提交只办一次，再次得到同一答复。</li>
<li>写操作可带 <code>?dryRun=true</code>：照常判断，不落库。</li>
<li>列表以 <code>after</code> 翻页，取上一页答复的 <code>next</code>；<code>format=xlsx</code> 得到整张表。</li>
<li>不予办理时答复 <code>application/problem+json</code>，<code>refusals</code> 逐条给出规则代码、条款、原因与数字。</li></ul>`;

function operationHtml(method: string, path: string, operation: Operation, document: ApiDocument): string {
  const parameters = (operation.parameters ?? []).map(
    (each) =>
      `<tr><td><code>${esc(each.name)}</code>${each.required ? ' <b>必填</b>' : ''}</td><td>${places[each.in] ?? esc(each.in)}</td><td>${esc(typeOf(each.schema, document))}</td><td>${esc(each.description ?? '')}</td></tr>`,
  );
  const [contentType, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const answers = Object.entries(operation.responses).map(([status, response]) => {
    const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
    const fields = content && Number(status) < 300 ? `<div>${fieldsHtml(content.schema, document)}</div>` : '';
    return `<tr><td>${esc(status)}</td><td>${esc(response.description)}${type ? ` <small>${esc(type)}</small>` : ''}${fields}</td></tr>`;
  });
  const permission = operation['x-permission'] ?? '';
  const needs =
    permission === 'public' ? '公开' : permission === 'signed-in' ? '已登录' : `<code>${esc(permission)}</code>`;
  return `<details data-find="${esc(`${method} ${path} ${operation.summary ?? ''} ${permission} ${operation.operationId ?? ''}`.toLowerCase())}">
<summary><b class="${method.toLowerCase()}">${method}</b> <code>${esc(path)}</code> ${esc(operation.summary ?? '')}</summary>
<p>权限：${needs}　<small>operationId：<code>${esc(operation.operationId ?? '')}</code></small></p>
${parameters.length > 0 ? `<h4>参数</h4><table>${parameters.join('')}</table>` : ''}
${body ? `<h4>内容 <small>${esc(contentType ?? '')}</small></h4>${fieldsHtml(body.schema, document)}` : ''}
<h4>答复</h4><table>${answers.join('')}</table>
<h4>示例</h4><pre>${esc(curlOf(method, path, permission, body?.schema, contentType, document))}</pre></details>`;
}

const places: Readonly<Record<string, string>> = { path: '路径', query: '查询', header: '请求头' };

const resolve = (schema: Schema, document: ApiDocument): Schema =>
  schema.$ref ? ((document.components.schemas[schema.$ref.split('/').at(-1)!] ?? {}) as Schema) : schema;

/** The fields of an object as rows, objects inside objects to the third level. */
function fieldsHtml(given: Schema, document: ApiDocument, depth = 0): string {
  const schema = resolve(given, document);
  if (schema.type === 'array' && schema.items) return fieldsHtml(schema.items, document, depth);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return depth === 0 ? `<p>${esc(typeOf(schema, document))}</p>` : '';
  const rows = fields.map(([name, each]) => {
    const inner = depth < 2 ? fieldsHtml(each, document, depth + 1) : '';
    const required = schema.required?.includes(name) ? ' <b>必填</b>' : '';
    return `<tr><td><code>${esc(name)}</code>${required}</td><td>${esc(typeOf(each, document))}</td><td>${esc(resolve(each, document).description ?? '')}${inner}</td></tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

function typeOf(given: Schema, document: ApiDocument): string {
  const schema = resolve(given, document);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map((each) => typeOf(each, document)).join(' 或 ');
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.type === 'array') return `数组（${schema.items ? typeOf(schema.items, document) : '任意'}）`;
  const name = [schema.type ?? '任意']
    .flat()
    .map((each) => types[each] ?? each)
    .join(' 或 ');
  const extra = schema.default === undefined ? '' : `，缺省 ${String(schema.default)}`;
  return name + extra;
}

const types: Readonly<Record<string, string>> = {
  string: '文本',
  integer: '整数',
  number: '数',
  boolean: '是否',
  object: '对象',
  null: '空',
};

function curlOf(
  method: string,
  path: string,
  permission: string,
  body: Schema | undefined,
  contentType: string | undefined,
  document: ApiDocument,
): string {
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} 'http://127.0.0.1:8080${path.replace(/\{(\w+)\}/g, '1')}'`,
  ];
  if (permission !== 'public') lines.push(`-H 'Authorization: Bearer 令牌'`);
  if (method !== 'GET' && permission !== 'public') lines.push(`-H 'Idempotency-Key: 每次办理换一个'`);
  if (body) lines.push(`-H 'Content-Type: ${contentType}'`, `-d '${JSON.stringify(exampleOf(body, document))}'`);
  return lines.join(' \\\n  ');
}

/** A body with every required field, out of the examples of the shapes. */
function exampleOf(given: Schema, document: ApiDocument): unknown {
  const schema = resolve(given, document);
  const example = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0];
  if (example !== undefined) return example;
  const either = schema.anyOf ?? schema.oneOf;
  if (either?.[0]) return exampleOf(either[0], document);
  if (schema.type === 'array') return schema.items ? [exampleOf(schema.items, document)] : [];
  if (schema.type === 'object') {
    const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(wanted.map(([name, each]) => [name, exampleOf(each, document)]));
  }
  return schema.type === 'integer' || schema.type === 'number' ? 1 : schema.type === 'boolean' ? false : '……';
}

const esc = (text: string): string => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

const style = `body{margin:0;font:14px/1.7 system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif;color:#1f1f1f;display:flex}
nav{position:sticky;top:0;height:100vh;overflow:auto;width:220px;flex:none;padding:16px;box-sizing:border-box;background:#f5f7fa;border-right:1px solid #e4e7ed}
nav h1{font-size:16px;margin:0 0 12px}nav ul{list-style:none;padding:0}nav input{width:100%;box-sizing:border-box;padding:6px}
main{padding:16px 32px;max-width:1100px;min-width:0;flex:1}a{color:#1558b0;text-decoration:none}
details{border:1px solid #e4e7ed;border-radius:4px;margin:8px 0;padding:6px 12px}summary{cursor:pointer}
summary b{display:inline-block;min-width:52px;color:#1558b0}summary b.post,summary b.put,summary b.patch{color:#2c7a2c}summary b.delete{color:#b02a2a}
table{border-collapse:collapse;width:100%}td{border:1px solid #ebeef5;padding:3px 8px;vertical-align:top;overflow-wrap:anywhere}
b{font-weight:600}td b{color:#b02a2a;font-weight:400;font-size:12px}h4{margin:10px 0 4px}small{color:#666}
pre{background:#f5f7fa;padding:8px;overflow:auto;white-space:pre-wrap}[hidden]{display:none}`;

const script = `const find=document.getElementById('find');find.addEventListener('input',()=>{const words=find.value.toLowerCase().split(/\\s+/).filter(Boolean);let any=false;
for(const section of document.querySelectorAll('section')){let shown=false;for(const each of section.querySelectorAll('details')){const fits=words.every(word=>each.dataset.find.includes(word));each.hidden=!fits;shown=shown||fits}section.hidden=!shown;any=any||shown}
document.getElementById('none').hidden=any});`;
