import { authorize, authorizeVisible, can, type Principal, subject } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import type { Outbox } from '../../platform/outbox/outbox';
import type { Clock } from '../../shared/clock';
import { newId } from '../../shared/ids';
import type { ListQuery, Page } from '../../shared/pages';
import type { AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { GroupFinder } from '../groups';
import { exportDataContract } from './exports.contract';
import { ExportNotFoundError, ExportRequestError, TooManyExportsError } from './exports.errors';
import { KINDS } from './exports.kinds';
import { assertMayRead, mayExportDrafts, readableKinds } from './exports.policy';
import type { ExportsRepository } from './exports.repository';
import { exportSubject, targetSubject } from './exports.subjects';
import type { CreateExportInput, Export, ExportScope, ExportTarget, ListedFilters } from './exports.types';
import type { ExportCompletion } from './job/exports.completion';

/** As many as one person reasonably waits for. Two are made at a time, and a school shares the queue. */
const MAX_UNFINISHED_EXPORTS = 5;

export interface ExportsDeps {
  db: Database;
  clock: Clock;
  outbox: Outbox;
  repository: ExportsRepository;
  completion: ExportCompletion;
  classes: Pick<ClassesService, 'getClass'>;
  groups: Pick<GroupFinder, 'getFor'>;
  audit: AuditService;
}

/** Manages exports for users: create, follow, delete. */
export class ExportsService {
  constructor(private readonly deps: ExportsDeps) {}

  /**
   * Queues an export; the worker does the rest as soon as it can.
   * @throws ExportRequestError if the parts of the request do not fit together, TooManyExportsError,
   * ForbiddenError, and the not-found error of a class or group that the caller may not see
   */
  async createExport(principal: Principal, input: CreateExportInput): Promise<Export> {
    const { audit, db, outbox, repository } = this.deps;
    assertMayRead(principal, input.kind);
    assertSuitable(input);
    const target = await this.targetOf(principal, input.scope);
    const withDrafts = KINDS[input.kind].hasDrafts && mayExportDrafts(principal.access, target);
    authorize(principal, 'export.create', targetSubject({ ...target, kind: input.kind, withDrafts }));
    const id = newId();
    const { tenantId } = target;
    await db.transaction(async () => {
      if ((await repository.countUnfinished(principal.userId)) >= MAX_UNFINISHED_EXPORTS)
        throw new TooManyExportsError();
      await repository.insert({ ...input, id, requestedBy: principal.userId, target, withDrafts });
      await audit.record({ type: 'export', id, tenantId }, 'export.created', {
        kind: input.kind,
        format: input.format,
        ...input.scope,
      });
      await outbox.start(exportDataContract, {
        input: { exportId: id, kind: input.kind, format: input.format },
        tenantId,
        subjectId: id,
      });
    });
    return this.find(id);
  }

  /** Lists the caller's own exports of the kinds that their credential covers. */
  async listExports(
    principal: Principal,
    { filters, ...order }: ListQuery<ListedFilters>,
  ): Promise<Page<Export>> {
    authorize(principal, 'export.list', subject('Account', { userId: principal.userId }));
    const kinds = readableKinds(principal);
    return this.deps.repository.list(principal.userId, { ...order, filters: { ...filters, kinds } });
  }

  /** @throws ExportNotFoundError, also for another user's export */
  async getExport(principal: Principal, id: string): Promise<Export> {
    const found = await this.find(id);
    if (!can(principal, 'export.read', exportSubject(found))) throw new ExportNotFoundError();
    assertMayRead(principal, found.kind);
    return found;
  }

  /**
   * Ends the export in any state: a queued one immediately, a running one within seconds; the file of a
   * finished one is deleted. Repeating it changes nothing.
   */
  async deleteExport(principal: Principal, id: string): Promise<Export> {
    const found = await this.find(id);
    authorizeVisible(
      principal,
      'export.read',
      'export.delete',
      exportSubject(found),
      () => new ExportNotFoundError(),
    );
    await this.deps.db.transaction(() => this.endLocked(id));
    return this.find(id);
  }

  private async endLocked(id: string): Promise<void> {
    const { clock, db, completion, outbox, repository } = this.deps;
    const locked = await repository.lock(id);
    if (locked === null) throw new ExportNotFoundError();
    const { state, tenantId } = locked;
    if (state === 'succeeded') {
      await repository.expire(id);
      await this.deps.audit.record({ type: 'export', id, tenantId }, 'export.deleted');
      // If this fails, the daily clean-up does it.
      db.afterCommit(() => completion.removeFiles(id));
    } else if ((state === 'queued' || state === 'running') && locked.cancelRequestedAt === null) {
      await repository.requestCancel(id, clock.now());
      if (state === 'running')
        await outbox.cancel(exportDataContract, { input: { exportId: id }, tenantId, subjectId: id });
      await this.deps.audit.record({ type: 'export', id, tenantId }, 'export.cancelled');
    }
  }

  /** @throws the not-found error of a class or group that the caller may not see */
  private async targetOf(principal: Principal, { classId, groupId }: ExportScope): Promise<ExportTarget> {
    if (classId !== undefined) {
      const { tenantId, groupPath } = await this.deps.classes.getClass(principal, classId, 'class.read');
      return { tenantId, classId, groupPath };
    }
    const { tenantId, path } = await this.deps.groups.getFor(principal, groupId ?? '', 'group.read');
    return { tenantId, classId: null, groupPath: path };
  }

  private async find(id: string): Promise<Export> {
    const found = await this.deps.repository.find(id);
    if (found === null) throw new ExportNotFoundError();
    return found;
  }
}

/** @throws ExportRequestError */
function assertSuitable({ kind, format, scope, filters }: CreateExportInput): void {
  const rules = KINDS[kind];
  const refuse = (path: string, message: string) =>
    new ExportRequestError({ path, reason: 'unsuitable', message });
  if (!rules.formats.includes(format))
    throw refuse('body.format', `you can export ${kind} as ${rules.formats.join(' or ')}`);
  const place = scope.classId === undefined ? 'group' : 'class';
  if (!rules.scopes.includes(place))
    throw refuse('body.scope', `you can export ${kind} for a ${rules.scopes.join(' or a ')}`);
  const [unknown] = Object.entries(filters).filter(
    ([name, value]) => value !== undefined && !rules.filters.includes(name as never),
  );
  if (unknown !== undefined)
    throw refuse(
      `body.filters.${unknown[0]}`,
      `${kind} supports these filters only: ${rules.filters.join(', ')}`,
    );
}
