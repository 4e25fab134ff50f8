import { createSecretKey } from 'node:crypto';
import { headerText, mailLogoOf } from '../../../platform/mail';
import { NOTIFICATION_EVENTS } from '../notifications.events';
import { UnsubscribeTokens } from '../preferences/notifications.unsubscribe';
import { composeMail, type MailInput, type MailItem } from './notifications.mail';
import { catalogueOf } from './notifications.texts';

const ID = '0197a000-0000-7000-8000-000000000001';
const item: MailItem = {
  event: 'assignment.published',
  subjectId: ID,
  title: 'Light & <script>alert("1")</script>',
  className: "Biology 'A'",
  due: 'May 5, 2026 at 5:00 PM',
  isGuardian: false,
};
const input: MailInput = {
  id: ID,
  to: 'somebody@example.org',
  locale: 'en-US',
  items: [item],
  school: 'North <b>High',
  color: '#ffee00',
  logo: null,
  webUrl: 'https://app.example.org',
  unsubscribeUrl: `https://api.example.org/api/v1/notifications/unsubscribe/token`,
};

describe('a mail', () => {
  it('has what people wrote in it as text, never as HTML', () => {
    const mail = composeMail(input);
    expect(mail.subject).toBe('New assignment: Light & <script>alert("1")</script>');
    expect(mail.html).toContain('Light &amp; &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(mail.html).toContain('Biology &#39;A&#39;');
    expect(mail.html).not.toMatch(/<script|<b>High/);
    expect(mail.text).toContain('Light & <script>alert("1")</script>. It is due May 5, 2026 at 5:00 PM.');
    expect(mail.text).toContain(`https://app.example.org/assignments/${ID}`);
    expect(mail.text).toContain(input.unsubscribeUrl);
  });

  it('has the colour of the school, and letters that can be read on it', () => {
    expect(composeMail(input).html).toContain('background:#ffee00;color:#000000');
    expect(composeMail({ ...input, color: '#101080' }).html).toContain('background:#101080;color:#ffffff');
    expect(composeMail({ ...input, color: 'red;background:url(x)' }).html).toContain(
      'background:#1d4ed8;color:#ffffff',
    );
  });

  it('shows the logo of the school from within itself, and none that is not what it says', () => {
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const logo = mailLogoOf(`data:image/png;base64,${png}`);
    expect(logo).toEqual({
      content: Buffer.from(png, 'base64'),
      contentType: 'image/png',
      fileName: 'logo.png',
    });
    expect(composeMail({ ...input, logo }).html).toContain('<img src="cid:logo" alt=""');
    expect(composeMail(input).html).not.toContain('<img');
    for (const wrong of [
      `data:image/jpeg;base64,${png}`,
      'data:image/svg+xml;base64,PHN2Zy8+',
      'https://example.org/x.png',
      null,
    ])
      expect(mailLogoOf(wrong)).toBeNull();
  });

  it('says to a guardian that it is about their child', () => {
    const returned = { ...item, event: 'submission.returned' as const, isGuardian: true };
    expect(composeMail({ ...input, items: [returned] }).text).toContain("Your child's work for Light");
    expect(composeMail({ ...input, items: [returned], locale: 'de' }).text).toContain(
      'Die Arbeit Ihres Kindes',
    );
  });

  it('has nothing to click on without a web client', () => {
    expect(composeMail({ ...input, webUrl: undefined }).html).not.toContain('/assignments/');
  });

  it('speaks the language of its reader', () => {
    expect(composeMail({ ...input, locale: 'de-AT' }).subject).toMatch(/^Neue Aufgabe: /);
    expect(composeMail({ ...input, locale: 'fi' }).subject).toMatch(/^New assignment: /);
    for (const locale of ['en', 'de'])
      for (const event of NOTIFICATION_EVENTS)
        expect(catalogueOf(locale)[event].body({ ...item, due: null })).not.toMatch(/undefined|null/);
  });

  it('combines several notifications', () => {
    const mail = composeMail({ ...input, items: [item, { ...item, event: 'submission.returned' }] });
    expect(mail.subject).toBe('2 notifications today');
    expect(mail.text).toContain('There is a new assignment');
    expect(mail.text).toContain('has been returned');
  });

  it('has a subject of one line, whatever a title is', () => {
    expect(headerText('a\r\nBcc: everybody@example.org\u2028b\u0000')).toBe('a Bcc: everybody@example.org b');
    expect(headerText('x'.repeat(500))).toHaveLength(150);
    expect(headerText(`${'x'.repeat(149)}😀`).isWellFormed()).toBe(true);
  });
});

describe('an unsubscribe token', () => {
  const NOW = new Date('2027-03-01T12:00:00Z');
  const EMAIL = 'ada@example.org';
  const tokens = new UnsubscribeTokens(createSecretKey(Buffer.alloc(32, 1)));
  it('says who and what', () => {
    for (const event of [...NOTIFICATION_EVENTS, null])
      expect(tokens.read(tokens.create({ userId: ID, event }, EMAIL, NOW), NOW)).toMatchObject({
        userId: ID,
        event,
      });
  });
  it('ends after sixty days', () => {
    const token = tokens.create({ userId: ID, event: null }, EMAIL, NOW);
    const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
    expect(tokens.read(token, inDays(59))?.isFor(EMAIL)).toBe(true);
    expect(tokens.read(token, inDays(60))).toBeNull();
  });
  it('belongs to the address that the mail went to', () => {
    const token = tokens.create({ userId: ID, event: null }, EMAIL, NOW);
    expect(tokens.read(token, NOW)?.isFor('other@example.org')).toBe(false);
  });
  it('is worth nothing once it is changed, or made by another', () => {
    const token = tokens.create({ userId: ID, event: 'export.ready' }, EMAIL, NOW);
    const holds = (each: string) => tokens.read(each, NOW)?.isFor(EMAIL) ?? false;
    expect(holds(token)).toBe(true);
    expect(holds(token.replace('export.ready', 'all'))).toBe(false);
    expect(holds(token.replace(/\d{10}/, (ends) => String(Number(ends) + 1)))).toBe(false);
    expect(holds(`${token}x`)).toBe(false);
    expect(holds('')).toBe(false);
    const others = new UnsubscribeTokens(createSecretKey(Buffer.alloc(32, 2)));
    expect(holds(others.create({ userId: ID, event: null }, EMAIL, NOW))).toBe(false);
  });
});
