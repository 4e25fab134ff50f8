import type { Browser, Page } from 'playwright-core';
import { createTestApp, type TestApp } from '../testing/app';
import { describeWithChromium, startChromium } from '../testing/chromium';

const EMAIL = 'docs@example.org';
const PASSWORD = 'a quiet harbour in May';

describe('the files of the docs', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(app.url + path, { headers, redirect: 'manual' });

  it('are found from the root and without the last slash', async () => {
    expect((await get('/')).headers.get('location')).toBe('/docs/');
    expect((await get('/docs')).headers.get('location')).toBe('/docs/');
  });

  it('have their own policy, which allows no inline scripts', async () => {
    const page = await get('/docs/');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/<script(?![^>]*src=)|\son\w+=/);
  });

  it('are sent once: afterwards 304', async () => {
    for (const path of ['/docs/', '/docs/swagger-ui-bundle.js', '/openapi.json']) {
      const first = await get(path);
      const tag = first.headers.get('etag') ?? '';
      expect((await get(path, { 'If-None-Match': tag })).status).toBe(304);
    }
  });

  it('are no way to other files', async () => {
    for (const path of [
      '/docs/../package.json',
      '/docs/%2e%2e/docs.ts',
      '/docs/docs.ts',
      '/docs/index.html',
    ]) {
      expect((await get(path)).status).toBe(404);
    }
  });
});

describeWithChromium('the docs page in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    app = await createTestApp();
    await app.anonymous
      .post('/auth/register')
      .send({ email: EMAIL, password: PASSWORD, name: 'Dora Docs' })
      .expect(201);
    browser = await startChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (request) => problems.push(`${request.url()} ${request.failure()?.errorText}`));
  });
  afterAll(async () => {
    await browser?.close();
    await app.close();
  });

  it('shows the API, lets a person sign in and try a call, and has nothing to complain of', async () => {
    await page.goto(`${app.url}/docs/`);
    await page.locator('#operations-tag-auth').click();
    await page.locator('#operations-auth-getAuthMe').waitFor();

    await page.fill('#email', EMAIL);
    await page.fill('#password', PASSWORD);
    await page.click('#sign-in button');
    await page.getByText('Signed in as Dora Docs').waitFor();

    await page.locator('#operations-auth-getAuthMe .opblock-summary-control').click();
    await page.locator('#operations-auth-getAuthMe button.execute').click();
    const live = page
      .locator('#operations-auth-getAuthMe .live-responses-table tbody .response-col_status')
      .first();
    await live.waitFor();
    expect(await live.textContent()).toContain('200');
    const body = await page
      .locator('#operations-auth-getAuthMe .live-responses-table .microlight')
      .first()
      .textContent();
    expect(body).toContain(EMAIL);

    await page.click('#sign-out');
    await page.locator('#sign-in').waitFor();
    expect(problems).toEqual([]);
  });
});
