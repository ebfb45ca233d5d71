import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { canonicalJson, type Signer, sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { visibleUntil } from '../../platform/visible-until.ts';
import { appendAudit } from '../audit/index.ts';
import { type Manifest, packageFormat, type Section, sections } from './manifest.ts';
import { type BuiltSection, buildSection, type Slice } from './sections.ts';
import {
  type GuarantorRow,
  guarantorsOn,
  insertPackage,
  latestOfDay,
  lockGuarantor,
  type PackageRow,
  packageById,
  placeInChain,
} from './store.ts';

export type DayCommand = { readonly guarantorId: number; readonly businessDay: Day };

/**
 * The package of a guarantor's business day, built when there is none; unsent, the same one again.
 * Locks the guarantor's packages. Refuses a day not over yet (422), an unknown guarantor (404), a day already sent (409): what changed
 * since goes as a restatement. 条15.
 */
export async function buildPackage(tx: Tx, context: Context, signer: Signer, command: DayCommand): Promise<PackageRow> {
  const guarantor = await guarantorOf(tx, context, command);
  await lockGuarantor(tx, guarantor.id);
  const existing = await latestOfDay(tx, guarantor.id, command.businessDay);
  if (existing?.status === 'built') return existing;
  if (existing) {
    throw new Refused(
      {
        code: 'package-already-sent',
        message: `${guarantor.name} ${command.businessDay} 的数据包已发出，有变动请说明原因后重报`,
      },
      409,
    );
  }
  return make(tx, context, signer, guarantor, command.businessDay, null);
}

/**
 * Reports a day again as the book stands now, with its cause and a link to what it replaces; the earlier package stays.
 * Refuses (409) when the day was never sent, or its newest version has not left yet.
 */
export async function restatePackage(
  tx: Tx,
  context: Context,
  signer: Signer,
  command: DayCommand & { readonly cause: string },
): Promise<PackageRow> {
  const guarantor = await guarantorOf(tx, context, command);
  if (command.cause.trim().length < 4)
    throw new Refused({ code: 'cause-missing', field: 'cause', message: '请写明重报原因（至少4个字）' });
  await lockGuarantor(tx, guarantor.id);
  const earlier = await latestOfDay(tx, guarantor.id, command.businessDay);
  if (!earlier) throw new Refused({ code: 'nothing-to-restate', message: '该日尚未报送，请直接报送' }, 409);
  if (earlier.status === 'built')
    throw new Refused({ code: 'not-sent-yet', message: '该日已有生成而未发出的数据包，请先发出' }, 409);
  return make(tx, context, signer, guarantor, command.businessDay, { earlier, cause: command.cause.trim() });
}

async function guarantorOf(tx: Tx, context: Context, { guarantorId, businessDay }: DayCommand): Promise<GuarantorRow> {
  if (businessDay >= context.clock.today()) {
    throw new Refused({ code: 'day-not-over', field: 'businessDay', message: `${businessDay} 尚未结束，次日方可报送` });
  }
  const [guarantor] = await guarantorsOn(tx, businessDay, guarantorId);
  if (!guarantor) {
    throw new Refused(
      { code: 'guarantor-unknown', message: '没有这家机构，或该日不在其存续期内，或不在您的权限范围内' },
      404,
    );
  }
  return guarantor;
}

async function make(
  tx: Tx,
  context: Context,
  signer: Signer,
  guarantor: GuarantorRow,
  day: Day,
  restated: { earlier: PackageRow; cause: string } | null,
): Promise<PackageRow> {
  const { since, last } = await placeInChain(tx, guarantor.id, day);
  const knownAt = await visibleUntil(tx);
  const built = await buildSections(tx, { guarantorId: guarantor.id, day, knownAt, since }, restated !== null);
  const kind = restated ? 'restatement' : isZero(built) ? 'zero' : 'daily';
  const manifest = manifestOf(guarantor.code, day, kind, knownAt, built, { since, last, restated });
  const text = canonicalJson(manifest);
  const contentHash = sm3(text);
  const id = await insertPackage(
    tx,
    {
      guarantorId: guarantor.id,
      businessDay: day,
      version: manifest.version,
      kind,
      sequence: manifest.sequence,
      restatesId: restated?.earlier.id ?? null,
      cause: restated?.cause ?? null,
      knownAt,
      manifest: text,
      contentHash,
      signature: signer.sign(text),
      publicKey: signer.publicKey,
      bytes: BigInt(sections.reduce((sum, name) => sum + size(built[name].parts), 0)),
      builtBy: context.actor.userId,
    },
    { master: built.master.parts, movements: built.movements.parts, closing: built.closing.parts },
  );
  await appendAudit(tx, context, {
    chain: guarantor.id,
    action: restated ? 'exchange.restate' : 'exchange.build',
    subject: `package:${guarantor.id}/${id}`,
    detail: { day, kind, sequence: manifest.sequence, contentHash, ...(restated ? { cause: restated.cause } : {}) },
  });
  return (await packageById(tx, guarantor.id, id))!;
}

type Built = Record<Section, BuiltSection> & { readonly position: Manifest['position'] };

const size = (parts: readonly Buffer[]) => parts.reduce((sum, part) => sum + part.length, 0);
const isZero = (built: Built) => built.master.digest.rows === 0 && built.movements.digest.rows === 0;
const nothing: BuiltSection = {
  digest: { rows: 0, totals: { outstanding: '0.00', outstandingActual: '0.00' }, sm3: sm3('') },
  extra: 0n,
  parts: [],
};

/** On a day without news the closing rows are those of the day before: their totals are declared, the rows left out. */
async function buildSections(tx: Tx, slice: Slice, isRestatement: boolean): Promise<Built> {
  const master = await buildSection(tx, 'master', slice);
  const movements = await buildSection(tx, 'movements', slice);
  const closing = await buildSection(tx, 'closing', slice);
  const { outstanding = '', outstandingActual = '' } = closing.digest.totals;
  const built = {
    master,
    movements,
    closing,
    position: { guarantees: Number(closing.extra), outstanding, outstandingActual },
  };
  return isZero(built) && !isRestatement ? { ...built, closing: nothing } : built;
}

function manifestOf(
  institution: string,
  businessDay: Day,
  kind: Manifest['kind'],
  knownAt: string,
  built: Built,
  chain: {
    since: { day: Day; knownAt: string } | null;
    last: { sequence: number; contentHash: string } | null;
    restated: { earlier: PackageRow; cause: string } | null;
  },
): Manifest {
  const { since, last, restated } = chain;
  return {
    format: packageFormat,
    institution,
    businessDay,
    kind,
    sequence: (last?.sequence ?? 0) + 1,
    version: (restated?.earlier.version ?? 0) + 1,
    restates: restated && {
      sequence: restated.earlier.sequence,
      contentHash: restated.earlier.contentHash,
      cause: restated.cause,
    },
    timeBasis: 'value',
    amountBasis: ['contract', 'actual'],
    unit: '元',
    knownAt,
    since: since && { businessDay: since.day, knownAt: since.knownAt },
    previousHash: last?.contentHash ?? null,
    position: built.position,
    sections: {
      master: built.master.digest,
      movements: { ...built.movements.digest, late: Number(built.movements.extra) },
      closing: built.closing.digest,
    },
  };
}
