import type { z } from 'zod';
import type { Scope } from '../../authz/actions';
import { API_BASE } from '../../http/base';
import { type Call, listOrderOf, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import { mapPage } from '../../shared/pages';
import { presentApiToken, presentOwnSignIn } from './auth.presenter';
import type { CreateTokenBody, SignInsQuery, TokensQuery } from './auth.schemas';
import type { SignInsService } from './sign-ins/auth.sign-ins.service';
import type { ApiTokensService } from './tokens/auth.api-tokens.service';

type WithId = Call<z.output<typeof IdParams>>;

/** The caller's own sign-ins and API tokens. */
export class CredentialsController {
  constructor(
    private readonly sessions: SignInsService,
    private readonly tokens: ApiTokensService,
  ) {}

  listSessions = async ({
    principal,
    query,
  }: Call<unknown, z.output<typeof SignInsQuery>>): Promise<Reply> => {
    const page = await this.sessions.list(principal, listOrderOf(query));
    return reply.page(mapPage(page, (session) => presentOwnSignIn(session, principal.sessionId)));
  };

  getSession = async ({ principal, params }: WithId): Promise<Reply> =>
    reply.ok(presentOwnSignIn(await this.sessions.get(principal, params.id), principal.sessionId));

  endSession = async ({ principal, params }: WithId): Promise<Reply> => {
    await this.sessions.endOwn(principal, params.id);
    return reply.noContent();
  };

  listTokens = async ({ principal, query }: Call<unknown, z.output<typeof TokensQuery>>): Promise<Reply> => {
    const page = await this.tokens.list(principal, listOrderOf(query));
    return reply.page(mapPage(page, presentApiToken));
  };

  getToken = async ({ principal, params }: WithId): Promise<Reply> =>
    reply.ok(presentApiToken(await this.tokens.get(principal, params.id)));

  createToken = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateTokenBody>>): Promise<Reply> => {
    const { token, secret } = await this.tokens.create(principal, {
      ...body,
      scopes: body.scopes as Scope[],
    });
    return {
      ...reply.created(`${API_BASE}/auth/tokens/${token.id}`, { ...presentApiToken(token), token: secret }),
      headers: { 'Cache-Control': 'no-store' },
    };
  };

  revokeToken = async ({ principal, params }: WithId): Promise<Reply> => {
    await this.tokens.revoke(principal, params.id);
    return reply.noContent();
  };
}
