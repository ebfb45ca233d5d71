-- module: customers · why: issuing a guarantee locks the customers of one related group (条16)
create index customer_group on customers.customer (guarantor_id, group_id) where group_id is not null;
