import type { z } from 'zod';
import { API_BASE } from '../../http/base';
import { type Call, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import { presentUser } from '../users';
import type { CreateUserBody } from './accounts.schemas';
import type { SchoolAccountsService } from './accounts.service';

/** The answer contains secrets, so no cache may store it. */
const NO_STORE = { headers: { 'Cache-Control': 'no-store' } };

export class AccountsController {
  constructor(private readonly accounts: SchoolAccountsService) {}

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateUserBody>>): Promise<Reply> => {
    const { user, districtCode, startPassword } = await this.accounts.create(principal, body);
    const shown = { ...presentUser(user, principal), districtCode, startPassword };
    return { ...reply.created(`${API_BASE}/users/${user.id}`, shown), ...NO_STORE };
  };

  resetPassword = async ({ principal, params }: Call<z.output<typeof IdParams>>): Promise<Reply> => {
    const { user, districtCode, startPassword } = await this.accounts.resetPassword(principal, params.id);
    const { id: userId, email, username } = user;
    const links = { user: `${API_BASE}/users/${userId}` };
    return { ...reply.ok({ userId, email, username, districtCode, startPassword, links }), ...NO_STORE };
  };
}
