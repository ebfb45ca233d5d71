-- modules: guarantees · why: most people list the guarantees of one guarantor, newest first; over a million rows that needs its own order
create index guarantee_of_guarantor on guarantees.guarantee (guarantor_id, starts_on desc, id desc);
