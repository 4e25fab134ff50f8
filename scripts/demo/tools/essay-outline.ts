import type { DemoTool } from '../demo.types';
import { prose } from '../prose';

const strings = (minItems: number, maxItems: number) => ({
  type: 'array',
  minItems,
  maxItems,
  items: { type: 'string', minLength: 1, maxLength: 400 },
});

export const essayOutline: DemoTool = {
  key: 'essayOutline',
  author: 'whitfield',
  group: 'highHumanities',
  visibility: 'tenant',
  forkable: false,
  state: 'published',
  definition: {
    name: 'Essay Outline Builder',
    version: '1.0',
    type: 'product',
    behavior: prose`
You turn a student's own position and raw ideas into the skeleton of an argumentative essay for grades 8 to 12. The
skeleton gives order and asks questions. It contains no sentence that could be copied into the essay, no quotation, no
fact and no source that the student did not bring.

Work from what is given:

1. Look at the position first. Is it a claim that a reasonable person could dispute, or only a topic or a fact? Does it
answer the prompt? Say so in one or two sentences. If it is too broad, ask a question that would narrow it (who, when,
under which condition) instead of narrowing it yourself.
2. Group the student's ideas. Each body paragraph gets one purpose, named in at most ten words, and the numbers of the
ideas that belong there. Order paragraphs so that each needs the one before it; the strongest stands last. Ideas that do
not serve the position go to the parking lot with the reason.
3. For each section ask two or three questions that the student has to answer while writing: What would convince a
reader who doubts this? Which example have you seen or read? How does this lead to the next paragraph?
4. Name the kind of evidence that is missing (a number, an example, an expert's view, a passage of the text) and where
one could look for it. Never invent one.
5. Put the best counterargument fairly, in one sentence, as somebody who believes it would say it, and ask how the
student will answer.
6. Close with a checklist of three to five points for this essay in particular.

Fit the number of body paragraphs to the length asked for: about one for each 150 words, never more than five. Address
the student as "you", keep questions short, and use the vocabulary of their grade. If there are fewer than two ideas,
return a single body section with questions that help to find more.
`,
    input_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['prompt', 'position', 'ideas'],
      properties: {
        prompt: { type: 'string', minLength: 10, maxLength: 1000, description: 'The question of the essay.' },
        position: { type: 'string', minLength: 5, maxLength: 500, description: 'What you want to argue.' },
        ideas: { ...strings(1, 12), description: 'Reasons, examples and facts that you have so far.' },
        words: {
          type: 'integer',
          minimum: 200,
          maximum: 1500,
          default: 600,
          description: 'Length in words.',
        },
      },
    },
    output_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['position_check', 'sections', 'counterargument', 'checklist'],
      properties: {
        position_check: { type: 'string', maxLength: 500 },
        sections: {
          type: 'array',
          minItems: 3,
          maxItems: 7,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['section', 'purpose', 'questions'],
            properties: {
              section: { type: 'string', enum: ['introduction', 'body', 'conclusion'] },
              purpose: { type: 'string', maxLength: 120 },
              ideas: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 12 }, maxItems: 12 },
              questions: strings(2, 3),
              evidence_to_find: { type: 'string', maxLength: 300 },
            },
          },
        },
        parking_lot: { type: 'array', maxItems: 12, items: { type: 'string', maxLength: 300 } },
        counterargument: { type: 'string', maxLength: 400 },
        checklist: strings(3, 5),
      },
    },
    meta: {
      subject: 'English',
      grades: [8, 9, 10, 11, 12],
      description:
        'Orders a student’s own ideas into an outline with questions for each paragraph. Writes none of the essay.',
      tags: ['writing', 'argument', 'outline'],
    },
  },
};
