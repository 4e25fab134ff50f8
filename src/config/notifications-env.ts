import { z } from 'zod';
import { url } from './env.types';

/** The settings for sending mails and push notifications. */
export const NOTIFICATIONS_ENV = {
  WEB_APP_URL: url('http:', 'https:')
    .optional()
    .describe(
      'The address of the web client. Links in mails and push notifications and the QR codes of sign-in cards lead there. Without it, mails and push notifications contain no links, and cards lead to PUBLIC_URL.',
    ),
  RESEND_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The API key of Resend. If it is set, mails are sent with Resend, even if SMTP_URL is set too.',
    ),
  RESEND_API_URL: url('http:', 'https:')
    .default('https://api.resend.com')
    .describe('The address of the Resend API.'),
  SMTP_URL: url('smtp:', 'smtps:')
    .optional()
    .describe(
      'The mail server that sends mails: smtp://user:password@host:587, or smtps:// for TLS from the first byte.',
    ),
  MAIL_FROM: z
    .string()
    .max(320)
    .regex(/^(?:[^<>\r\n]+ <[^<>\s@]+@[\w.-]+>|[^<>\s@]+@[\w.-]+)$/, 'must be an address, or Name <address>')
    .optional()
    .describe('The sender of mails: Example School <school@example.org>.'),
  MAIL_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe(
      'If neither RESEND_API_KEY nor SMTP_URL is set, mails are written to this folder as .eml files. Without a folder, no mail is sent. npm start sets .data/mail.',
    ),
  VAPID_PUBLIC_KEY: z
    .string()
    .regex(/^[\w-]{87}$/, 'must be 65 bytes in base64url')
    .optional()
    .describe('The public key for Web Push. `npx web-push generate-vapid-keys` creates a pair.'),
  VAPID_PRIVATE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
    .optional()
    .describe('The private key for Web Push.'),
  VAPID_SUBJECT: url('mailto:', 'https:')
    .optional()
    .describe('How push services can contact you: mailto:it@example.org.'),
};
