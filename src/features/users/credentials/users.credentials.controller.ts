import type { z } from 'zod';
import { type Call, listOrderOf, type Reply, reply } from '../../../http/route';
import type { IdParams } from '../../../http/schemas';
import { mapPage } from '../../../shared/pages';
import type { SignInsQuery, TokensQuery } from '../../auth';
import { presentUserSignIn, presentUserToken } from './users.credentials.presenter';
import type { SignInParams, TokenParams } from './users.credentials.schemas';
import type { UserCredentialsService } from './users.credentials.service';

type Id = z.output<typeof IdParams>;

export class UserCredentialsController {
  constructor(private readonly credentials: UserCredentialsService) {}

  listSignIns = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof SignInsQuery>>): Promise<Reply> => {
    const page = await this.credentials.listSignIns(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(page, (signIn) => presentUserSignIn(signIn, params.id, principal)));
  };

  endSignIn = async ({ principal, params }: Call<z.output<typeof SignInParams>>): Promise<Reply> => {
    await this.credentials.endSignIn(principal, params.id, params.signInId);
    return reply.noContent();
  };

  endSignIns = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    await this.credentials.endSignIns(principal, params.id);
    return reply.noContent();
  };

  listTokens = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof TokensQuery>>): Promise<Reply> => {
    const page = await this.credentials.listTokens(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(page, (token) => presentUserToken(token, params.id)));
  };

  revokeToken = async ({ principal, params }: Call<z.output<typeof TokenParams>>): Promise<Reply> => {
    await this.credentials.revokeToken(principal, params.id, params.tokenId);
    return reply.noContent();
  };
}
