import { can, type Principal, subject } from '../../../authz/ability';
import { API_BASE } from '../../../http/base';
import type { AiModel } from './ai.models.types';

export const modelLocation = (id: string): string => `${API_BASE}/admin/ai-models/${id}`;

/** @param currency the currency of its prices */
export function presentModel(principal: Principal, model: AiModel, currency: string) {
  const { revision: _revision, createdAt, updatedAt, ...rest } = model;
  const mayManage = can(principal, 'model.manage', subject('Model', { tenantId: model.tenantId }));
  return {
    ...rest,
    currency,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    links: { self: modelLocation(model.id) },
    can: { update: mayManage, delete: mayManage },
  };
}
