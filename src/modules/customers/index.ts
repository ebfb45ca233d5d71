export { formGroup, identityHash, registerCustomer } from './actions.ts';
export { customerRoutes } from './routes.ts';
export { maskIdentity, sizeOf } from './rules.ts';
export { searchCondition } from './store.ts';
export { insertStagedCustomers, stagedCustomerColumns, stageCustomers } from './bulk.ts';
