import type { z } from 'zod';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import { type ListQuery, mapPage } from '../../shared/pages';
import { presentMe, presentUser } from './users.presenter';
import type { UpdateMeBody, UpdateUserBody, UsersQuery } from './users.schemas';
import type { UsersService } from './users.service';
import type { UserFilters } from './users.types';

type WithId<B = unknown> = Call<z.output<typeof IdParams>, unknown, B>;

export class UsersController {
  constructor(private readonly users: UsersService) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof UsersQuery>>): Promise<Reply> => {
    const page = await this.users.list(principal, listQueryOf(query) as ListQuery<UserFilters>);
    return reply.page(mapPage(page, (user) => presentUser(user, principal)));
  };

  get = async ({ principal, params }: WithId): Promise<Reply> => {
    const user = await this.users.get(principal, params.id);
    return reply.ok(presentUser(user, principal), user.revision);
  };

  update = async ({
    principal,
    params,
    body,
    ifMatch,
  }: WithId<z.output<typeof UpdateUserBody>>): Promise<Reply> => {
    const user = await this.users.update(principal, params.id, body, ifMatch);
    return reply.ok(presentUser(user, principal), user.revision);
  };

  deactivate = async ({ principal, params }: WithId): Promise<Reply> => {
    await this.users.deactivate(principal, params.id);
    return reply.noContent();
  };

  reactivate = async ({ principal, params }: WithId): Promise<Reply> => {
    const user = await this.users.reactivate(principal, params.id);
    return reply.ok(presentUser(user, principal), user.revision);
  };

  getMe = async ({ principal }: Call): Promise<Reply> => {
    const me = await this.users.getMe(principal);
    return reply.ok(presentMe(me, principal), me.revision);
  };

  updateMe = async ({
    principal,
    body,
    ifMatch,
  }: Call<unknown, unknown, z.output<typeof UpdateMeBody>>): Promise<Reply> => {
    await this.users.update(principal, principal.userId, body, ifMatch);
    const me = await this.users.getMe(principal);
    return reply.ok(presentMe(me, principal), me.revision);
  };
}
