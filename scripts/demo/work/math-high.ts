import type { ChatScript, DemoAssignment } from '../demo.types';

const SLOPE_CHATS: readonly ChatScript[] = [
  [
    [
      'i measured my candle: 0 min 20 cm, 10 min 18.5 cm, 20 min 17 cm, 30 min 15.5. whats the slope',
      'My data: a candle is 20 cm at the start, 18.5 cm after 10 minutes, 17 cm after 20 and 15.5 cm after 30.',
    ],
    'Nice data. Before we calculate: will the slope be positive or negative, and how can you tell?',
    ['negative because it gets shorter', 'Negative, the candle gets shorter.'],
    'Good. By how much does the height change in each step of ten minutes?',
    ['always 1.5', 'It goes down 1.5 cm each time.'],
    'What does it mean for the shape of the graph that the change is always the same?',
    ['its a straight line', 'The points lie on a line, so it is linear.'],
    'So how much is the change for one minute? Say it with its unit.',
    ['0.15 cm per minute, minus', '-0.15 cm per minute'],
    'That is your slope, and you can say what it means for the candle. What about the number 20?',
    ['thats where it starts, the intercept', 'It is the y-intercept, the height at time zero.'],
    'Then you have everything for an equation. Which question about the candle could it answer that you did not measure?',
    ['when its gone', 'How long the candle burns.'],
    'Work that out, and then say why the real candle might not keep to your line.',
  ],
  [
    [
      'how do i find the slope from my table, the numbers are not exact',
      'My points do not lie exactly on a line. Can I still find a slope?',
    ],
    'Real data are like that. What did you measure, and in which units?',
    [
      'steps and distance, like 10 steps 7.1 m, 20 steps 14.5 m, 30 steps 21.3 m',
      'Distance for my steps: 10 steps are 7.1 m, 20 steps 14.5 m, 30 steps 21.3 m.',
    ],
    'What would you expect for zero steps?',
    ['0 m', 'Zero meters.'],
    'So the line should pass through which point? And roughly how many meters belong to one step?',
    ['(0,0) and about 0.7', 'Through the origin, about 0.7 m for a step.'],
    'How did you get 0.7: from one pair, or from all of them?',
    ['from the last one 21.3/30 = 0.71', 'I divided 21.3 by 30, that gives 0.71.'],
    'Why might the last pair be the better choice than the first?',
    ['because a mistake counts less if you divide by 30', 'The measuring error is shared among more steps.'],
    'That is a good argument; put it into your report. What would your model predict for 100 steps, and would you trust it?',
  ],
];

const SYSTEM_CHATS: readonly ChatScript[] = [
  [
    [
      'gym a costs 20 a month + 40 to join, gym b 30 a month no joining fee. when is a cheaper',
      'Gym A takes $40 to join and $20 a month, gym B only $30 a month. When is A the better deal?',
    ],
    'Guess first: after a few months, or after years?',
    ['a few months', 'I think after a few months.'],
    'How could you write the cost of each gym after m months?',
    ['A = 40 + 20m and B = 30m', 'A: 40 + 20m, B: 30m'],
    'Both are right. What is special about the month in which you change your mind?',
    ['they cost the same', 'There both cost the same amount.'],
    'Turn that into an equation and tell me your first step.',
    ['40 + 20m = 30m, minus 20m', '40 + 20m = 30m. I subtract 20m from both sides.'],
    'Why is that a helpful step?',
    ['then the m is only on one side', 'Because then m stands on one side only: 40 = 10m.'],
    'Go on, and say what the result means for somebody who wants to train for the season only.',
  ],
  [
    [
      'substitution or elimination?? x + y = 12 and 3x - y = 8',
      'For x + y = 12 and 3x - y = 8, which method should I use?',
    ],
    'Both lead there. Look at the two equations: what do you notice about y?',
    ['its + and -', 'Once it is +y and once it is -y.'],
    'What would happen if you added the left sides, and the right sides?',
    ['y goes away! 4x = 20', 'The y cancels out: 4x = 20.'],
    'Why are you allowed to add two equations?',
    [
      'because both sides are equal',
      'Because I add the same amount on both sides, it is just written differently.',
    ],
    'That is the reason exactly. Finish it, and check your pair in both equations, not in one only.',
  ],
];

