import { day } from '../../../kernel/day.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { systemActor } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { createAgreement } from '../../agreements/index.ts';
import { syncRoles } from '../../identity/index.ts';
import { loadBaseline } from '../../products/index.ts';
import { placeholderFormula } from '../formulas.ts';

/** The day on which the stage stands. */
export const today = day('2026-11-20');
const context: Context = { actor: systemActor, clock: fixedClock(today) };

/** A guarantor with net assets, customers, two products and a bank; people of it, of others, of two banks and of the re-guarantor. */
export async function layStage(test: TestDatabase): Promise<void> {
  await syncRoles(test.ownerUrl);
  // 净资产 2 亿元：单户 2,000 万元，集团 3,000 万元。201、202 两位客户经理，203 别家机构，209 本行，208 他行。
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100), (5, 'Z1', '省再担保', '省再', 'reguarantor', 1, 140000),
      (8, 'B2', '另一银行', '另行', 'bank', 1, 140000), (9, 'B1', '某银行', '某行', 'bank', 1, 140000);
    insert into identity.user_account (id, account, name, person_key, institution_id) values
      (201, 'u201', '经理甲', 'p201', 1), (202, 'u202', '经理乙', 'p202', 1), (203, 'u203', '大同经理', 'p203', 2), (208, 'u208', '另行经理', 'p208', 8), (209, 'u209', '某行经理', 'p209', 9),
      (205, 'u205', '再担保甲', 'p205', 5), (206, 'u206', '再担保乙', 'p206', 5);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values
      (201, 'r01-client-manager', 'p201', 0), (202, 'r01-client-manager', 'p202', 0), (203, 'r01-client-manager', 'p203', 0), (208, 'r09-bank', 'p208', 0), (209, 'r09-bank', 'p209', 0),
      (205, 'r07-reguarantee', 'p205', 0), (206, 'r07-reguarantee', 'p206', 0);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2025-12-31', 1000000000000, 20000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('tech', '科创专项', 'loan', '财金〔2024〕60号'), ('ordinary', '普通', 'loan', '6号');
    insert into customers.related_group (guarantor_id, id, name, evidence) values (1, 7, '甲系', '同一实际控制人');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence, group_id)
      select 1, n, 'enterprise', '客户' || n, 'uscc', 'U' || n, 'h' || n, 140105, case when n = 15 then '小型' else '中型' end, '{}', case when n in (12, 13) then 7 end
        from generate_series(11, 16) n;`);
  await test.owner.query(
    `insert into limits.line_formula (version, from_on, terms, source, recorded_by) values (1, '2020-01-01', $1, '占位', 0)`,
    [JSON.stringify(placeholderFormula.terms)],
  );
  await test.db.transaction(systemActor, (tx) => loadBaseline(tx, context));
  for (const productCode of ['tech', 'ordinary'])
    await test.db.transaction(systemActor, (tx) =>
      createAgreement(tx, context, {
        ...{ guarantorId: 1, bankId: 9, productCode, contractNo: `XY-${productCode}` },
        version: {
          ...{ bankShare: '0.2', guarantorShare: '0.4', provinceShare: '0.2', fundShare: '0.2', otherShare: '0' },
          ...(productCode === 'tech' ? { guarantorShare: '0.3', fundShare: '0.3' } : {}),
          ...{ feeRate: '0.01', claimRatioCap: '0.05', document: '协议', from: day('2025-01-01'), to: null },
        },
      }),
    );
  // 低于 20% 的银行分担按规则签不了，直接改库，只为有非分险的一组可算。
  await test.owner.query(
    `update agreements.version v set bank_share = 0.1, guarantor_share = 0.5 from agreements.agreement a
      where a.guarantor_id = v.guarantor_id and a.id = v.agreement_id and a.product_code = 'ordinary'`,
  );
  // 客户 16 与某行有过业务：该行看得见它，看不见其他客户。
  await test.owner.query(`
    insert into guarantees.guarantee (guarantor_id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county, principal, guaranteed,
      fee_rate, starts_on, ends_on, tags, primary_tag, size_class, source, due_on, status)
    select 1, 'GD-1', 16, a.id, 1, 'tech', 9, 140105, 100, 80, 0.01, '2024-01-01', '2024-12-31', 0, 0, '中型', 'form', '2024-12-31', 'released'
      from agreements.agreement a where a.product_code = 'tech' limit 1`);
}
