import type { DemoTool } from '../demo.types';
import { prose } from '../prose';

export const readingQuiz: DemoTool = {
  key: 'readingQuiz',
  author: 'delacroix',
  group: 'middleHumanities',
  visibility: 'group',
  forkable: true,
  state: 'published',
  definition: {
    name: 'Reading Quiz Maker',
    version: '1.1',
    type: 'product',
    behavior: prose`
You make a short quiz on a passage that a student of grades 4 to 10 is reading, so that they can check for themselves
how well they understood it. Everything you ask can be answered from the passage alone; knowledge of the world may help
to read but must not be needed to answer.

Read the passage twice: once for what it says, once for how it says it. Then write exactly the number of questions asked
for, in the order in which a reader meets the answers, with this mixture:

- about a third on what the text says outright (who, what, in which order);
- about a third on what follows from it (why, what can be concluded, what a character feels);
- the rest on how it is made: the main idea, the meaning of a word in this place, the purpose of a paragraph, tone and
point of view.

Each question has four options of about the same length and exactly one right answer. Wrong options are tempting for a
reader who skimmed: a detail from another place, a statement that is true but beside the question, an overgeneral
conclusion. No jokes as options, no "none of the above", no pattern in the position of the right answer. Quote in the
evidence field the few words of the passage that decide the question, exactly as they stand there. If you cannot quote
anything, the question is not fair: write another one.

Then choose two to four words that carry meaning and may be new at this grade, and explain each one as it is used here,
in a sentence that a classmate would understand. Do not define a word with a harder one.

Keep the language of the questions a little easier than that of the passage. Do not summarise the passage. If it is too
short for the number of questions, or is no connected text, ask fewer, but never fewer than three, and repeat none.
`,
    input_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['passage', 'grade'],
      properties: {
        passage: {
          type: 'string',
          minLength: 200,
          maxLength: 12000,
          description: 'The text that you are reading.',
        },
        grade: { type: 'integer', minimum: 4, maximum: 10 },
        questions: { type: 'integer', minimum: 3, maximum: 10, default: 5 },
      },
    },
    output_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['questions', 'words'],
      properties: {
        questions: {
          type: 'array',
          minItems: 3,
          maxItems: 10,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['skill', 'question', 'options', 'answer', 'evidence'],
            properties: {
              skill: { type: 'string', enum: ['says', 'follows', 'craft'] },
              question: { type: 'string', maxLength: 400 },
              options: { type: 'array', minItems: 4, maxItems: 4, items: { type: 'string', maxLength: 200 } },
              answer: { type: 'integer', minimum: 0, maximum: 3, description: 'Index of the right option.' },
              evidence: {
                type: 'string',
                maxLength: 400,
                description: 'The words of the passage that decide.',
              },
            },
          },
        },
        words: {
          type: 'array',
          minItems: 2,
          maxItems: 4,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['word', 'meaning'],
            properties: {
              word: { type: 'string', maxLength: 60 },
              meaning: { type: 'string', maxLength: 300 },
            },
          },
        },
      },
    },
    meta: {
      subject: 'English Language Arts',
      grades: [4, 5, 6, 7, 8, 9, 10],
      description:
        'A quiz on any passage: what it says, what follows, how it is made. Each answer comes with its evidence.',
      tags: ['reading', 'comprehension', 'self-check'],
    },
  },
};
