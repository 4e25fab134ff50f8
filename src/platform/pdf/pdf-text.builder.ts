import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';

// In a process of its own, since the reader is a module of another kind than the tests.
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

/** What a reader of PDF files finds in it. */
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

/** What the lines of complex scripts say that they read as. */
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

/** A string of a PDF file: UTF-16 behind a byte order mark, with some bytes escaped. */
function unescapeText(escaped: string): string {
  const NAMED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  const raw = escaped.replace(/\\([\s\S])/g, (_, character: string) => NAMED[character] ?? character);
  return raw.startsWith('\u00fe\u00ff')
    ? Buffer.from(raw.slice(2), 'latin1').swap16().toString('utf16le')
    : raw;
}

/** All of a stream. */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
