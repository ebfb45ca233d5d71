import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { day } from '../../../kernel/day.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { systemActor } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { type ImportProfile, importProfile } from '../contract.ts';
import { shippedProfiles } from '../profiles.ts';

/** The day on which the tests stand. */
export const today = day('2026-11-20');
/** The program itself on that day. */
export const context: Context = { actor: systemActor, clock: fixedClock(today) };

/** Regions, a guarantor, a bank with an agreement, and a product: what an import leans on. */
export async function seedReference(test: TestDatabase): Promise<void> {
  const counties = Object.values(shippedProfiles().find(({ profile }) => profile.code === 'sba')!.profile.counties);
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000);
    insert into institutions.region (code, name, level, parent_code)
      select code, case code when 140105 then '小店区' when 140106 then '迎泽区' else '县' || code end, 3, 140100
        from unnest(array[${[...new Set([...counties, 140105, 140106])].join(',')}]) code;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原市融资担保有限公司', '太原担保', 'guarantor', 2, 140100),
      (2, 'G2', '大同市融资担保有限公司', '大同担保', 'guarantor', 2, 140100),
      (9, 'B1', '晋商银行股份有限公司', '晋商银行', 'bank', 1, 140000);
    select setval('institutions.institution_id_seq', 100);
    insert into agreements.product (code, name, class, source) values ('loan', '小微贷款担保', 'loan', '测试');
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) values (1, 1, 9, 'loan', 'XY-1');
    select setval('agreements.agreement_id_seq', 100);
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.008, '协议');`);
}

/** A folder of files that goes away. */
export async function scratch(): Promise<{
  file(name: string, content: string | Buffer): Promise<string>;
  path: string;
  end(): Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-imports-'));
  return {
    path: folder,
    file: async (name, content) => {
      const at = path.join(folder, name);
      await writeFile(at, content);
      return at;
    },
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The real loan book, where it is at hand. */
export function sharedFile(name: string): string | undefined {
  const folder = process.env.RONGDAN_SHARED ?? path.resolve(import.meta.dirname, '../../../../../shared');
  const at = path.join(folder, 'data', name);
  return existsSync(at) ? at : undefined;
}

/** A plain profile of guarantees as an institution would export them. */
export const guaranteeProfile: ImportProfile = importProfile.parse({
  code: 'plain-guarantees',
  title: '台账',
  target: 'guarantee',
  fields: {
    contractNo: '合同号',
    customerName: '企业名称',
    identityNo: '证件号',
    bank: '银行',
    county: '区县',
    product: { value: 'loan' },
    principal: '贷款金额',
    guaranteedShare: { value: '0.8' },
    startsOn: '起始日',
    endsOn: '到期日',
    tags: '标签',
    disbursedOn: '起始日',
    disbursed: '贷款金额',
  },
  dates: { formats: ['YYYY-MM-DD', 'YYYY/M/D'] },
  amounts: { unit: '万元' },
  derive: [{ kind: 'disburse', on: ['disbursedOn'], amount: 'disbursed', whenBlank: 'needs-completing' }],
});

/** A plain profile of movements. */
export const movementProfile: ImportProfile = importProfile.parse({
  code: 'plain-movements',
  title: '流水',
  target: 'movement',
  fields: { contractNo: '合同号', kind: '类型', occurredOn: '日期', amount: '金额', reference: '流水号' },
});

/** Header and rows of the plain guarantee file. */
export const guaranteeHeader = '合同号,企业名称,证件号,银行,区县,贷款金额,起始日,到期日,标签';
export const movementHeader = '合同号,类型,日期,金额,流水号';
