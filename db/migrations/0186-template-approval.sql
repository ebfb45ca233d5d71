-- module: documents · why: a template comes into force by approval (chain 'template'), not by the hand of whoever uploaded it
alter table documents.template_version
  drop constraint template_version_status_check,
  add constraint template_version_status_check check (status in ('draft', 'approving', 'in-force', 'withdrawn'));
comment on column documents.template_version.from_on is '启用日；审批中的为申请的启用日，批准晚于此日的自批准日起';
