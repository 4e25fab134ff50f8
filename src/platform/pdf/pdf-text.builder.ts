import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';

// In a separate process, because the reader is an ES module and the tests are not.
const READ = `
import { readFile } from 'node:fs/promises';
const { extractText, getDocumentProxy, getMeta } = await import('unpdf');
const pdf = await getDocumentProxy(new Uint8Array(await readFile(process.argv[1])));
const { text } = await extractText(pdf, { mergePages: false });
const { info } = await getMeta(pdf);
process.stdout.write(JSON.stringify({ pages: text, info }));
`;

export interface ReadPdf {
  /** The text of each page, as Mozilla's reader extracts it. */
  pages: string[];
  info: Record<string, unknown>;
}

/** Reads a PDF file as a PDF viewer does. */
export async function readPdf(bytes: Buffer): Promise<ReadPdf> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pdf-'));
  try {
    const file = path.join(folder, 'report.pdf');
    await writeFile(file, bytes);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', READ, file],
      {
        cwd: __dirname,
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return JSON.parse(stdout) as ReadPdf;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The texts that lines in complex scripts give for copying. */
export function spokenTexts(bytes: Buffer): string[] {
  const source = bytes.toString('latin1');
  return [...source.matchAll(/stream\n([\s\S]*?)\nendstream/g)].flatMap(([, body]) => {
    let text: string;
    try {
      text = inflateSync(Buffer.from(body as string, 'latin1')).toString('latin1');
    } catch {
      return [];
    }
    return [...text.matchAll(/\/ActualText \(((?:\\[\s\S]|[^\\)])*)\)/g)].map(([, escaped]) =>
      unescapeText(escaped as string),
    );
  });
}

/** Decodes a string of a PDF file: UTF-16 after a byte order mark, with some bytes escaped. */
function unescapeText(escaped: string): string {
  const NAMED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  const raw = escaped.replace(/\\([\s\S])/g, (_, character: string) => NAMED[character] ?? character);
  return raw.startsWith('\u00fe\u00ff')
    ? Buffer.from(raw.slice(2), 'latin1').swap16().toString('utf16le')
    : raw;
}

/** Reads a whole stream. */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
