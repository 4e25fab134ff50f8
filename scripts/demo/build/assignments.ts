import type { SchoolCalendar, SchoolMoment } from '../calendar';
import { CLASSES } from '../data';
import type { DemoAssignment, DemoOverride } from '../demo.schemas';
import type { Rosters } from '../plan/rosters';
import type { BuiltClasses } from './classes';
import { known, type Stage } from './stage';
import type { ToolIds } from './tools';

const DAY_MS = 86_400_000;

/** Creates the demo assignments and plays their life: draft, published, closed. */
export class AssignmentBuilder {
  constructor(
    private readonly stage: Stage,
    private readonly calendar: SchoolCalendar,
    private readonly classes: BuiltClasses,
    private readonly rosters: Rosters,
    private readonly tools: ToolIds,
  ) {}

  /** Creates the assignment and publishes it unless it is a draft. Returns its id. */
  async create(assignment: DemoAssignment): Promise<string> {
    const { title, instructions, points, maxAttempts, latePolicy, firstVersion } = assignment;
    const opensAt = this.calendar.date(assignment.opensAt);
    this.stage.clock.set(new Date(Math.min(opensAt.getTime() - DAY_MS, this.calendar.now.getTime())));
    const { service, overrides } = this.stage.container.assignments;
    return this.stage.as(teacherOf(assignment), async (principal) => {
      const { id } = await service.createAssignment(principal, {
        classId: known(this.classes, assignment.class).id,
        toolId: known(this.tools, assignment.tool),
        ...(firstVersion ? { toolVersion: 1 } : {}),
        ...{ title, instructions, points, maxAttempts, latePolicy, opensAt },
        dueAt: this.calendar.date(assignment.dueAt),
        closesAt: this.dateOr(assignment.closesAt, null),
      });
      if (assignment.state !== 'draft') await service.publishAssignment(principal, id, null);
      for (const override of assignment.overrides ?? []) {
        await overrides.putOverride(
          principal,
          id,
          this.studentOf(assignment, override),
          this.overrideInput(override),
        );
      }
      return id;
    });
  }

  /** Closes the assignment after all work on it is done. */
  async close(assignment: DemoAssignment, id: string): Promise<void> {
    if (assignment.state !== 'closed') return;
    this.stage.clock.set(this.dateOr(assignment.closesAt, this.calendar.now) ?? this.calendar.now);
    await this.stage.as(teacherOf(assignment), (principal) =>
      this.stage.container.assignments.service.closeAssignment(principal, id, null),
    );
  }

  private studentOf(assignment: DemoAssignment, { student }: DemoOverride): string {
    const person = known(this.rosters, assignment.class)[student];
    if (person === undefined) throw new RangeError(`${assignment.class} has no student ${student}`);
    return this.stage.idOf(person.email);
  }

  private overrideInput({ dueAt, maxAttempts, excused }: DemoOverride) {
    return { dueAt: this.dateOr(dueAt, null), maxAttempts, excused };
  }

  private dateOr(moment: SchoolMoment | undefined, otherwise: Date | null): Date | null {
    return moment === undefined ? otherwise : this.calendar.date(moment);
  }
}

/** The key of the teacher of the assignment's class. */
export function teacherOf(assignment: DemoAssignment): string {
  const teacher = CLASSES.find(({ key }) => key === assignment.class)?.teachers[0];
  if (teacher === undefined) throw new RangeError(`Nobody teaches ${assignment.class}`);
  return teacher;
}
