import { loadDirectDatabaseUrl } from '../src/config/config';
import { type ChainReport, createAuditVerification, NO_TENANT } from '../src/features/audit';
import { Database } from '../src/platform/db/database';
import { createLogger } from '../src/platform/logging/logger';
import { linesOf, readAnchors, writeAnchors } from './audit-verify.report';
import { runningDatabaseUrl } from './start/local-database';

/** A database that needs longer counts as unreachable. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Reading one page of events may take long on a busy machine. */
const STATEMENT_TIMEOUT_MS = 300_000;

export interface AuditVerifyOptions {
  tenant?: string;
  json?: boolean;
  anchor?: string;
  writeAnchor?: string;
}

function connect(): Database {
  return new Database({
    url: runningUrlOrConfigured(),
    poolMax: 1,
    acquireTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    applicationName: 'raptscallions-audit-verify',
    checkRows: false,
    logger: createLogger({ service: 'audit-verify', level: 'error', format: 'pretty' }),
  });
}

function runningUrlOrConfigured(): string {
  try {
    return loadDirectDatabaseUrl();
  } catch (error) {
    const url = runningDatabaseUrl();
    if (url === undefined) throw error;
    return url;
  }
}

/**
 * Compares the audit events with their hash chains. It only reads. @returns the exit code: 1 if a chain is
 * not intact
 */
export async function auditVerify(args: AuditVerifyOptions): Promise<number> {
  const anchors = args.anchor === undefined ? [] : readAnchors(args.anchor);
  const db = connect();
  try {
    const verification = createAuditVerification(db);
    const only = args.tenant === 'none' ? NO_TENANT : args.tenant?.toLowerCase();
    const chains = await verification.listChains(anchors);
    if (only !== undefined && !chains.includes(only))
      throw new Error(`Tenant ${args.tenant} has no chain. Check the id.`);
    const reports: ChainReport[] = [];
    for (const chainId of only === undefined ? chains : [only]) {
      const report = await verification.verifyChain(chainId, anchors);
      reports.push(report);
      console.log(args.json ? JSON.stringify(report) : linesOf(report).join('\n'));
    }
    if (args.writeAnchor !== undefined) writeAnchors(args.writeAnchor, reports);
    const broken = reports.filter(({ problemCount }) => problemCount > 0).length;
    if (!args.json)
      console.log(
        broken === 0
          ? `${reports.length} chains, all intact`
          : `${broken} of ${reports.length} chains are NOT intact`,
      );
    return broken === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}
