import type { SchoolCalendar, SchoolMoment } from '../calendar';
import type { ChatScript, DemoAssignment, DemoStudent, DemoWork, Feedback, Line } from '../demo.schemas';
import type { Random } from '../random';
import type { Rosters } from './rosters';
import type { PlannedChat, PlannedGrade, PlannedMessage, PlannedWork } from './work.types';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The latest event is at least this old, so that nothing lies in the viewer's future. */
const LATEST_MS = 5 * MINUTE_MS;

/** The pause between two lines of a chat. A whole chat stays within the time limit of every tool. */
const PAUSE_MS = 2 * MINUTE_MS;

/** Levels of work: how often each occurs, and the share of the points it gets. */
const LEVELS: readonly { name: keyof Feedback; upTo: number; from: number; to: number }[] = [
  { name: 'strong', upTo: 0.35, from: 0.9, to: 1 },
  { name: 'solid', upTo: 0.82, from: 0.74, to: 0.89 },
  { name: 'developing', upTo: 1, from: 0.5, to: 0.7 },
];

/** Plans which student does what, and when. The plan depends only on the seed and the day. */
export class WorkPlan {
  constructor(
    private readonly calendar: SchoolCalendar,
    private readonly random: Random,
    private readonly rosters: Rosters,
    /**
     * Students who always submit and get their work back, so that signing in as one of them shows
     * something.
     */
    private readonly diligent: ReadonlySet<DemoStudent>,
  ) {}

  /** The work of all students on the assignment; empty before it opens. */
  of(assignment: DemoAssignment): PlannedWork[] {
    const { work } = assignment;
    if (work === undefined) return [];
    const roster = this.rosters.get(assignment.class) ?? [];
    const excused = new Set(
      (assignment.overrides ?? []).filter((each) => each.excused).map((each) => roster[each.student]),
    );
    const students = roster.filter((student) => !excused.has(student));
    const first = students.filter((student) => this.diligent.has(student));
    const others = this.random.shuffle(students.filter((student) => !this.diligent.has(student)));
    const started = [...first, ...others].slice(
      0,
      Math.max(first.length, share(work.progress.started, students.length)),
    );
    return started.map((student, index) => this.workOf(assignment, work, student, index, started.length));
  }

  private workOf(
    assignment: DemoAssignment,
    work: DemoWork,
    student: DemoStudent,
    index: number,
    count: number,
  ): PlannedWork {
    const { progress } = work;
    const handedIn = share(progress.submitted, count);
    const graded = share(progress.graded, handedIn);
    const returned = share(progress.returned, graded);
    const isSubmitted = index < handedIn;
    // The last students in the row submit last: their work is late and is not the first in the teacher's
    // list.
    const isLate = isSubmitted && index >= handedIn - share(progress.late ?? 0, handedIn);
    const submittedAt = isSubmitted ? this.submissionTime(assignment, isLate) : null;
    const isAtIt = index >= count - (progress.now ?? 0);
    const startedAt =
      submittedAt === null ? this.startTime(assignment, isAtIt) : this.before(submittedAt, assignment);
    const chat =
      work.chats === undefined ? null : this.chat(this.random.pick(work.chats), startedAt, submittedAt);
    const runAt = submittedAt ?? new Date(this.calendar.now.getTime() - LATEST_MS);
    const run =
      work.runs === undefined ? null : { ...this.random.pick(work.runs), at: between(startedAt, runAt, 0.3) };
    const answer = this.answer(work, isSubmitted);
    const grade =
      submittedAt === null || index >= graded
        ? null
        : this.grade(assignment, work, submittedAt, index < returned);
    return { assignment, student, startedAt, chat, run, submittedAt, answer, grade };
  }

  private submissionTime(assignment: DemoAssignment, isLate: boolean): Date {
    const dueAt = this.calendar.date(assignment.dueAt);
    if (isLate) {
      const late = new Date(dueAt.getTime() + this.random.integer(1, 30) * HOUR_MS);
      return this.atMost(late);
    }
    return this.timeBetween(assignment.opensAt, assignment.dueAt);
  }

