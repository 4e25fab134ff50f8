import type { DemoAssignment } from '../demo.types';
import { FRACTION_CHATS, PERCENT_CHATS, RATIO_CHATS, TWO_STEP_CHATS } from './math-middle.chats';

export const MIDDLE_MATH: readonly DemoAssignment[] = [
  {
    key: 'fractions',
    class: 'math6',
    tool: 'mathCoach',
    firstVersion: true,
    title: 'Comparing fractions on the number line',
    instructions:
      'Choose one problem from page 48 that you got wrong on the quiz. Work through it with the coach, then write here how you now decide which of two fractions is larger, and give an example of your own.',
    state: 'closed',
    opensAt: { day: -17, at: '08:00' },
    dueAt: { day: -12, at: '23:59' },
    closesAt: { day: -10, at: '23:59' },
    points: 10,
    work: {
      progress: { started: 0.95, submitted: 1, graded: 1, returned: 1, late: 0.1 },
      chats: FRACTION_CHATS,
      answer: [
        [
          'I first look whether one fraction is more than a half and the other one is less.',
          'I draw both fractions on a number line from 0 to 1 with the same length.',
          'I make the denominators the same, because then the pieces have the same size.',
          'I check which fraction is closer to 1, because that one is missing less.',
        ],
        [
          'For example 5/8 is more than 1/2 because 4/8 is exactly a half.',
          'My example is 3/4 and 5/6: 3/4 misses 1/4 and 5/6 misses only 1/6, so 5/6 is larger.',
          'My example is 2/3 and 3/5. That is 10/15 and 9/15, so 2/3 is larger.',
          'For 3/7 and 4/7 it is easy because sevenths are sevenths, so 4/7 is larger.',
        ],
        [
          'Before, I only looked at the denominator and thought that bigger means bigger.',
          'My mistake on the quiz was that I compared the tops and the bottoms separately.',
          'Now I can also explain it to my little sister with a chocolate bar.',
          '',
        ],
      ],
      feedback: {
        strong: [
          'You explain why the method works, not only what to do. Your example fits it exactly.',
          'Very clear. Next challenge: find two fractions for which your method is slow, and another one that is quick.',
        ],
        solid: [
          'Your method is right. Say in one more sentence why it works: what happens to the size of the pieces?',
          'Good example. Can you also show it on a number line?',
        ],
        developing: [
          'Your idea is a start, but the example does not test it yet. Come to the help desk on Thursday and we will draw it together.',
          'You say what you did; now tell me how you know that it is always true. Try it with 3/8 and 2/5.',
        ],
      },
    },
  },
  {
    key: 'ratios',
    class: 'math6',
    tool: 'mathCoach',
    title: 'Recipes for a crowd: equivalent ratios',
    instructions:
      'The pancake recipe on the handout is for 4 people. Use the coach to work out what you need for our class breakfast (26 people). Hand in your ratio table and one sentence about how you checked it.',
    state: 'published',
    opensAt: { day: -7, at: '08:00' },
    dueAt: { day: -2, at: '23:59' },
    points: 20,
    overrides: [
      { student: 3, dueAt: { day: 2, at: '23:59' } },
      { student: 11, excused: true },
    ],
    work: {
      progress: { started: 0.9, submitted: 0.85, graded: 0.5, returned: 0, late: 0.15 },
      chats: RATIO_CHATS,
      answer: [
        [
          'For 4 people: 2 cups of flour. For 2 people: 1 cup. For 26 people: 13 cups.',
          'I found one person first: half a cup of flour. Times 26 is 13 cups.',
          'I went from 4 to 24 (times 6) and then added the amount for 2 more people: 12 + 1 = 13 cups of flour.',
        ],
        [
          'Eggs: 3 for 4 people, so 18 for 24 people and one and a half more, which is 19.5. We would buy 20.',
          'For milk it is 1.5 cups for 4 people, so 9.75 cups for 26.',
          'For eggs I got 19.5, and you cannot buy half an egg, so 20.',
        ],
        [
          'I checked it by dividing by 26 again, and I got the amount for one person.',
          'I checked with an estimate: 26 is a bit more than 6 times 4, so 13 is a bit more than 6 times 2.',
          'I checked by drawing a double number line.',
        ],
      ],
      feedback: {
        strong: [
          'Your table is complete and the estimate is a real check, not a second calculation of the same kind.',
          'I like that you decided what to do with half an egg. That is what ratios are for.',
        ],
        solid: [
          'The numbers are right. Show the step from 24 to 26 in the table as well.',
          'Right result. Your check repeats the calculation: try an estimate next time.',
        ],
        developing: [
          'You added 22 because 26 is 22 more than 4. Ask yourself: would 22 more cups make sense? Let us look at it together.',
          'The first row is right. Go on from the amount for one person.',
        ],
      },
    },
  },
  {
    key: 'percent',
    class: 'math6',
    tool: 'mathCoach',
    title: 'Percent: is the sale a good deal?',
    instructions:
      'Bring an advertisement with a discount. Work out with the coach what you would pay, and whether "30 % off, then another 20 % off" is the same as 50 % off. Explain your conclusion for somebody who believes that it is.',
    state: 'published',
    opensAt: { day: -1, at: '08:00' },
    dueAt: { day: 4, at: '23:59' },
    points: 20,
    maxAttempts: 2,
    work: {
      progress: { started: 0.35, submitted: 0.15, graded: 0, returned: 0, now: 2 },
      chats: PERCENT_CHATS,
      answer: [
        [
          'After 30 % off a $60 jacket costs $42. The other 20 % is taken from the $42, not from the $60.',
          'I tried it with $100 because that is easy: first $70, then 20 % of $70 is $14, so $56.',
        ],
        [
          'So together it is 44 % off and not 50 %.',
          'The second discount is smaller because it is a part of a smaller number.',
        ],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
  {
    key: 'twoStep',
    class: 'math7',
    tool: 'mathCoach',
    title: 'Two-step equations: find and repair the mistake',
    instructions:
      'On the worksheet three imaginary students solved equations, and each made one mistake. Choose one of them, find the mistake with the coach and write a kind note to that student that helps them to see it.',
    state: 'published',
    opensAt: { day: -9, at: '08:00' },
    dueAt: { day: -4, at: '23:59' },
    points: 15,
    overrides: [{ student: 7, dueAt: { day: -1, at: '15:00' } }],
    work: {
      progress: { started: 0.95, submitted: 0.9, graded: 0.75, returned: 0.6, late: 0.2 },
      chats: TWO_STEP_CHATS,
      answer: [
        [
          'Dear Student B, your first step was a good idea, because you wanted to get rid of the 7.',
          'Hi Student A, I made the same mistake last week, so do not worry.',
          'Dear Student C, I like how neatly you wrote your steps.',
        ],
        [
          'But you subtracted 7 on the left side only. Think of a scale: what happens when you take something from one side?',
          'Look at the second line again. You divided 3x by 3, but what happened to the 12?',
          'Put your answer back into the equation and see what comes out on the left.',
        ],
        [
          'If you do the same to both sides, you will get a number that works. Try it!',
          'When I put your x into the equation I got 19 and not 22, so there must be something before that.',
          'Always check at the end; it takes ten seconds.',
        ],
      ],
      feedback: {
        strong: [
          'Your note helps without giving the answer away. You would be a good coach.',
          'You found the exact line and gave a way to see it. The picture of the scale is just right.',
        ],
        solid: [
          'Right mistake. Your hint tells what to do; try a question that lets the reader find it.',
          'Good and kind. Say in which line the mistake stands.',
        ],
        developing: [
          'This line is correct, the mistake comes later. Put x = 5 into each line and see where it stops working.',
          'You solved the equation yourself, and well. The task was to find where the other student went wrong: please try again.',
        ],
      },
    },
  },
  {
    key: 'integers',
    class: 'math7',
    tool: 'mathCoach',
    title: 'Integers in everyday life',
    instructions:
      'Idea for next unit: elevators, temperatures, bank accounts. Still to decide: one problem for all, or a choice of three?',
    state: 'draft',
    opensAt: { day: 6, at: '08:00' },
    dueAt: { day: 10, at: '23:59' },
    points: 15,
  },
];
