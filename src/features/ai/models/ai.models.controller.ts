import type { z } from 'zod';
import { type Call, listQueryOf, type Reply, reply } from '../../../http/route';
import { mapPage } from '../../../shared/pages';
import { modelLocation, presentModel } from './ai.models.presenter';
import type { CreateModelBody, ListModelsQuery, UpdateModelBody } from './ai.models.schemas';
import type { AiModelsService } from './ai.models.service';

type Id = { id: string };

export class AiModelsController {
  constructor(
    private readonly models: AiModelsService,
    private readonly currency: string,
  ) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListModelsQuery>>): Promise<Reply> => {
    const page = await this.models.listModels(principal, listQueryOf(query));
    return reply.page(mapPage(page, (model) => presentModel(principal, model, this.currency)));
  };

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateModelBody>>): Promise<Reply> => {
    const {
      tenantId = principal.isPlatformAdmin ? null : principal.tenantId,
      displayName = body.name,
      ...values
    } = body;
    const model = await this.models.createModel(principal, tenantId, { ...values, displayName });
    return reply.created(
      modelLocation(model.id),
      presentModel(principal, model, this.currency),
      model.revision,
    );
  };

  update = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof UpdateModelBody>>): Promise<Reply> => {
    const model = await this.models.updateModel(principal, params.id, body, ifMatch);
    return reply.ok(presentModel(principal, model, this.currency), model.revision);
  };

  remove = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    await this.models.deleteModel(principal, params.id, ifMatch);
    return reply.noContent();
  };
}
