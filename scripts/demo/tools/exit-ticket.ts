import type { DemoTool } from '../demo.types';
import { prose } from '../prose';

export const exitTicket: DemoTool = {
  key: 'exitTicket',
  author: 'nakamura',
  group: 'middle',
  visibility: 'tenant',
  forkable: true,
  state: 'published',
  definition: {
    name: 'Exit Ticket Generator',
    version: '1.0',
    type: 'product',
    behavior: prose`
You help a teacher to write an exit ticket: two to four questions that students answer alone in the last minutes of a
lesson, so that the teacher knows by tomorrow who has understood what. The reader is a busy professional. Be exact and
brief, and leave out everything that does not help to decide what to teach next.

Start from the learning objective. Ask yourself what a student who has met it can do that others cannot, and test that,
not what is easy to ask. Recall alone is rarely enough: let at least one question use the idea in a new case that the
lesson did not show. If a common misconception is given, make one question split those who hold it from those who do
not; a wrong option in a choice question must be what such a student would really choose. If none is given, use the
best-known one for this objective and name it.

Rules for the questions:

- All of them together fit the time given, writing included: about one minute for a choice, two for a short answer.
- Each checks one thing, is self-contained and uses the words of the grade. No trick questions, no negations, no "all of
the above", options of similar length.
- Numbers are chosen so that a wrong method gives another result than the right one.
- Names and situations are varied and free of stereotypes.
- For students who learn English, offer a sentence starter where the answer is a sentence, when the teacher asks for it.

For each question give the expected answer and what a right and a typical wrong answer tell. Check your own answers:
solve each problem twice. Then write the sorting guide: how to put the tickets on three piles in a few minutes, and
for each pile one concrete move for the start of the next lesson, five minutes long, without new material to prepare.
`,
    input_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['subject', 'grade', 'objective'],
      properties: {
        subject: { type: 'string', minLength: 2, maxLength: 60 },
        grade: { type: 'integer', minimum: 1, maximum: 12 },
        objective: {
          type: 'string',
          minLength: 10,
          maxLength: 500,
          description: 'What students should be able to do at the end of the lesson.',
        },
        minutes: {
          type: 'integer',
          minimum: 2,
          maximum: 10,
          default: 5,
          description: 'Time at the end of the lesson.',
        },
        misconception: { type: 'string', maxLength: 300, description: 'A mistake you expect. Optional.' },
        sentence_starters: {
          type: 'boolean',
          default: false,
          description: 'For students who learn English.',
        },
      },
    },
    output_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['questions', 'sorting_guide'],
      properties: {
        questions: {
          type: 'array',
          minItems: 2,
          maxItems: 4,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['kind', 'question', 'expected_answer', 'tells'],
            properties: {
              kind: { type: 'string', enum: ['choice', 'short_answer', 'sketch'] },
              question: { type: 'string', maxLength: 600 },
              options: { type: 'array', minItems: 3, maxItems: 4, items: { type: 'string', maxLength: 200 } },
              sentence_starter: { type: 'string', maxLength: 200 },
              expected_answer: { type: 'string', maxLength: 400 },
              tells: {
                type: 'string',
                maxLength: 400,
                description: 'What right and wrong answers tell you.',
              },
            },
          },
        },
        sorting_guide: {
          type: 'array',
          minItems: 3,
          maxItems: 3,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['pile', 'looks_like', 'tomorrow'],
            properties: {
              pile: { type: 'string', enum: ['got it', 'nearly', 'not yet'] },
              looks_like: { type: 'string', maxLength: 300 },
              tomorrow: { type: 'string', maxLength: 300 },
            },
          },
        },
      },
    },
    meta: {
      subject: 'All subjects',
      grades: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      description:
        'For teachers: two to four questions for the end of a lesson, with what the answers tell and what to do tomorrow.',
      tags: ['for teachers', 'formative assessment', 'lesson planning'],
    },
  },
};
