import { defineRoute, everybody, type Route, signedIn } from '../../../http/route';
import { ChangeEmailBody, ForgotPasswordBody, ResetPasswordBody, TokenBody } from '../auth.schemas';
import type { LinksController } from './auth.links.controller';

const NO_MAIL = { 'mail.not_configured': 'This installation cannot send mails.' };
const PERSON = { 'auth.person_required': 'An API token cannot do this.' };
const TOO_MANY = { 'auth.too_many_attempts': 'Too many attempts. Wait for the time in `Retry-After`.' };
const LINK = {
  'auth.link_invalid': 'The link was used before, has expired or was replaced by a newer one.',
};
const TOKEN = 'q2Vn0sX7wY5uT1rPb8mLkJhGfDsAaZxCvBnM3e4R6tY';
const PROMISED = { status: 202, description: 'The mail will be sent.' } as const;

const passwordRoutes = (links: LinksController): Route[] => [
  defineRoute({
    method: 'post',
    path: '/auth/password/forgot',
    summary: 'Send a mail with a link to choose a new password',
    description:
      'The answer is the same for every address, after the same time. An active account with a password gets a link that works once, for 30 minutes. An account that signs in with an identity provider gets a mail that says so. An account gets one mail in two minutes and five in an hour; more requests change nothing.',
    access: everybody,
    rateLimit: 'login',
    body: ForgotPasswordBody,
    success: { status: 202, description: 'If there is such an account, its owner gets a mail.' },
    errors: { ...NO_MAIL, ...TOO_MANY },
    example: { email: 'ada@example.org' },
    handler: links.forgotPassword,
  }),
  defineRoute({
    method: 'post',
    path: '/auth/password/reset',
    summary: 'Set a new password with a link from a mail',
    description:
      'Ends all sign-ins and API tokens of the account. It does not sign you in. A link also sets the first password of an account that a school created.',
    access: everybody,
    rateLimit: 'login',
    body: ResetPasswordBody,
    success: { status: 204, description: 'The password is set.' },
    errors: {
      ...LINK,
      ...TOO_MANY,
      'auth.weak_password':
        'The password is common, or contains your name, e-mail, school or the name of this product.',
    },
    example: { token: TOKEN, newPassword: 'a longer swim in July' },
    handler: links.resetPassword,
  }),
];

const verificationRoutes = (links: LinksController): Route[] => [
  defineRoute({
    method: 'post',
    path: '/auth/email/verification',
    summary: 'Send the mail that confirms your e-mail address again',
    description: 'An account gets one mail in two minutes and five in an hour.',
    access: signedIn('account.update'),
    success: PROMISED,
    errors: {
      ...PERSON,
      ...NO_MAIL,
      ...TOO_MANY,
      'auth.email_verified': 'Your address is confirmed.',
      'auth.no_email': 'Your account has no address.',
    },
    handler: links.requestVerification,
  }),
  defineRoute({
    method: 'post',
    path: '/auth/email/verify',
    summary: 'Confirm an e-mail address with a link from a mail',
    description: 'You need not be signed in.',
    access: everybody,
    rateLimit: 'login',
    body: TokenBody,
    success: { status: 204, description: 'The address is confirmed.' },
    errors: { ...LINK, ...TOO_MANY },
    example: { token: TOKEN },
    handler: links.verifyEmail,
  }),
];

const changeRoutes = (links: LinksController): Route[] => [
  defineRoute({
    method: 'post',
    path: '/auth/email',
    summary: 'Change your e-mail address',
    description:
      'A link goes to the new address. Your address changes when it is used, within one day. The old address gets a mail that says so. The answer does not say whether another account has the new address; in that case no link is sent.',
    access: signedIn('account.update'),
    recentPassword: true,
    body: ChangeEmailBody,
    success: PROMISED,
    errors: { ...PERSON, ...NO_MAIL, ...TOO_MANY, 'auth.same_email': 'This is your address already.' },
    example: { email: 'ada.king@example.org' },
    handler: links.requestEmailChange,
  }),
  defineRoute({
    method: 'post',
    path: '/auth/email/confirm',
    summary: 'Confirm a new e-mail address with a link from a mail',
    description: 'You need not be signed in.',
    access: everybody,
    rateLimit: 'login',
    body: TokenBody,
    success: { status: 204, description: 'The account has the new address.' },
    errors: { ...LINK, ...TOO_MANY, 'auth.email_taken': 'Another account has this address by now.' },
    example: { token: TOKEN },
    handler: links.confirmEmailChange,
  }),
];

export const linkRoutes = (links: LinksController): Route[] => [
  ...passwordRoutes(links),
  ...verificationRoutes(links),
  ...changeRoutes(links),
];
