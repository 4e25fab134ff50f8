import type { DemoTool } from '../demo.types';
import { codeReview } from './code-review';
import { debatePartner } from './debate-partner';
import { essayOutline } from './essay-outline';
import { exitTicket } from './exit-ticket';
import { historyInterview } from './history-interview';
import { labReport } from './lab-report';
import { mathCoach } from './math-coach';
import { readingQuiz } from './reading-quiz';
import { spanishPractice } from './spanish-practice';

export const TOOLS: readonly DemoTool[] = [
  mathCoach,
  historyInterview,
  spanishPractice,
  codeReview,
  labReport,
  essayOutline,
  exitTicket,
  readingQuiz,
  debatePartner,
];

/** A colleague's copy of a tool that its author lets others copy. */
export const FORK = { tool: 'exitTicket', by: 'raman', into: 'highScience' } as const;
