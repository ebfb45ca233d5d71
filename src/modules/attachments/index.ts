/** The public face of attachments; README.md says what it is for. */
export {
  type AddAttachment,
  addAttachment,
  attachmentsOf,
  completenessOf,
  missingItems,
  receiveFile,
} from './actions.ts';
export { checkAttachmentFiles } from './checks.ts';
export { attachmentRoutes } from './routes.ts';
export type { ChecklistItem, Completeness } from './rules.ts';
export type { AttachmentRow } from './store.ts';
