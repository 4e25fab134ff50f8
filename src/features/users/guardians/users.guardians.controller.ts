import type { z } from 'zod';
import { API_BASE } from '../../../http/base';
import { type Call, listOrderOf, type Reply, reply } from '../../../http/route';
import type { IdParams } from '../../../http/schemas';
import { mapPage } from '../../../shared/pages';
import { presentGuardian } from '../users.presenter';
import type { AddGuardianBody, GuardianParams, GuardiansQuery } from '../users.schemas';
import type { GuardiansService } from './users.guardians.service';

type Id = z.output<typeof IdParams>;

export class GuardiansController {
  constructor(private readonly guardians: GuardiansService) {}

  list = async ({ principal, params, query }: Call<Id, z.output<typeof GuardiansQuery>>): Promise<Reply> => {
    const page = await this.guardians.list(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(page, (guardian) => presentGuardian(params.id, guardian)));
  };

  add = async ({
    principal,
    params,
    body,
  }: Call<Id, unknown, z.output<typeof AddGuardianBody>>): Promise<Reply> => {
    const person = body.userId === undefined ? { email: body.email ?? '' } : { userId: body.userId };
    const guardian = await this.guardians.add(principal, params.id, person);
    return reply.created(
      `${API_BASE}/users/${params.id}/guardians/${guardian.userId}`,
      presentGuardian(params.id, guardian),
    );
  };

  remove = async ({ principal, params }: Call<z.output<typeof GuardianParams>>): Promise<Reply> => {
    await this.guardians.remove(principal, params.id, params.guardianId);
    return reply.noContent();
  };
}
