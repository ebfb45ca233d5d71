-- module: ledger · why: double entry, append only; one transfer moves one amount from one account to another, so it always balances
create schema ledger;
grant usage on schema ledger to rongdan_app;

create table ledger.account (
  code   integer primary key,
  title  text    not null,
  kind   text    not null check (kind in ('asset', 'liability', 'equity', 'income', 'expense', 'memorandum')),
  -- The side on which the account normally stands.
  normal text    not null check (normal in ('debit', 'credit')),
  source text    not null,
  unverified text
);

create table ledger.transfer (
  guarantor_id integer     not null references institutions.institution,
  -- Made by the caller: the same key twice is one posting.
  key          text        not null,
  leg          smallint    not null check (leg > 0),
  state        smallint    not null default 1 check (state in (1, 2, 3, 4)),
  debit        integer     not null references ledger.account,
  credit       integer     not null references ledger.account,
  amount       fen         not null check (amount > 0 or (state = 4 and amount >= 0)),
  effective_on date        not null,
  recorded_at  timestamptz not null default now(),
  guarantee_id bigint,
  -- Whose sub-ledger of a shared receivable: 'guarantor', 'bank', 'province', 'fund', 'other'.
  party        text,
  reason       text        not null,
  pending_key  text,
  primary key (guarantor_id, key, leg),
  check (debit <> credit),
  check ((state in (3, 4)) = (pending_key is not null))
);
comment on column ledger.transfer.state is '1 已入账 2 待定 3 待定转入账 4 待定作废';
create index transfer_of_guarantee on ledger.transfer (guarantor_id, guarantee_id) where guarantee_id is not null;
-- A pending transfer is settled once: posted or voided.
create unique index settled_once on ledger.transfer (guarantor_id, pending_key, leg) where pending_key is not null;

grant select, insert on ledger.transfer to rongdan_app;
grant select on ledger.account to rongdan_app;

alter table ledger.transfer enable row level security;

insert into ledger.account (code, title, kind, normal, source, unverified) values
  (1002, '银行存款',           'asset',      'debit',  '企业会计准则应用指南', null),
  (1221, '应收代偿款',         'asset',      'debit',  '融资担保公司会计处理惯例', '科目编码凭记忆，未见原文'),
  (1222, '应收补偿补贴款',     'asset',      'debit',  '融资担保公司会计处理惯例', '科目编码凭记忆，未见原文'),
  (1441, '抵债资产',           'asset',      'debit',  '企业会计准则应用指南', null),
  (2221, '应交税费',           'liability',  'credit', '企业会计准则应用指南', null),
  (2241, '其他应付款—分险方',  'liability',  'credit', '融资担保公司会计处理惯例', '科目编码凭记忆，未见原文'),
  (2401, '递延收益—预拨资金',  'liability',  'credit', '企业会计准则应用指南', null),
  (2601, '未到期责任准备金',   'liability',  'credit', '公开的担保财务代码（2601）', '科目编码凭记忆，未见原文'),
  (2602, '担保赔偿准备金',     'liability',  'credit', '公开的担保财务代码（2602）', '科目编码凭记忆，未见原文'),
  (4001, '实收资本',           'equity',     'credit', '企业会计准则应用指南', null),
  (4102, '一般风险准备',       'equity',     'credit', '金融企业财务规则第四十四条', '凭记忆，未见原文'),
  (6031, '担保费收入',         'income',     'credit', '公开的担保财务代码（6031）', '科目编码凭记忆，未见原文'),
  (6117, '其他收益—补偿补贴',  'income',     'credit', '企业会计准则第16号', null),
  (6501, '提取未到期责任准备', 'expense',    'debit',  '公开的担保财务代码（6501）', '科目编码凭记忆，未见原文'),
  (6502, '提取担保赔偿准备',   'expense',    'debit',  '公开的担保财务代码（6502）', '科目编码凭记忆，未见原文'),
  (6542, '分担保费支出',       'expense',    'debit',  '公开的担保财务代码（6542）', '科目编码凭记忆，未见原文'),
  (7001, '在保余额（备查）',   'memorandum', 'debit',  '本系统备查科目', null),
  (7002, '担保责任（备查）',   'memorandum', 'credit', '本系统备查科目', null),
  (7101, '账销案存（备查）',   'memorandum', 'debit',  '财金〔2017〕90号', null),
  (7102, '账销案存对应（备查）', 'memorandum', 'credit', '财金〔2017〕90号', null);
