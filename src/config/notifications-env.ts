import { z } from 'zod';
import { url } from './env.types';

/** How mails and pushes get out. */
export const NOTIFICATIONS_ENV = {
  WEB_APP_URL: url('http:', 'https:')
    .optional()
    .describe(
      'The address of the web client that people use; links in mails and pushes lead there. Without it there are none.',
    ),
  RESEND_API_KEY: z.string().min(1).optional().describe('Sends mails by Resend. Goes before SMTP_URL.'),
  RESEND_API_URL: url('http:', 'https:')
    .default('https://api.resend.com')
    .describe('The address of the Resend API.'),
  SMTP_URL: url('smtp:', 'smtps:')
    .optional()
    .describe(
      'Sends mails by a mail server: smtp://user:password@host:587, or smtps:// for TLS from the first byte.',
    ),
  MAIL_FROM: z
    .string()
    .max(320)
    .regex(/^(?:[^<>\r\n]+ <[^<>\s@]+@[\w.-]+>|[^<>\s@]+@[\w.-]+)$/, 'must be an address, or Name <address>')
    .optional()
    .describe('Whom mails come from: Example School <school@example.org>.'),
  MAIL_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Without a provider, mails are written into this folder as .eml files. Default: none, and no mail is sent; npm start sets .data/mail.',
    ),
  VAPID_PUBLIC_KEY: z
    .string()
    .regex(/^[\w-]{87}$/, 'must be 65 bytes in base64url')
    .optional()
    .describe('The public key for Web Push; `npx web-push generate-vapid-keys` makes a pair.'),
  VAPID_PRIVATE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
    .optional()
    .describe('The private key for Web Push.'),
  VAPID_SUBJECT: url('mailto:', 'https:')
    .optional()
    .describe('Where push services can reach us: mailto:it@example.org.'),
};
