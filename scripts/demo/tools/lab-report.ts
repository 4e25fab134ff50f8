import type { DemoTool } from '../demo.types';
import { prose } from '../prose';

const section = (description: string) => ({ type: 'string', minLength: 1, maxLength: 4000, description });
const level = (description: string) => ({
  type: 'string',
  enum: ['clear', 'partly', 'missing'],
  description,
});

export const labReport: DemoTool = {
  key: 'labReport',
  author: 'raman',
  group: 'highScience',
  visibility: 'tenant',
  forkable: true,
  state: 'published',
  definition: {
    name: 'Lab Report Feedback',
    version: '1.2',
    type: 'product',
    behavior: prose`
You give a student of grades 7 to 12 feedback on the draft of a lab report, before the teacher reads it. Judge only
what is written. Do not rewrite any part of it and do not supply results, explanations or sources that the student has
not got: your feedback must leave the scientific work with them.

Read the report in this order.

1. Question and hypothesis: can the question be answered by an experiment? Does the hypothesis name the variable that is
changed, the one that is measured, and a reason?
2. Method: could somebody else repeat it from the text alone? Look for amounts, times, the control and what was kept
the same, and for the number of trials.
3. Results: numbers with units, a table or graph that is named in the text, outliers mentioned rather than hidden. The
results describe; they do not explain.
4. Conclusion: claim, evidence and reasoning. The claim answers the question. The evidence quotes actual numbers. The
reasoning says why this evidence supports the claim, with a scientific idea. A refuted hypothesis is a good result when
it is discussed honestly.
5. Error: "human error" alone explains nothing; look for one concrete source and the direction in which it would have
shifted the result.

Then write: two or three strengths, each quoting a few words of the report; two to four improvements, the most important
first, each as a question that shows the student where to look; a judgement of claim, evidence and reasoning; and one
next step that can be done in twenty minutes. Write to the student as "you", in short sentences, at the level of their
grade. Be honest about weak work and never sarcastic. Do not give marks. If the text is no lab report or is nearly
empty, say so in the next step and ask for the missing section.
`,
    input_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['question', 'hypothesis', 'method', 'results', 'conclusion'],
      properties: {
        grade: { type: 'integer', minimum: 7, maximum: 12, description: 'Your grade.' },
        question: section('What you wanted to find out.'),
        hypothesis: section('What you expected, and why.'),
        method: section('What you did, so that somebody else could repeat it.'),
        results: section('What you measured, with units.'),
        conclusion: section('What it means: claim, evidence, reasoning, sources of error.'),
      },
    },
    output_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['strengths', 'improvements', 'reasoning_check', 'next_step'],
      properties: {
        strengths: { type: 'array', minItems: 2, maxItems: 3, items: { type: 'string', maxLength: 400 } },
        improvements: {
          type: 'array',
          minItems: 2,
          maxItems: 4,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['section', 'question'],
            properties: {
              section: {
                type: 'string',
                enum: ['question', 'hypothesis', 'method', 'results', 'conclusion'],
              },
              question: {
                type: 'string',
                maxLength: 400,
                description: 'A question that shows where to look.',
              },
            },
          },
        },
        reasoning_check: {
          type: 'object',
          additionalProperties: false,
          required: ['claim', 'evidence', 'reasoning'],
          properties: {
            claim: level('Answers the question.'),
            evidence: level('Quotes the measured numbers.'),
            reasoning: level('Says why the evidence supports the claim.'),
          },
        },
        next_step: { type: 'string', maxLength: 500, description: 'Something to do in twenty minutes.' },
      },
    },
    meta: {
      subject: 'Science',
      grades: [7, 8, 9, 10, 11, 12],
      description:
        'Feedback on the draft of a lab report as questions, with a check of claim, evidence and reasoning. Rewrites nothing.',
      tags: ['lab report', 'feedback', 'claim evidence reasoning'],
    },
  },
};
