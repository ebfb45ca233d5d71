import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { sm2 } from 'sm-crypto-v2';
import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import {
  canonicalJson,
  constantTimeEqual,
  hashOf,
  isVerificationCodeOf,
  loadOrCreateSigner,
  newKeyPair,
  publicKeyOf,
  sign,
  sm3,
  sm3Stream,
  verificationCode,
  verify,
} from './index.ts';

describe('GB/T 32905-2016 附录A SM3', () => {
  const example1 = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
  it('示例1：abc', () => expect(sm3('abc')).toBe(example1));
  it('示例2：abcd 重复16次', () =>
    expect(sm3('abcd'.repeat(16))).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'));
  it('of a stream is that of its bytes', async () =>
    expect(await sm3Stream(Readable.from([Buffer.from('a'), Buffer.from('bc')]))).toBe(example1));
});

describe('GB/T 32918.2-2016 附录A SM2 签名', () => {
  // 曲线参数 GB/T 32918.5；M 为 message digest，用户标识 1234567812345678
  const privateKey = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
  const publicKey =
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
  const r = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3';
  const s = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
  const der = `3046022100${r}022100${s}`;
  const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';

  it('the public key follows from the private', () => expect(publicKeyOf(privateKey)).toBe(publicKey));

  it('the published signature is valid, raw and DER', () => {
    expect(verify('message digest', r + s, publicKey)).toBe(true);
    expect(verify('message digest', der, publicKey)).toBe(true);
    expect(verify('message digest', der.toUpperCase(), publicKey.toUpperCase())).toBe(true);
  });

  it.each([
    ['another message', 'message digesT', der, publicKey, undefined],
    ['another user ID', 'message digest', der, publicKey, '8765432187654321'],
    ['another key', 'message digest', der, newKeyPair().publicKey, undefined],
    ['r and s exchanged', 'message digest', s + r, publicKey, undefined],
    ['r = 0', 'message digest', '0'.repeat(64) + s, publicKey, undefined],
    ['s = n', 'message digest', r + order, publicKey, undefined],
    ['all zero', 'message digest', '0'.repeat(128), publicKey, undefined],
    ['trailing bytes', 'message digest', `${der}00`, publicKey, undefined],
    ['padded DER', 'message digest', `3047022200${'00'}${r}022100${s}`, publicKey, undefined],
    ['cut off', 'message digest', der.slice(0, -2), publicKey, undefined],
    ['no hex', 'message digest', '签名', publicKey, undefined],
    ['empty', 'message digest', '', publicKey, undefined],
    ['a key off the curve', 'message digest', der, `04${'1'.repeat(128)}`, undefined],
    ['a key that is none', 'message digest', der, 'x', undefined],
  ])('is not valid: %s', (_, message, signature, key, userId) =>
    expect(verify(message, signature, key, userId)).toBe(false),
  );

  it('what is signed is valid, also for the library read by itself, and never the same twice', () => {
    const keys = newKeyPair();
    for (let i = 0; i < 20; i++) {
      const content = `担保函第${i}号`;
      const signature = sign(content, keys.privateKey);
      expect(verify(content, signature, keys.publicKey)).toBe(true);
      expect(verify(Buffer.from(content), signature, keys.publicKey)).toBe(true);
      const options = { hash: true, der: true, userId: '1234567812345678' };
      expect(sm2.doVerifySignature(content, signature, keys.publicKey, options)).toBe(true);
      expect(sign(content, keys.privateKey)).not.toBe(signature);
    }
  });

  it('refuses a private key that is none', () => expect(() => sign('x', 'abc')).toThrow(RangeError));
});

describe('多次用同一把公钥验签（预先算好倍点）', () => {
  it('第一次与其后各次同一答案；公钥多于记忆上限也一样；坏公钥始终为否', () => {
    const pairs = Array.from({ length: 18 }, newKeyPair);
    const signed = pairs.map((pair, n) => sign(`第${n}份`, pair.privateKey));
    for (let round = 0; round < 3; round += 1) {
      for (const [n, pair] of pairs.entries()) {
        expect(verify(`第${n}份`, signed[n]!, pair.publicKey)).toBe(true);
        expect(verify(`第${n}份。`, signed[n]!, pair.publicKey)).toBe(false);
        expect(verify(`第${n}份`, signed[n]!, pairs[(n + 1) % 18]!.publicKey)).toBe(false);
      }
      expect(verify('第0份', signed[0]!, `04${'1'.repeat(128)}`)).toBe(false);
    }
  });
});

describe('canonicalJson', () => {
  it('sorts keys, writes money and days as strings, leaves out undefined', () => {
    const value = { 乙: null, b: [1, 'x"', true], a: yuan('12.34'), day: day('2024-09-30'), gone: undefined };
    expect(canonicalJson(value)).toBe('{"a":"1234","b":[1,"x\\"",true],"day":"2024-09-30","乙":null}');
  });

  it('does not depend on the order of keys, and agrees with JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['NaN', { a: Number.NaN }],
    ['Date', { a: new Date(0) }],
    ['Map', [new Map()]],
    ['function', { a: () => 1 }],
    ['undefined in a list', [undefined]],
    ['a hole', new Array(1)],
  ])('throws on %s', (_, value) => expect(() => canonicalJson(value)).toThrow(TypeError));

  it('throws on a cycle, not on a value used twice', () => {
    const shared = { x: 1 };
    expect(canonicalJson([shared, shared])).toBe('[{"x":1},{"x":1}]');
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow('循环引用');
  });

  it('hashOf hashes it', () => expect(hashOf({ b: 1, a: 2 })).toBe(sm3('{"a":2,"b":1}')));
});

