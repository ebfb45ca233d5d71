export { identityHash, registerCustomer } from './actions.ts';
export { insertStagedCustomers, stageCustomers, stagedCustomerColumns } from './bulk.ts';
export { addMember, formGroup, removeMember } from './groups.ts';
export { formerNames, renameCustomer } from './rename.ts';
export { customerRoutes } from './routes.ts';
export { maskIdentity, sizeOf } from './rules.ts';
export { hasHead, searchCondition } from './store.ts';
