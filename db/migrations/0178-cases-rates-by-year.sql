-- module: cases · why: a fee plan may name lower rates for the second year and later
alter table cases.fee_plan
  add column later_rates numeric(9, 6)[] not null default '{}',
  add constraint later_rates_are_rates check (0 <= all (later_rates) and 1 >= all (later_rates));
comment on column cases.fee_plan.later_rates is '第二年起各年的年费率；空为各年同首年，末一个沿用到期末';
