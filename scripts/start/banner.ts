import { existsSync, readFileSync } from 'node:fs';
import { paint, say } from '../setup/steps.cjs';

interface DemoLogin {
  email: string;
  password: string;
  role: string;
}

export interface Banner {
  apiUrl: string;
  temporalUiUrl: string | undefined;
  metricsUrl: string;
  mailFolder: string | undefined;
  demoLoginsFile: string;
  remarks: string[];
}

function readDemoLogins(file: string): DemoLogin[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoLogin[]) : [];
}

function table(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

/** Lists all addresses and log-ins as lines of plain text. */
export function bannerLines({
  apiUrl,
  temporalUiUrl,
  metricsUrl,
  mailFolder,
  demoLoginsFile,
  remarks,
}: Banner): string[] {
  const places = [
    ['API', `${apiUrl}/api/v1`],
    ['Docs', `${apiUrl}/docs`],
    ['OpenAPI', `${apiUrl}/openapi.json`],
    ['Metrics', metricsUrl],
    ...(temporalUiUrl ? [['Temporal UI', temporalUiUrl]] : []),
    ...(mailFolder ? [['Mails', mailFolder]] : []),
  ];
  const logins = readDemoLogins(demoLoginsFile).map(({ role, email, password }) => [role, email, password]);
  return [
    ...table(places),
    ...(logins.length > 0 ? ['', 'Demo log-ins (role, e-mail, password)', ...table(logins)] : []),
    ...(remarks.length > 0 ? ['', ...remarks] : []),
    '',
    'Press Ctrl-C to stop everything',
  ];
}

/** Prints the lines in a box. */
export function printBanner(banner: Banner): void {
  const lines = bannerLines(banner);
  const title = ' Raptscallions is running ';
  const width = Math.max(title.length, ...lines.map((line) => line.length));
  say(
    paint('green', '╭─') + paint('bold', title) + paint('green', `${'─'.repeat(width - title.length + 1)}╮`),
  );
  const edge = paint('green', '│');
  for (const line of lines) say(`${edge} ${line.padEnd(width)} ${edge}`);
  say(paint('green', `╰${'─'.repeat(width + 2)}╯`));
}
