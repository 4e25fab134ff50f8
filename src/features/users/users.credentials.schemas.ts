import { z } from 'zod';
import { can, id, links, listQuery, timestamp } from '../../http/schemas';

export const SignInParams = z.strictObject({ id: id(), signInId: id() });
export const TokenParams = z.strictObject({ id: id(), tokenId: id() });
export const UserSignInsQuery = listQuery(['-lastUsedAt', 'createdAt'], {});
export const UserTokensQuery = listQuery(['-createdAt', 'expiresAt', 'name'], {});

export const UserSignInSchema = z
  .object({
    id: z.uuid(),
    createdAt: timestamp(),
    lastUsedAt: timestamp(),
    expiresAt: timestamp().describe('When it ends if it is not used before.'),
    userAgent: z.string().nullable(),
    ip: z.string().nullable(),
    current: z.boolean().describe('Whether it is the sign-in of this request.'),
    links: links('user'),
    can: can('end'),
  })
  .meta({
    id: 'UserSignIn',
    description: 'A sign-in of a person on some device, for those who manage them.',
  });

export const UserTokenSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().describe('The first characters of the token.'),
    scopes: z.array(z.string()),
    expiresAt: timestamp(),
    lastUsedAt: timestamp().nullable(),
    createdAt: timestamp(),
    links: links('user'),
    can: can('revoke'),
  })
  .meta({ id: 'UserApiToken', description: 'An API token of a person, for those who manage them.' });
