import { z } from 'zod';
import { id, links } from '../../../http/schemas';
import { apiTokenBase, signInBase } from '../../auth';

export const SignInParams = z.strictObject({ id: id(), signInId: id() });
export const TokenParams = z.strictObject({ id: id(), tokenId: id() });

export const UserSignInSchema = signInBase.extend({ links: links('user') }).meta({
  id: 'UserSignIn',
  description: 'A sign-in of a user on a device, for admins who manage the user.',
});

export const UserTokenSchema = apiTokenBase
  .extend({ links: links('user') })
  .meta({ id: 'UserApiToken', description: 'An API token of a user, for admins who manage the user.' });
