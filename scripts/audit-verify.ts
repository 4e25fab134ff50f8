import { parseArgs } from 'node:util';
import { loadDirectDatabaseUrl } from '../src/config/config';
import { type ChainReport, createAuditVerification, NO_TENANT } from '../src/features/audit';
import { Database } from '../src/platform/db/database';
import { createLogger } from '../src/platform/logging/logger';
import { linesOf, readAnchors, writeAnchors } from './audit-verify.report';
import { runningDatabaseUrl } from './start/local-database';

const HELP = `Compares the audit events with their hash chains. Only reads.

  npm run audit:verify -- [options]

  --tenant <id>          only the chain of this tenant; "none" for events of no tenant
  --json                 one line of JSON for each chain
  --write-anchor <file>  writes the ends of the chains, to be kept where the database's admins cannot write
  --anchor <file>        also compares with such a file: finds chains that were made anew as a whole

DATABASE_URL says where; without it the database of a running "npm start" is taken.
Ends with 0 where all is intact, 1 where something is not, 2 where nothing could be compared.`;

/** A database that takes longer is away. */
const CONNECT_TIMEOUT_MS = 5_000;
/** One read of a page of events may take long on a machine that is busy. */
const STATEMENT_TIMEOUT_MS = 300_000;

const options = {
  tenant: { type: 'string' },
  json: { type: 'boolean', default: false },
  anchor: { type: 'string' },
  'write-anchor': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

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

/** @returns whether all chains are intact. */
async function verify(
  args: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'],
): Promise<boolean> {
  const anchors = args.anchor === undefined ? [] : readAnchors(args.anchor);
  const db = connect();
  try {
    const verification = createAuditVerification(db);
    const only = args.tenant === 'none' ? NO_TENANT : args.tenant?.toLowerCase();
    const chains = await verification.listChains(anchors);
    if (only !== undefined && !chains.includes(only)) throw new Error(`There is no chain of ${args.tenant}`);
    const reports: ChainReport[] = [];
    for (const chainId of only === undefined ? chains : [only]) {
      const report = await verification.verifyChain(chainId, anchors);
      reports.push(report);
      console.log(args.json ? JSON.stringify(report) : linesOf(report).join('\n'));
    }
    if (args['write-anchor'] !== undefined) writeAnchors(args['write-anchor'], reports);
    const broken = reports.filter(({ problemCount }) => problemCount > 0).length;
    if (!args.json)
      console.log(
        broken === 0
          ? `${reports.length} chains, all intact`
          : `${broken} of ${reports.length} chains are NOT intact`,
      );
    return broken === 0;
  } finally {
    await db.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options, strict: true });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  return (await verify(values)) ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
