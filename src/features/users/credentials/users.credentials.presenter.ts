import type { Principal } from '../../../authz/ability';
import { API_BASE } from '../../../http/base';
import { type ApiToken, presentApiTokenBase, presentSignInBase, type SignInInfo } from '../../auth';

const linksTo = (userId: string) => ({ user: `${API_BASE}/users/${userId}` });

export const presentUserSignIn = (signIn: SignInInfo, userId: string, { sessionId }: Principal) => ({
  ...presentSignInBase(signIn, sessionId),
  links: linksTo(userId),
});

export const presentUserToken = (token: ApiToken, userId: string) => ({
  ...presentApiTokenBase(token),
  links: linksTo(userId),
});
