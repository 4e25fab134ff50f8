import type { DemoAssignment, DemoStudent, RunScript } from '../demo.schemas';

export interface PlannedMessage {
  role: 'user' | 'assistant';
  content: string;
  at: Date;
}

export interface PlannedChat {
  messages: readonly PlannedMessage[];
  /** Null while the chat is open. */
  endedAt: Date | null;
}

export interface PlannedRun extends RunScript {
  at: Date;
}

export interface PlannedGrade {
  score: number;
  feedback: string;
  at: Date;
  /** Null while only the teacher sees it. */
  returnedAt: Date | null;
}

/** What one student did for one assignment, and the grade they got. */
export interface PlannedWork {
  assignment: DemoAssignment;
  student: DemoStudent;
  startedAt: Date;
  chat: PlannedChat | null;
  run: PlannedRun | null;
  /** Null while the student is still working. */
  submittedAt: Date | null;
  answer: string;
  grade: PlannedGrade | null;
}