export const HIGH_MATH: readonly DemoAssignment[] = [
  {
    key: 'slope',
    class: 'algebra9',
    tool: 'mathCoach',
    title: 'Slope from your own data',
    instructions:
      'Measure something that changes steadily (a burning candle, your steps, a filling bucket) at four points at least. Work with the coach towards an equation. Hand in the equation, the meaning of both numbers, and one prediction with your doubts about it.',
    state: 'closed',
    opensAt: { day: -15, at: '08:00' },
    dueAt: { day: -8, at: '23:59' },
    closesAt: { day: -6, at: '23:59' },
    points: 25,
    work: {
      progress: { started: 0.95, submitted: 0.95, graded: 1, returned: 1, late: 0.12 },
      chats: SLOPE_CHATS,
      answer: [
        [
          'My equation is h = 20 - 0.15t for the height of a candle in cm after t minutes.',
          'My equation is d = 0.71s, where s is the number of steps and d the distance in meters.',
          'I filled a bucket under a dripping tap: v = 0.04t, in liters and minutes.',
        ],
        [
          'The slope says how much it changes in one unit, and the other number says where it starts.',
          'The slope has a unit too: it is always "something per something".',
          'The slope was not exactly the same between all points, so I took the two points farthest apart.',
        ],
        [
          'I predict that the candle burns for 133 minutes, but the last bit may melt faster.',
          'For 100 steps I predict 71 m. I would not believe it for 10,000 steps because I get tired.',
          'After a day there would be 57.6 liters, but the bucket only holds 10.',
        ],
      ],
      feedback: {
        strong: [
          'Equation, meaning and doubts fit together. This is what modelling means.',
          'You chose the points for a reason and said so. Excellent.',
        ],
        solid: [
          'Good equation. Give the unit of the slope as well: cm per what?',
          'The prediction is right. What would make it wrong? One sentence of doubt is missing.',
        ],
        developing: [
          'Your slope is upside down: you divided minutes by centimeters. Look at what the unit would be.',
          'Two points are enough for a line but not to know that it is one. Please measure two more and hand in again.',
        ],
      },
    },
  },
  {
    key: 'systems',
    class: 'algebra9',
    tool: 'mathCoach',
    title: 'Which offer is better? Systems of equations',
    instructions:
      'Compare two real offers (phone plans, gyms, streaming) that cost differently. Find out with the coach when they cost the same, and write a recommendation for two people with different needs.',
    state: 'published',
    opensAt: { day: -4, at: '08:00' },
    dueAt: { day: 1, at: '23:59' },
    closesAt: { day: 4, at: '23:59' },
    points: 25,
    latePolicy: 'refuse',
    overrides: [{ student: 5, dueAt: { day: 3, at: '23:59' } }],
    work: {
      progress: { started: 0.7, submitted: 0.45, graded: 0.2, returned: 0, now: 3 },
      chats: SYSTEM_CHATS,
      answer: [
        [
          'Plan A costs 15 + 0.05m and plan B costs 25. They are equal at 200 minutes.',
          'Gym A and gym B cost the same after 4 months, $120.',
          'The bus card costs $48 a month and a ride $2, so they meet at 24 rides.',
        ],
        [
          'For my grandmother, who makes few calls, A is better; for me B.',
          'If you stay for the season only, take B. If you stay for a year, take A.',
          'Somebody who goes by bus to school both ways should buy the card.',
        ],
        [
          'I checked the point in both equations and in a graph.',
          'In the graph it is where the lines cross.',
          '',
        ],
      ],
      feedback: {
        strong: ['Your recommendation follows from the crossing point, and you checked it twice. Very good.'],
        solid: ['Right point. Say why the other offer wins on the other side of it: which slope is smaller?'],
        developing: ['Look at the fixed cost again: it is paid once, and you counted it each month.'],
      },
    },
  },
];
