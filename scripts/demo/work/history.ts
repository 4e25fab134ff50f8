import type { DemoAssignment } from '../demo.types';
import { HOME_FRONT_CHATS, MILL_CHATS } from './history.chats';

export const HISTORY: readonly DemoAssignment[] = [
  {
    key: 'mill',
    class: 'history8',
    tool: 'historyInterview',
    title: 'Interview a witness: work and migration',
    instructions:
      'Prepare eight open questions, choose a witness, and hold the interview. Then write: one thing you heard that can be checked, the source in which you would look, and one question that you wish you had asked.',
    state: 'published',
    opensAt: { day: -4, at: '08:00' },
    dueAt: { day: 6, at: '23:59' },
    points: 25,
    work: {
      progress: { started: 0.45, submitted: 0.2, graded: 0, returned: 0, now: 2 },
      chats: MILL_CHATS,
      answer: [
        [
          'Abigail said that they worked thirteen hours, and I would look for the timetable of the mill.',
          'It can be checked what the boarding house cost, for example in the account books of the company.',
        ],
        [
          'I wish I had asked about the women who lost their work after the strike.',
          'I should have asked what the owners thought.',
        ],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
  {
    key: 'millArgument',
    class: 'history8',
    tool: 'essayOutline',
    title: 'Argue it: should the mill workers have walked out?',
    instructions:
      'Opens after the museum visit. Decide as if you had lived in Lowell in 1845, and build the outline of a speech to the other workers, for or against a strike.',
    state: 'published',
    opensAt: { day: 3, at: '08:00' },
    dueAt: { day: 9, at: '23:59' },
    points: 25,
  },
  {
    key: 'homeFront',
    class: 'history11',
    tool: 'historyInterview',
    title: 'Oral history: the home front',
    instructions:
      'Interview Dolores or Samuel. Follow up at least three times on something you were told. In your answer compare one statement with a real source from our folder: where do they agree, where not, and whom do you believe?',
    state: 'published',
    opensAt: { day: -10, at: '08:00' },
    dueAt: { day: -3, at: '23:59' },
    points: 40,
    overrides: [
      { student: 1, dueAt: { day: 1, at: '23:59' } },
      { student: 8, dueAt: { day: -1, at: '23:59' }, maxAttempts: 2 },
      { student: 15, excused: true },
    ],
    work: {
      progress: { started: 0.9, submitted: 0.85, graded: 0.7, returned: 0.5, late: 0.2 },
      chats: HOME_FRONT_CHATS,
      answer: [
        [
          'Dolores said that women were paid the same as men for the same weld. The shipyard’s wage table in the folder agrees, but it also shows that few women were promoted.',
          'Samuel told me that porters had to answer to "George". The union newspaper of 1926 complains about the same thing.',
          'According to Dolores there was always enough work and never enough beds. The photograph of the "hot beds" in the folder shows the same.',
        ],
        [
          'They agree on the facts, but the source is written to convince members, and Samuel talks about how it felt.',
          'They differ on the hours: she said ten, the poster says eight. Perhaps the poster shows what was promised.',
          'The source is from the company, so it leaves out the complaints.',
        ],
        [
          'I believe the wage table more for the numbers and the interview not as a source at all, because it is a simulation.',
          'I would want a letter from a real worker before I decide.',
          'A photograph also chooses what to show, so I would look for a second one.',
        ],
      ],
      feedback: {
        strong: [
          'You weigh who wrote what for whom. That is the work of a historian. I would keep this for your portfolio.',
          'Excellent: you use the simulation to find questions and the folder to find answers.',
        ],
        solid: [
          'Good comparison. You trust the document because it is old: who made it, and what did they want?',
          'The follow-up questions in your interview are strong. Use one of those answers here as well.',
        ],
        developing: [
          'You retell the interview. Choose one sentence of it and put it beside document 3 or 5.',
          'Remember that the interview is no source. What in the folder could support or contradict it?',
        ],
      },
    },
  },
  {
    key: 'letters',
    class: 'history11',
    tool: 'historyInterview',
    title: 'Letters home: writing as a witness',
    instructions:
      'Upcoming. Interview Johann about the summer of 1874, then write the letter that he might have sent home.',
    state: 'published',
    opensAt: { day: 4, at: '08:00' },
    dueAt: { day: 11, at: '23:59' },
    points: 30,
  },
];
