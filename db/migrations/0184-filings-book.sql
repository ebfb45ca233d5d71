-- module: filings · why: the content of a record is made for thousands at once; an object out of two lists of text costs a fraction of one
-- built from a row, whose every column is looked up in the catalogue again for every row
create or replace view filings.book with (security_invoker = true) as
select g.guarantor_id, g.id as guarantee_id, g.contract_no, g.loan_contract_no,
       jsonb_object(
         array['institutionCode', 'institutionName', 'borrowerName', 'borrowerKind', 'identityKind', 'identityNo', 'countyName', 'industryCode',
               'assets', 'revenue', 'sizeClass', 'productCode', 'productName', 'bankName', 'branchName', 'loanContractNo', 'principal',
               'startsOn', 'endsOn', 'dueOn', 'outstanding', 'disbursed', 'disbursedOn', 'contractNo', 'guaranteed', 'guaranteedShare', 'feeRate',
               'agreementNo', 'bankShare', 'guarantorShare', 'provinceShare', 'fundShare', 'cityShare', 'otherShare', 'releasedOn', 'claimed',
               'claimedOn', 'bookStatus'],
         array[i.code, i.name, c.name, c.kind, c.identity_kind, c.identity_no, r.name, coalesce(g.industry_code, c.industry_code),
               c.assets::text, c.revenue::text, g.size_class, g.product_code, p.name, b.name, o.name, g.loan_contract_no,
               g.principal::text, to_char(g.starts_on, 'YYYY-MM-DD'), to_char(g.ends_on, 'YYYY-MM-DD'), to_char(g.due_on, 'YYYY-MM-DD'),
               g.outstanding::text, m.disbursed::text, to_char(m.disbursed_on, 'YYYY-MM-DD'), g.contract_no, g.guaranteed::text,
               trim_scale(round(g.guaranteed::numeric / g.principal, 8))::text, trim_scale(g.fee_rate)::text, a.contract_no,
               trim_scale(v.bank_share::numeric)::text, trim_scale(v.guarantor_share::numeric)::text, trim_scale(v.province_share::numeric)::text,
               trim_scale(v.fund_share::numeric)::text, '0', trim_scale(v.other_share::numeric)::text, to_char(m.released_on, 'YYYY-MM-DD'),
               m.claimed::text, to_char(m.claimed_on, 'YYYY-MM-DD'), g.status])
       || jsonb_build_object('county', g.county, 'staff', c.staff, 'tags', g.tags, 'primaryTag', g.primary_tag, 'termMonths',
            (extract(year from age(g.ends_on, g.starts_on)) * 12 + extract(month from age(g.ends_on, g.starts_on)))::integer) as content
  from guarantees.guarantee g
  join institutions.institution i on i.id = g.guarantor_id
  join institutions.institution b on b.id = g.bank_id
  join institutions.region r on r.code = g.county
  join agreements.product p on p.code = g.product_code
  join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
  join agreements.agreement a on a.guarantor_id = g.guarantor_id and a.id = g.agreement_id
  join agreements.version v on v.guarantor_id = g.guarantor_id and v.agreement_id = g.agreement_id and v.version = g.agreement_version
  left join banks.branch o on o.id = g.branch_id
 cross join lateral (
   select coalesce(sum(x.amount) filter (where x.kind = 1), 0)::bigint as disbursed, min(x.occurred_on) filter (where x.kind = 1) as disbursed_on,
          coalesce(sum(x.amount) filter (where x.kind = 5), 0)::bigint as claimed, min(x.occurred_on) filter (where x.kind = 5) as claimed_on,
          case when g.status in ('released', 'claimed', 'written-off') then max(x.occurred_on) filter (where x.delta < 0) end as released_on
     from guarantees.movement x
    where x.guarantor_id = g.guarantor_id and x.guarantee_id = g.id and x.reverses_seq is null
      and not exists (select from guarantees.movement y
                       where y.guarantor_id = x.guarantor_id and y.guarantee_id = x.guarantee_id and y.reverses_seq = x.seq)) m;
