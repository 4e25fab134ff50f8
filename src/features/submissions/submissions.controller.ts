import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import type { Clock } from '../../shared/clock';
import { mapPage, type Page } from '../../shared/pages';
import type { GradingService } from './grading/submissions.grading.service';
import type { SubmissionListsService } from './lists/submissions.lists.service';
import { presentSubmission, presentSubmissionSummary } from './submissions.presenter';
import type {
  AnswerBody,
  GradeBody,
  MySubmissionsQuery,
  ReturnBody,
  SubmissionsQuery,
} from './submissions.schemas';
import { type SubmissionsService, seesDrafts } from './submissions.service';
import type { StartService } from './submissions.start.service';
import type { Submission, SubmissionSummary, SubmissionTotals } from './submissions.types';

type Id = z.output<typeof IdParams>;
type ListCall = Call<Id, z.output<typeof SubmissionsQuery>>;

/** The revision grows with each draft grade, so while there may be one, only callers who grade get it. */
const revisionFor = (principal: Principal, found: Submission): number | undefined =>
  found.state === 'in_progress' || seesDrafts(principal, found) ? found.revision : undefined;

export class SubmissionsController {
  constructor(
    private readonly submissions: SubmissionsService,
    private readonly starts: StartService,
    private readonly grading: GradingService,
    private readonly lists: SubmissionListsService,
    private readonly clock: Clock,
  ) {}

  start = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const { submission, isNew } = await this.starts.startSubmission(principal, params.id);
    if (!isNew) return this.one(principal, submission);
    return reply.created(
      `${API_BASE}/submissions/${submission.id}`,
      presentSubmission(principal, submission, this.clock.now()),
      submission.revision,
    );
  };

  listOfAssignment = async ({ principal, params, query }: ListCall): Promise<Reply> => {
    const page = await this.submissions.listOfAssignment(principal, params.id, listQueryOf(query));
    return this.page(principal, page);
  };

  listOfClass = async ({ principal, params, query }: ListCall): Promise<Reply> => {
    const page = await this.submissions.listOfClass(principal, params.id, listQueryOf(query));
    return this.page(principal, page);
  };

  listMine = async ({
    principal,
    query,
  }: Call<unknown, z.output<typeof MySubmissionsQuery>>): Promise<Reply> => {
    const { page, totals } = await this.lists.listMine(principal, listQueryOf(query));
    return this.page(principal, page, totals);
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.submissions.readSubmission(principal, params.id));
  };

  saveAnswer = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof AnswerBody>>): Promise<Reply> => {
    return this.one(principal, await this.submissions.saveAnswer(principal, params.id, body.answer, ifMatch));
  };

  submit = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.submissions.submit(principal, params.id));
  };

  grade = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof GradeBody>>): Promise<Reply> => {
    return this.one(principal, await this.grading.grade(principal, params.id, body, ifMatch));
  };

  return = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof ReturnBody>>): Promise<Reply> => {
    return this.one(principal, await this.grading.returnSubmission(principal, params.id, body, ifMatch));
  };

  returnGraded = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    return reply.ok({ returned: await this.grading.returnGraded(principal, params.id) });
  };

  private one(principal: Principal, found: Submission): Reply {
    return reply.ok(presentSubmission(principal, found, this.clock.now()), revisionFor(principal, found));
  }

  private page(principal: Principal, page: Page<SubmissionSummary>, totals?: SubmissionTotals): Reply {
    const now = this.clock.now();
    return reply.page(
      mapPage(page, (found) => presentSubmissionSummary(principal, found, now)),
      totals,
    );
  }
}
