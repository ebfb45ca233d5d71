import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { documentRoutes } from './api-document.ts';
import { outcomes } from './approval-outcomes.ts';
import { ledgerRoutes } from './ledger/index.ts';
import { admissionRoutes } from './modules/admissions/index.ts';
import { aftercareRoutes, afterReports } from './modules/aftercare/index.ts';
import { agreementRoutes } from './modules/agreements/index.ts';
import { approvalRoutesWith } from './modules/approvals/index.ts';
import { attachmentRoutes } from './modules/attachments/index.ts';
import { auditRoutes } from './modules/audit/index.ts';
import { bankReportRoutesWith } from './modules/bankreports/index.ts';
import { bankRoutes } from './modules/banks/index.ts';
import { batchRoutes } from './modules/batches/index.ts';
import { caseRoutes } from './modules/cases/index.ts';
import { creditInfoRoutes } from './modules/creditinfo/index.ts';
import { customerRoutes } from './modules/customers/index.ts';
import { documentsRoutesWith } from './modules/documents/index.ts';
import { exchangeRoutes } from './modules/exchange/index.ts';
import { feedbackRoutes } from './modules/feedback/index.ts';
import { filingRoutes } from './modules/filings/index.ts';
import { guaranteeRoutes } from './modules/guarantees/index.ts';
import { homeRoutes } from './modules/home/index.ts';
import { identityRoutes, resolveCaller } from './modules/identity/index.ts';
import { importRoutes } from './modules/imports/index.ts';
import { institutionRoutes } from './modules/institutions/index.ts';
import { lawMapRoutes } from './modules/lawmap/index.ts';
import { limitRoutes } from './modules/limits/index.ts';
import { portalRoutes } from './modules/portal/index.ts';
import { productRoutes } from './modules/products/index.ts';
import { reconciliationRoutes } from './modules/reconciliation/index.ts';
import { subsidyRoutes } from './modules/subsidies/index.ts';
import { webhookRoutes } from './modules/webhooks/index.ts';
import { paperSources } from './paper-sources.ts';
import type { Clock } from './platform/clock.ts';
import type { Db } from './platform/db.ts';
import type { Deps } from './platform/http.ts';
import { createServer, serveWeb } from './platform/server.ts';

export type AppOptions = Deps & {
  readonly db: Db;
  readonly clock: Clock;
  readonly rateLimitPerMinute?: number;
  readonly log?: boolean;
};

/** Every module's doors, in calling order: the only list of them. */
const routes: readonly ((app: FastifyInstance, deps: Deps) => void)[] = [
  identityRoutes,
  auditRoutes,
  attachmentRoutes,
  documentsRoutesWith(paperSources),
  institutionRoutes,
  approvalRoutesWith(outcomes),
  bankRoutes,
  customerRoutes,
  productRoutes,
  admissionRoutes,
  agreementRoutes,
  guaranteeRoutes,
  limitRoutes,
  filingRoutes,
  caseRoutes,
  creditInfoRoutes,
  portalRoutes,
  ledgerRoutes,
  importRoutes,
  batchRoutes,
  bankReportRoutesWith(afterReports),
  aftercareRoutes,
  exchangeRoutes,
  reconciliationRoutes,
  feedbackRoutes,
  subsidyRoutes,
  webhookRoutes,
  lawMapRoutes,
  homeRoutes,
];

/** Composes the product: the only file that knows every module. The caller listens and closes. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = await createServer({
    authenticate: (request) => resolveCaller(options.db, request, options.clock),
    version: '0.1.0',
    ...(options.rateLimitPerMinute === undefined ? {} : { rateLimitPerMinute: options.rateLimitPerMinute }),
    log: options.log ?? false,
  });
  for (const register of routes) register(app, options);
  documentRoutes(app);
  serveWeb(app, fileURLToPath(new URL('../dist/web/', import.meta.url)));
  return app;
}
