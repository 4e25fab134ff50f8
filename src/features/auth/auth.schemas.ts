import { z } from 'zod';
import { SCOPES } from '../../authz/actions';
import {
  canSchema,
  districtCode,
  email,
  links,
  listQuery,
  moment,
  opaque,
  text,
  timestamp,
  username,
  verbatim,
} from '../../http/schemas';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './passwords/auth.password-policy';

/** A forgotten token must expire by itself. */
const MAX_TOKEN_DAYS = 366;
const DAY_MS = 24 * 3_600_000;

const newPassword = () =>
  verbatim(MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH).describe(
    '8 to 128 characters. Common and personal passwords are refused.',
  );
const knownPassword = () => verbatim(1, MAX_PASSWORD_LENGTH);
const refreshToken = () => opaque(1, 200);

const sharedDevice = () =>
  z
    .boolean()
    .default(false)
    .describe(
      'true if other people use this device too: the cookies are deleted when the browser closes, and the sign-in ends after an hour without use or after 12 hours.',
    );

export const RegisterBody = z.strictObject({
  email: email(),
  password: newPassword(),
  name: text(1, 200),
  sharedDevice: sharedDevice(),
});
export const LogInBody = z
  .strictObject({
    email: email().optional(),
    districtCode: districtCode().optional().describe('The code of your district, beside a username.'),
    username: username().optional(),
    password: knownPassword(),
    sharedDevice: sharedDevice(),
    deviceToken: opaque(1, 1_000)
      .optional()
      .describe(
        'The `deviceToken` of an earlier sign-in on this device. Leave it out if the device cookie carries it.',
      ),
  })
  .refine((body) => hasOneName(body), {
    path: ['email'],
    message: 'send either email, or districtCode and username',
  });

interface Names {
  email?: string | undefined;
  districtCode?: string | undefined;
  username?: string | undefined;
}

function hasOneName({ email: address, districtCode: code, username: name }: Names): boolean {
  const isDistrictless = code === undefined && name === undefined;
  return address === undefined ? code !== undefined && name !== undefined : isDistrictless;
}
export const CardLogInBody = z.strictObject({
  secret: opaque(1, 200).describe('What stands behind the `#` in the link of the card.'),
  sharedDevice: sharedDevice(),
});
export const ConfirmBody = z.strictObject({ password: knownPassword() });
export const ConfirmationSchema = z
  .object({ confirmedUntil: timestamp().describe('Until this time, no route requires the password again.') })
  .meta({ id: 'PasswordConfirmation' });
export const RefreshBody = z.strictObject({
  refreshToken: refreshToken().optional().describe('Leave it out if the refresh cookie carries it.'),
});
export const ChangePasswordBody = z.strictObject({
  currentPassword: knownPassword()
    .optional()
    .describe(
      'You can leave it out during the ten minutes after you signed in, if you have no password or must change the one that you were given.',
    ),
  newPassword: newPassword(),
  keepApiTokens: z
    .boolean()
    .default(false)
    .describe(
      'true keeps your API tokens. By default they are revoked, because a person who knew the old password may have created one.',
    ),
});

const linkToken = () => opaque(1, 200).describe('What stands behind `#token=` in the link of the mail.');
export const ForgotPasswordBody = z.strictObject({ email: email() });
export const ResetPasswordBody = z.strictObject({ token: linkToken(), newPassword: newPassword() });
export const TokenBody = z.strictObject({ token: linkToken() });
export const ChangeEmailBody = z.strictObject({ email: email() });

export const CreateTokenBody = z.strictObject({
  name: text(1, 100),
  scopes: z
    .array(z.enum(SCOPES as unknown as [string, ...string[]]))
    .min(1)
    .max(50),
  expiresAt: moment()
    .refine((end) => end.getTime() > Date.now(), { message: 'is in the past' })
    .refine((end) => end.getTime() <= Date.now() + MAX_TOKEN_DAYS * DAY_MS, {
      message: `is more than ${MAX_TOKEN_DAYS} days away`,
    }),
});

export const SignInsQuery = listQuery(['-lastUsedAt', 'createdAt'], {});
export const TokensQuery = listQuery(['-createdAt', 'expiresAt', 'name'], {});

export const AccountSchema = z
  .object({
    id: z.uuid(),
    tenantId: z.uuid().nullable(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    name: z.string(),
    locale: z.string().nullable(),
    isPlatformAdmin: z.boolean(),
    emailVerified: z.boolean().describe('True if mails to the address are known to reach the user.'),
    mustChangePassword: z
      .boolean()
      .describe(
        'If true, all other routes answer 403 `auth.password_change_required` until you change your password.',
      ),
    links: links('self', 'me'),
  })
  .meta({ id: 'Account', description: 'The account of the signed-in user.' });

export const SignInSchema = z
  .object({
    accessToken: z.string().describe('Send it in the header: `Authorization: Bearer …`.'),
    expiresIn: z.number().int().describe('The seconds until the access token expires.'),
    refreshToken: z.string().describe('For `POST /auth/refresh`. Each refresh token works once.'),
    csrfToken: z
      .string()
      .describe(
        'Send it as `X-CSRF-Token` with requests that change something and are authenticated by cookie.',
      ),
    deviceToken: z
      .string()
      .nullable()
      .describe(
        'Send it with the next sign-in on this device, so that password guesses from other devices do not slow you down. It gives no access. Null on a shared device and after a refresh.',
      ),
    user: AccountSchema,
  })
  .meta({ id: 'SignIn' });

/** The fields of a sign-in, for its user and for admins. */
export const SignInBase = z.object({
  id: z.uuid(),
  createdAt: timestamp(),
  lastUsedAt: timestamp(),
  expiresAt: timestamp().describe('When the sign-in ends if it is not used before then.'),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
  current: z.boolean().describe('True if this request uses the sign-in.'),
  can: canSchema('end'),
});

/** The fields of an API token, for its user and for admins. */
export const ApiTokenBase = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string().describe('The first characters of the token.'),
  scopes: z.array(z.string()),
  expiresAt: timestamp(),
  lastUsedAt: timestamp().nullable(),
  createdAt: timestamp(),
  can: canSchema('revoke'),
});

export const SignInSessionSchema = SignInBase.extend({ links: links('self') }).meta({
  id: 'SignInSession',
  description: 'One of your sign-ins on a device.',
});

export const ApiTokenSchema = ApiTokenBase.extend({ links: links('self') }).meta({ id: 'ApiToken' });

export const NewApiTokenSchema = ApiTokenSchema.extend({
  token: z.string().describe('The token itself. It is shown only once.'),
}).meta({ id: 'NewApiToken' });