  private startTime(assignment: DemoAssignment, isAtIt: boolean): Date {
    if (isAtIt)
      return new Date(this.calendar.now.getTime() - LATEST_MS - this.random.integer(10, 20) * MINUTE_MS);
    return this.timeBetween(assignment.opensAt, assignment.dueAt);
  }

  /** A past time in this span, on a school day between half past eight and nine in the evening. */
  private timeBetween(from: SchoolMoment, to: SchoolMoment): Date {
    const day = this.random.integer(from.day, Math.max(from.day, Math.min(to.day, -1)));
    const minutes = this.random.integer(8 * 60 + 30, 21 * 60);
    const at = `${Math.floor(minutes / 60)}:${minutes % 60}`;
    const chosen = this.calendar.date({ day, at });
    const end = this.calendar.date(to);
    return this.atMost(
      chosen < end ? chosen : new Date(end.getTime() - this.random.integer(10, 120) * MINUTE_MS),
    );
  }

  /** Up to three hours earlier, but not before the assignment opened. */
  private before(moment: Date, assignment: DemoAssignment): Date {
    const opens = this.calendar.date(assignment.opensAt).getTime();
    const earlier = moment.getTime() - this.random.integer(25, 180) * MINUTE_MS;
    return new Date(Math.max(earlier, opens + MINUTE_MS));
  }

  private atMost(moment: Date): Date {
    return new Date(Math.min(moment.getTime(), this.calendar.now.getTime() - LATEST_MS));
  }

  /** The whole conversation if the work is submitted; otherwise the part up to now. */
  private chat(script: ChatScript, startedAt: Date, submittedAt: Date | null): PlannedChat {
    const turns = Math.ceil(script.length / 2);
    const lines = submittedAt === null ? script.slice(0, 2 * this.random.integer(1, turns)) : script;
    const end = submittedAt ?? new Date(this.calendar.now.getTime() - LATEST_MS);
    // The pauses are shorter if the time until the submission is short.
    const pause = Math.min((end.getTime() - startedAt.getTime()) / (lines.length + 2), PAUSE_MS);
    const messages = lines.map(
      (line, index): PlannedMessage => ({
        role: index % 2 === 0 ? 'user' : 'assistant',
        content: this.say(line),
        at: new Date(startedAt.getTime() + Math.round((index + 1) * pause)),
      }),
    );
    return { messages, endedAt: submittedAt };
  }

  private say(line: Line): string {
    return typeof line === 'string' ? line : this.random.pick(line);
  }

  private answer({ answer }: DemoWork, isWhole: boolean): string {
    const sentences = answer.map((part) => this.random.pick(part)).filter((sentence) => sentence !== '');
    return isWhole ? sentences.join(' ') : (sentences[0] ?? '');
  }

  private grade(
    assignment: DemoAssignment,
    work: DemoWork,
    submittedAt: Date,
    isReturned: boolean,
  ): PlannedGrade {
    const chance = this.random.next();
    const level = LEVELS.find(({ upTo }) => chance < upTo) ?? LEVELS[0];
    if (level === undefined) throw new RangeError('There is no level');
    const exact = assignment.points * (level.from + this.random.next() * (level.to - level.from));
    const step = assignment.points <= 20 ? 0.5 : 1;
    const at = this.atMost(new Date(submittedAt.getTime() + this.random.integer(10, 50) * HOUR_MS));
    return {
      score: Math.round(exact / step) * step,
      feedback: this.random.pick(work.feedback[level.name]),
      at,
      returnedAt: isReturned
        ? this.atMost(new Date(at.getTime() + this.random.integer(20, 600) * MINUTE_MS))
        : null,
    };
  }
}

function share(part: number, whole: number): number {
  return Math.round(part * whole);
}

function between(from: Date, to: Date, part: number): Date {
  return new Date(from.getTime() + part * (to.getTime() - from.getTime()));
}
