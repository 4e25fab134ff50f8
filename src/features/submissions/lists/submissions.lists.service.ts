import { authorize, type Principal } from '../../../authz/ability';
import type { ListQuery, Page } from '../../../shared/pages';
import { type AssignmentsService, assignmentSubject } from '../../assignments';
import { type ClassesService, classSubject } from '../../classes';
import type { ListedSubmissionFilters, SubmissionSummary, SubmissionTotals } from '../submissions.types';
import type { SubmissionListsRepository } from './submissions.lists.repository';

type Filters = ListedSubmissionFilters & {
  classId?: string | undefined;
  groupId?: string | undefined;
  assignmentId?: string | undefined;
};

/** Lists attempts across classes. */
export class SubmissionListsService {
  constructor(
    private readonly repository: SubmissionListsRepository,
    private readonly classes: ClassesService,
    private readonly assignments: AssignmentsService,
  ) {}

  /**
   * Lists the attempts of the caller's classes and their own, or those of the class, group or assignment in
   * the filters, with counts over all their classes.
   * @throws ClassNotFoundError, GroupNotFoundError, AssignmentNotFoundError if the caller may not see it;
   * ForbiddenError for a class or an assignment without work that they may read
   */
  async listMine(
    principal: Principal,
    query: ListQuery<Filters>,
  ): Promise<{ page: Page<SubmissionSummary>; totals: SubmissionTotals }> {
    const { filters } = query;
    const { assignmentId } = filters;
    const assignment =
      assignmentId === undefined ? null : await this.assignments.getAssignment(principal, assignmentId);
    const scope = await this.classes.getScope(principal, filters);
    const [found, totals] = await Promise.all([
      this.repository.list(
        principal,
        { ...scope, assignmentId, classId: scope.classId ?? assignment?.classId },
        query,
      ),
      this.repository.totals(principal.access),
    ]);
    if (found.items.length === 0) {
      if (assignment !== null) authorize(principal, 'submission.list', assignmentSubject(assignment));
      if (filters.classId !== undefined)
        authorize(
          principal,
          'submission.list',
          classSubject(await this.classes.getClass(principal, filters.classId)),
        );
    }
    return { page: found, totals };
  }
}
