/** The public face of approvals; README.md says what it is for. */
export { type OutcomeEvent, type OutcomeHandler, type Outcomes, startApproval, withdrawApproval } from './actions.ts';
export { approvalRoutesWith } from './routes.ts';
export { approvalTodos } from './todos.ts';
export { approvalOf } from './view.ts';