describe('verificationCode', () => {
  const hash = sm3('abc'); // 66c7f0f4… = 01100 11011 00011 11111 00001 11101 00011 00010…
  it('is the beginning of the hash in Crockford base 32', () => {
    expect(verificationCode(hash)).toBe('CV3Z-1X32-XVPX');
    expect(verificationCode(hash, 8)).toBe('CV3Z-1X32');
  });

  it.each([['cv3z1x32xvpx'], ['CV3Z 1X32 XVPX'], ['ｃｖ３ｚ—ix32-xvpx'], ['CV3Z-lX32-XVPX']])(
    'is known as typed: %s',
    (typed) => expect(isVerificationCodeOf(typed, hash)).toBe(true),
  );

  it.each([['CV3Z-1X32-XVPY'], [''], ['CV3Z'], ['CV3Z-1X32-XVP'], ['请核验']])('is refused: %j', (typed) =>
    expect(isVerificationCodeOf(typed, hash)).toBe(false),
  );

  it('throws on what is no hash and on a poor length', () => {
    expect(() => verificationCode('abc')).toThrow(RangeError);
    expect(() => verificationCode(hash, 4)).toThrow(RangeError);
  });

  it('constantTimeEqual compares', () => {
    expect(constantTimeEqual('甲', '甲')).toBe(true);
    expect(constantTimeEqual('甲', '乙')).toBe(false);
    expect(constantTimeEqual('a', 'ab')).toBe(false);
  });
});

describe('loadOrCreateSigner', () => {
  const inFolder = async (work: (dir: string) => Promise<void>) => {
    const dir = await mkdtemp(join(tmpdir(), 'signer-'));
    await work(join(dir, 'keys')).finally(() => rm(dir, { recursive: true }));
  };

  it('makes a key once, in a file only its owner reads', () =>
    inFolder(async (dir) => {
      const all = await Promise.all(Array.from({ length: 5 }, () => loadOrCreateSigner(dir, 'node')));
      expect(new Set(all.map((each) => each.publicKey)).size).toBe(1);
      expect(await readdir(dir)).toEqual(['node.sm2key']);
      expect((await stat(join(dir, 'node.sm2key'))).mode & 0o777).toBe(0o600);
      expect(verify('包', all[0]!.sign('包'), all[4]!.publicKey)).toBe(true);
      expect(JSON.stringify(all[0])).not.toContain('privateKey');
    }));

  it('refuses a file others may read, a damaged one, and a name that leaves the directory', () =>
    inFolder(async (dir) => {
      await loadOrCreateSigner(dir, 'a');
      await chmod(join(dir, 'a.sm2key'), 0o644);
      await expect(loadOrCreateSigner(dir, 'a')).rejects.toThrow('可被他人读取');
      await writeFile(join(dir, 'b.sm2key'), 'xyz', { mode: 0o600 });
      await expect(loadOrCreateSigner(dir, 'b')).rejects.toThrow('已损坏');
      await expect(loadOrCreateSigner(dir, '../c')).rejects.toThrow(RangeError);
    }));
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}
