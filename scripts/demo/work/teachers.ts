import type { RunScript, ToolKey } from '../demo.types';

/** What teachers made for themselves, outside of any class. */
export const TEACHER_RUNS: readonly (RunScript & { by: string; tool: ToolKey })[] = [
  {
    by: 'nakamura',
    tool: 'exitTicket',
    input: {
      subject: 'Mathematics',
      grade: 7,
      objective: 'Students can solve two-step equations and check the solution by substitution.',
      minutes: 5,
      misconception: 'Students undo only one side of the equation.',
      sentence_starters: true,
    },
    output: {
      questions: [
        {
          kind: 'choice',
          question: 'Which number solves 2x + 6 = 20?',
          options: ['7', '10', '13', '14'],
          expected_answer: '7',
          tells:
            '10 comes from subtracting 6 on the left only (2x = 20); 13 from adding 6 and halving; 14 from stopping after the first step.',
        },
        {
          kind: 'short_answer',
          question: 'Mia says that x = 5 solves 3x - 4 = 11. Show in one line whether she is right.',
          sentence_starter: 'When I put in x = 5, I get ...',
          expected_answer: '3 · 5 - 4 = 11, so she is right.',
          tells:
            'Whoever solves the equation anew instead of substituting has not met the second half of the objective.',
        },
      ],
      sorting_guide: [
        {
          pile: 'got it',
          looks_like: '7, and a substitution in the second question.',
          tomorrow: 'Write an equation for a partner whose solution is -2, then swap.',
        },
        {
          pile: 'nearly',
          looks_like: '7, but the second question was solved anew.',
          tomorrow: 'Check three given solutions by substitution only; one of them is wrong.',
        },
        {
          pile: 'not yet',
          looks_like: '10, 13 or 14.',
          tomorrow: 'Model 2x + 6 = 20 with a drawn scale and take away from both sides, in pairs.',
        },
      ],
    },
  },
  {
    by: 'okafor',
    tool: 'exitTicket',
    input: {
      subject: 'Mathematics',
      grade: 6,
      objective: 'Students can compare two fractions and justify the comparison.',
      minutes: 4,
    },
    output: {
      questions: [
        {
          kind: 'choice',
          question: 'Which fraction is the largest?',
          options: ['3/8', '2/5', '3/10'],
          expected_answer: '2/5',
          tells:
            '3/8 or 3/10 was chosen by those who look at the numerator or at the size of the denominator alone.',
        },
        {
          kind: 'sketch',
          question: 'Show on a number line from 0 to 1 why 5/6 is larger than 3/4.',
          expected_answer: 'Both points at the right places; the gap to 1 is marked as 1/6 and 1/4.',
          tells: 'Unequal parts on the line show that the whole is not yet understood as the same for both.',
        },
      ],
      sorting_guide: [
        {
          pile: 'got it',
          looks_like: '2/5 and a number line with the gaps marked.',
          tomorrow: 'Find a fraction between 2/5 and 3/8.',
        },
        {
          pile: 'nearly',
          looks_like: '2/5, with a number line of unequal parts.',
          tomorrow: 'Fold two paper strips of the same length into fourths and sixths and compare.',
        },
        {
          pile: 'not yet',
          looks_like: '3/8 or 3/10.',
          tomorrow: 'Order 1/3, 1/5 and 1/8 with strips first, then with words.',
        },
      ],
    },
  },
];
