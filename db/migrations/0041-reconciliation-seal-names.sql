-- module: reconciliation · why: a sealed run prints the names of its day for ever, whoever is renamed later
alter table reconciliation.seal add column names jsonb not null default '{}';
