import type { Principal } from '../../../authz/ability';
import type { ListQuery, Page } from '../../../shared/pages';
import type { ClassesService } from '../../classes';
import type { AssignmentTotals, ListedAssignment, ListedAssignmentFilters } from '../assignments.types';
import type { AssignmentListsRepository } from './assignments.lists.repository';

type Filters = ListedAssignmentFilters & { classId?: string | undefined; groupId?: string | undefined };

/** Lists assignments across classes. */
export class AssignmentListsService {
  constructor(
    private readonly repository: AssignmentListsRepository,
    private readonly classes: ClassesService,
  ) {}

  /**
   * Lists the assignments of the caller's classes, or of the class or group in the filters, with counts
   * over all their classes.
   * @throws ClassNotFoundError, GroupNotFoundError if the caller may not see it
   */
  async listMine(
    principal: Principal,
    query: ListQuery<Filters>,
  ): Promise<{ page: Page<ListedAssignment>; totals: AssignmentTotals }> {
    const scope = await this.classes.getScope(principal, query.filters);
    const [found, totals] = await Promise.all([
      this.repository.list(principal, scope, query),
      this.repository.totals(principal),
    ]);
    return { page: found, totals };
  }
}
