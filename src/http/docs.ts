import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { isNotModified } from './conditional';

/** The page may only load its own files and call this API. Swagger UI draws its icons from data URLs. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const OWN_FOLDER = path.join(__dirname, 'docs');
/** The folder of the package. An import would load the whole browser bundle into this process. */
const swaggerFolder = (): string => path.dirname(require.resolve('swagger-ui-dist/package.json'));
const FILES: Readonly<Record<string, { folder: () => string; file: string; type: string }>> = {
  '': { folder: () => OWN_FOLDER, file: 'index.html', type: 'text/html; charset=utf-8' },
  'docs.css': { folder: () => OWN_FOLDER, file: 'docs.css', type: 'text/css; charset=utf-8' },
  'docs.js': { folder: () => OWN_FOLDER, file: 'docs.js', type: 'text/javascript; charset=utf-8' },
  'swagger-ui.css': { folder: swaggerFolder, file: 'swagger-ui.css', type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': {
    folder: swaggerFolder,
    file: 'swagger-ui-bundle.js',
    type: 'text/javascript; charset=utf-8',
  },
  'favicon-32x32.png': { folder: swaggerFolder, file: 'favicon-32x32.png', type: 'image/png' },
};

interface Content {
  plain: Buffer;
  zipped: Buffer;
  tag: string;
}

/** A document that never changes while the process runs: created on the first request, then served from memory. */
function constant(type: string, make: () => Promise<Buffer>): RequestHandler {
  let content: Promise<Content> | null = null;
  const load = async (): Promise<Content> => {
    const plain = await make();
    const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 20)}"`;
    return { plain, zipped: await promisify(gzip)(plain), tag };
  };
  return async (req: Request, res: Response) => {
    content ??= load();
    const { plain, zipped, tag } = await content;
    res
      .setHeader('Content-Type', type)
      .setHeader('ETag', tag)
      .setHeader('Cache-Control', 'no-cache')
      .setHeader('Vary', 'Accept-Encoding');
    if (isNotModified(req.headers['if-none-match'], tag)) {
      res.writeHead(304).end();
      return;
    }
    const isZipped = req.acceptsEncodings('gzip') === 'gzip';
    if (isZipped) res.setHeader('Content-Encoding', 'gzip');
    const body = isZipped ? zipped : plain;
    res.writeHead(200, { 'Content-Length': body.length });
    res.end(req.method === 'HEAD' ? undefined : body);
  };
}

/** `/openapi.json`, and `/docs`: the page on which you read the document, sign in and try calls. */
export function docsRoutes(describe: () => object): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get(
    '/openapi.json',
    constant('application/json; charset=utf-8', async () => Buffer.from(JSON.stringify(describe()))),
  );
  router.get(['/', '/docs'], (req, res) => {
    res.writeHead(302, { Location: `${req.baseUrl}/docs/` }).end();
  });
  for (const [name, { folder, file, type }] of Object.entries(FILES)) {
    const serve = constant(type, () => readFile(path.join(folder(), file)));
    router.get(`/docs/${name}`, (req, res, next) => {
      res.setHeader('Content-Security-Policy', PAGE_POLICY);
      return serve(req, res, next);
    });
  }
  return router;
}
