-- modules: kernel · why: sum(bigint) reckons in 128 bits and answers numeric, which costs more than all else where groups are many
-- Sums 分 in 64 bits; an overflow is an error, not a wrong figure.
create aggregate kernel.sum_fen (bigint) (
  sfunc = int8pl, stype = bigint, combinefunc = int8pl, initcond = '0', parallel = safe
);
