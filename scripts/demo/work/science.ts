import type { DemoAssignment } from '../demo.types';
import { DENSITY_RUNS, ENZYME_RUNS, PLANT_RUNS } from './science.runs';

export const SCIENCE: readonly DemoAssignment[] = [
  {
    key: 'plants',
    class: 'science7',
    tool: 'labReport',
    title: 'Bean plants and light: lab report',
    instructions:
      'Run your draft through the feedback tool once, improve it, then answer here: which question of the feedback made you change something, and what did you change? Attach nothing; I read your draft in the tool.',
    state: 'closed',
    opensAt: { day: -16, at: '08:00' },
    dueAt: { day: -10, at: '23:59' },
    closesAt: { day: -8, at: '23:59' },
    points: 30,
    work: {
      progress: { started: 0.95, submitted: 1, graded: 1, returned: 1, late: 0.1 },
      runs: PLANT_RUNS,
      answer: [
        [
          'It asked how much water each plant got, and I had not written it down.',
          'The question about the control made me think: my plant in the closet got less warmth as well.',
          'It asked which numbers support my claim.',
          'It wanted to know why plants need light, and I had only written that they do.',
        ],
        [
          'I added that every pot got 30 ml every second day.',
          'I added the heights in centimeters for each day instead of "it grew more".',
          'I wrote that the leaves use light to make sugar and without it the plant uses up the bean.',
          'Now I say that the dark plant was taller but yellow, so taller is not the same as healthier.',
        ],
        [
          'Next time I would use three plants for each place.',
          'I was surprised that the plant in the dark was the tallest one.',
          'The hardest part was to describe the results without explaining them.',
          '',
        ],
      ],
      feedback: {
        strong: [
          'You improved the reasoning and not only the wording. "Taller is not healthier" is a real discovery.',
          'Your second draft could be repeated by anybody in the class. Well done.',
        ],
        solid: [
          'Good change. One more: the table needs units in the first row.',
          'Your evidence is clear now. Connect it to photosynthesis in one sentence.',
        ],
        developing: [
          'You answered one of the four questions. Choose one more, on the conclusion, and talk to me about it on Monday.',
          'The numbers are there now. What do they say about your hypothesis?',
        ],
      },
    },
  },
  {
    key: 'density',
    class: 'science7',
    tool: 'labReport',
    title: 'Density tower: lab report',
    instructions:
      'Which of our five liquids floats on which, and why? Get feedback on your draft before you hand in the improved report as your answer.',
    state: 'published',
    opensAt: { day: -5, at: '08:00' },
    dueAt: { day: 1, at: '23:59' },
    points: 30,
    maxAttempts: 3,
    overrides: [
      { student: 2, maxAttempts: 5 },
      { student: 9, dueAt: { day: 4, at: '23:59' } },
    ],
    work: {
      progress: { started: 0.6, submitted: 0.35, graded: 0, returned: 0 },
      runs: DENSITY_RUNS,
      answer: [
        [
          'Honey was at the bottom with 1.4 g/ml and oil on top with 0.9 g/ml.',
          'The order from the bottom was honey, syrup, dish soap, water, oil.',
        ],
        [
          'A liquid floats if one milliliter of it has less mass than one milliliter of what is below.',
          'The amount did not matter: a little honey sinks in a lot of water.',
        ],
        [
          'Our value for soap may be too low because there were bubbles in it.',
          'We measured the mass of the empty cup only once.',
        ],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
  {
    key: 'enzymes',
    class: 'biology9',
    tool: 'labReport',
    title: 'Catalase in potato: does temperature matter?',
    instructions:
      'Full lab report in groups of two, each of you hands in. Use the feedback tool for the draft. In your answer give the final conclusion with claim, evidence and reasoning, and say what you changed after the feedback.',
    state: 'published',
    opensAt: { day: -12, at: '08:00' },
    dueAt: { day: -5, at: '23:59' },
    points: 40,
    overrides: [{ student: 14, dueAt: { day: -3, at: '23:59' } }],
    work: {
      progress: { started: 0.9, submitted: 0.9, graded: 0.8, returned: 0.65, late: 0.2 },
      runs: ENZYME_RUNS,
      answer: [
        [
          'Claim: catalase works fastest near 40 °C and hardly at all at 70 °C.',
          'Claim: up to a point heat speeds the enzyme up, then it stops working.',
          'Our claim is that there is an optimum between 35 and 45 °C.',
        ],
        [
          'Evidence: the foam reached 31 mm at 40 °C, 14 mm at 20 °C and only 2 mm at 70 °C (means of three trials).',
          'Evidence: 5 °C gave 6 mm, 20 °C gave 14 mm, 40 °C 31 mm and 70 °C 2 mm of foam.',
          'The foam at 40 °C was more than twice as high as at 20 °C, in all three trials.',
        ],
        [
          'Reasoning: warmer molecules meet more often, but beyond some temperature the protein changes its shape and the substrate no longer fits.',
          'Reasoning: an enzyme is a protein with an active site, and heat destroys that shape. That is why cooling the 70 °C sample did not bring it back.',
        ],
        [
          'After the feedback I added the volumes and how long we waited.',
          'I replaced "human error" by the cooling of the water bath, which made our 40 °C value too low rather than too high.',
          'I moved the explanation out of the results.',
        ],
      ],
      feedback: {
        strong: [
          'The direction of the error is what many scientists forget. Outstanding conclusion.',
          'Claim, evidence and reasoning each do their own job here. You may use this as a model for the next report.',
        ],
        solid: [
          'Strong evidence. In the reasoning, say what happens to the active site, not only to "the enzyme".',
          'Good. A graph with temperature on the horizontal axis would show the optimum at a glance.',
        ],
        developing: [
          'You state the claim three times but quote no numbers. Take two from your table and tell me what they show.',
          'Let us talk about denaturation: your reasoning explains why warm is faster but not why hot is slower.',
        ],
      },
    },
  },
  {
    key: 'osmosis',
    class: 'biology9',
    tool: 'labReport',
    title: 'Osmosis in potato strips',
    instructions:
      'Salt concentrations: 0, 2, 4, 8 %. Order new balances first. Pair with the reading on kidneys.',
    state: 'draft',
    opensAt: { day: 5, at: '08:00' },
    dueAt: { day: 12, at: '23:59' },
    points: 40,
  },
];
