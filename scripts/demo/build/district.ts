import type { Container } from '../../../src/container';
import type { SchoolCalendar } from '../calendar';
import { TEACHER_RUNS } from '../data';
import type { DemoAssignment } from '../demo.schemas';
import { type DemoPlan, planDemo } from '../plan/demo';
import type { PlannedWork } from '../plan/work.types';
import { Random } from '../random';
import { AssignmentBuilder } from './assignments';
import { type BuiltClasses, buildClasses } from './classes';
import type { DemoClock } from './demo-clock';
import { buildGroups, type GroupIds } from './groups';
import { ModelWork, type ModelWorkOwner } from './model-work';
import { ModelWorkRepository } from './model-work.repository';
import { NoticesRepository } from './notices.repository';
import { buildAccounts, buildMemberships } from './people';
import { known, Stage } from './stage';
import { buildGrade, buildSubmission } from './submissions';
import { buildTools, type ToolIds } from './tools';

const SEED = 7_265_003;

/** How much was created, for the message at the end. */
export interface DemoCounts {
  people: number;
  classes: number;
  tools: number;
  assignments: number;
  submissions: number;
  chats: number;
  messages: number;
  runs: number;
}

interface Made {
  groups: GroupIds;
  classes: BuiltClasses;
  tools: ToolIds;
}

/** Builds the demo district in one transaction, so that all of it exists or nothing. */
export class DemoDistrict {
  private readonly stage: Stage;
  private readonly plan: DemoPlan;
  private readonly modelWork: ModelWork;

  constructor(
    private readonly container: Container,
    clock: DemoClock,
    private readonly calendar: SchoolCalendar,
    private readonly onProgress: (line: string) => void,
  ) {
    this.stage = new Stage(container, clock);
    this.plan = planDemo(calendar);
    this.modelWork = new ModelWork(new Random(SEED), calendar.now);
  }

  async build(): Promise<DemoCounts> {
    this.onProgress('people');
    await buildAccounts(this.stage);
    const groups = await buildGroups(this.stage);
    await buildMemberships(this.stage, groups);
    this.onProgress('classes and tools');
    const classes = await buildClasses(this.stage, groups, this.plan.rosters);
    await this.buildGuardians();
    const tools = await buildTools(this.stage, this.calendar, groups);
    this.onProgress('assignments and work');
    const works = await this.buildWork({ groups, classes, tools });
    this.addTeacherRuns({ groups, classes, tools });
    const { db } = this.container.platform;
    await new ModelWorkRepository(db).insert(this.modelWork);
    await new NoticesRepository(db).insert(this.calendar.now);
    return this.count(works, { groups, classes, tools });
  }

  /** Links guardians to their children, so that they see returned grades. */
  private async buildGuardians(): Promise<void> {
    const { guardians } = this.container.users;
    for (const { guardian, student } of this.plan.guardians) {
      const person = { userId: this.stage.idOf(guardian) };
      await this.stage.as('superintendent', (principal) =>
        guardians.add(principal, this.stage.idOf(student.email), person),
      );
    }
    this.stage.rolesChanged();
  }

  /**
   * Plays the work in the order in which it happened, so that lists sorted by time look like a term and not
   * like an import.
   */
  private async buildWork(made: Made): Promise<number> {
    const builder = new AssignmentBuilder(
      this.stage,
      this.calendar,
      made.classes,
      this.plan.rosters,
      made.tools,
    );
    const ids = new Map<DemoAssignment, string>();
    for (const assignment of this.plan.assignments) ids.set(assignment, await builder.create(assignment));
    const submissions = new Map<PlannedWork, string>();
    for (const work of this.plan.works)
      submissions.set(work, await this.buildOne(made, known(ids, work.assignment), work));
    for (const work of this.plan.graded) await buildGrade(this.stage, known(submissions, work), work);
    for (const [assignment, id] of ids) await builder.close(assignment, id);
    return submissions.size;
  }

  private async buildOne(made: Made, assignmentId: string, work: PlannedWork): Promise<string> {
    const { id: submissionId, toolId, toolVersion } = await buildSubmission(this.stage, assignmentId, work);
    const { id: classId, groupId, tenantId } = known(made.classes, work.assignment.class);
    const userId = this.stage.idOf(work.student.email);
    const owner = {
      tenantId,
      groupId,
      classId,
      submissionId,
      userId,
      tool: work.assignment.tool,
      toolId,
      toolVersion,
    };
    if (work.chat !== null) this.modelWork.addChat(owner, work.chat);
    if (work.run !== null) this.modelWork.addRun(owner, work.run);
    return submissionId;
  }

  private addTeacherRuns({ groups, tools }: Made): void {
    const at = this.calendar.date({ day: -2, at: '15:40' });
    for (const { by, tool, input, output } of TEACHER_RUNS) {
      const owner: ModelWorkOwner = {
        tenantId: known(groups, 'district'),
        groupId: known(groups, 'middle'),
        classId: null,
        submissionId: null,
        userId: this.stage.idOf(by),
        tool,
        toolId: known(tools, tool),
        toolVersion: 1,
      };
      this.modelWork.addRun(owner, { input, output, at });
    }
  }

  private count(submissions: number, { classes, tools }: Made): DemoCounts {
    const { sessions, messages, runs } = this.modelWork;
    return {
      people: this.stage.size,
      classes: classes.size,
      // Includes the copy that a colleague made.
      tools: tools.size + 1,
      assignments: this.plan.assignments.length,
      submissions,
      chats: sessions.length,
      messages: messages.length,
      runs: runs.length,
    };
  }
}
