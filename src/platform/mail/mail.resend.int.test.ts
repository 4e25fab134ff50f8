import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingServer } from '../../testing/recording-server';
import type { Mail } from './mail';
import { DeliveryDelayedError, DeliveryRefusedError } from './mail.errors';
import { FolderMailSender } from './mail.folder';
import { ResendMailSender } from './mail.resend';

const MAIL: Mail = {
  id: '0197a000-0000-7000-8000-000000000001',
  to: 'somebody@example.org',
  subject: 'New assignment: Light',
  text: 'text',
  html: '<p>html</p>',
  logo: null,
  unsubscribeUrl: 'https://api.example.org/api/v1/notifications/unsubscribe/token',
};
const options = { signal: new AbortController().signal, beforeHandOver: () => Promise.resolve() };

let resend: RecordingServer;
let sender: ResendMailSender;

beforeAll(async () => {
  resend = await RecordingServer.start({ status: 200, body: { id: 'mail-1' } });
  sender = new ResendMailSender({ apiKey: 'key', apiUrl: resend.url, from: 'School <school@example.org>' });
});
afterAll(() => resend.stop());
beforeEach(() => void resend.requests.splice(0));

describe('Resend', () => {
  it('is given the mail with the id of the delivery as its idempotency key', async () => {
    expect(await sender.send(MAIL, options)).toBe('mail-1');
    const [request] = resend.requests;
    expect(request?.path).toBe('/emails');
    expect(request?.headers).toMatchObject({ authorization: 'Bearer key', 'idempotency-key': MAIL.id });
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual({
      from: 'School <school@example.org>',
      to: [MAIL.to],
      subject: MAIL.subject,
      text: MAIL.text,
      html: MAIL.html,
      headers: {
        'List-Unsubscribe': `<${MAIL.unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'Auto-Submitted': 'auto-generated',
      },
    });
  });

  it('is given the logo as a part that the HTML names', async () => {
    const logo = { content: Buffer.from('png'), contentType: 'image/png' as const, fileName: 'logo.png' };
    await sender.send({ ...MAIL, logo }, options);
    expect(JSON.parse(resend.requests[0]?.body.toString() ?? '').attachments).toEqual([
      { content: 'cG5n', content_type: 'image/png', filename: 'logo.png', content_id: 'logo' },
    ]);
  });

  it('has what it took under the same key before counted as sent', async () => {
    resend.next({ status: 409, body: { name: 'invalid_idempotent_request' } });
    expect(await sender.send(MAIL, options)).toBe('resend');
  });

  it.each([
    [429, DeliveryDelayedError],
    [500, DeliveryDelayedError],
    [401, DeliveryDelayedError],
    [409, DeliveryDelayedError],
    [422, DeliveryRefusedError],
    [400, DeliveryRefusedError],
  ])('answers %i', async (status, error) => {
    resend.next({ status, headers: { 'retry-after': '7' } });
    await expect(sender.send(MAIL, options)).rejects.toBeInstanceOf(error);
  });

  it('is asked again after the pause that it wants', async () => {
    resend.next({ status: 429, headers: { 'retry-after': '7' } });
    await expect(sender.send(MAIL, options)).rejects.toMatchObject({ retryAfterSeconds: 7 });
  });

  it('may be away', async () => {
    const away = new ResendMailSender({ apiKey: 'key', apiUrl: 'http://127.0.0.1:1', from: 'a@example.org' });
    await expect(away.send(MAIL, options)).rejects.toMatchObject({ details: { reason: 'mail.unavailable' } });
  });
});

it('becomes a file for its owner without any provider, and nothing of it is printed', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'raptscallions-mail-')), 'mail');
  const printed = jest.spyOn(process.stdout, 'write');
  const beforeHandOver = jest.fn(() => Promise.resolve());
  const sender = new FolderMailSender({ folder });
  for (let i = 0; i < 2; i += 1)
    expect(await sender.send(MAIL, { signal: options.signal, beforeHandOver })).toContain(MAIL.id);
  expect(beforeHandOver).toHaveBeenCalledTimes(2);
  expect(await readdir(folder)).toEqual([`${MAIL.id}.eml`]);
  const file = join(folder, `${MAIL.id}.eml`);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(`To: ${MAIL.to}`);
  expect(text).toMatch(/^List-Unsubscribe:\s+<https/m);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
  await rm(join(folder, '..'), { recursive: true });
});

it('delays a mail while its folder cannot be written', async () => {
  const sender = new FolderMailSender({ folder: '/dev/null/mail' });
  await expect(sender.send(MAIL, options)).rejects.toMatchObject({ details: { reason: 'mail.unavailable' } });
});
