-- module: feedback · why: what other modules may read of a certificate without knowing its table; row security of the reader holds
create view feedback.certificate_head with (security_invoker = true) as
  select id, number, quarter, region_code, region_level, status, content_hash from feedback.certificate;
comment on view feedback.certificate_head is '供其他模块读取的证书要目：编号、季度、地区、状态、内容摘要';
grant select on feedback.certificate_head to rongdan_app;
