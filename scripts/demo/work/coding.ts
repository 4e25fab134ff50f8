import type { ChatScript, DemoAssignment } from '../demo.types';

const GUESSING_CODE = `import random
secret = random.randint(1, 100)
guess = input("Your guess? ")
tries = 0
while guess != secret:
    if guess < secret:
        print("higher")
    else:
        print("lower")
    guess = input("Your guess? ")
print("Yes! You needed", tries, "tries")`;

const AVERAGE_CODE = `def average(numbers):
    total = 0
    for n in numbers:
        total = total + n
        return total / len(numbers)`;

const GUESSING_CHATS: readonly ChatScript[] = [
  [
    `my guessing game crashes\n\n\`\`\`python\n${GUESSING_CODE}\n\`\`\``,
    'A complete little game, and the loop has a clear reason to end: nice. Which line does the error message name, and what is its last line?',
    [
      "TypeError: '<' not supported between instances of 'str' and 'int', line 6",
      "It says line 6, TypeError: '<' not supported between 'str' and 'int'.",
    ],
    'Read it in your own words: what are the two things on both sides of the `<`?',
    ['guess and secret. one is a string?', 'One is a text and one is a number.'],
    'Which one is the text, and why? Try `print(type(guess))` right after you read it, and tell me what you see.',
    ["it says <class 'str'> even if i type 50", 'str. So input always gives a string!'],
    'You found out something about `input` that surprises everybody once. How could you get a number from it? Look up what `int` does and try it on one line first.',
    [
      'int(input(...)) works!! but i have to do it twice',
      'I wrote guess = int(input("Your guess? ")) and now it works.',
    ],
    'Good, it runs. Now be a tester: play one round, count your guesses on your fingers, and compare with the last line of the output.',
    ['it always says 0 tries', 'It says "You needed 0 tries" although I needed 6.'],
    'So the game is honest about `secret` but not about `tries`. Where should that variable change, and how often? Say it as a sentence before you type.',
    [
      'every time you guess it should be one more, so inside the while',
      'It should grow by one with each guess. Also for the first one.',
    ],
    'That last remark about the first guess is the kind of edge where bugs live. Make the change, then test it with a lucky first guess: how could you force that?',
  ],
  [
    `Can you review my game? It works I think.\n\n\`\`\`python\n${GUESSING_CODE.replaceAll('input(', 'int(input(').replaceAll('? ")', '? "))')}\n\`\`\``,
    'It asks, compares and stops, and the hints point the right way. How do you know that it works: what exactly did you try?',
    ['i played it 3 times', 'I played a few rounds and found the number.'],
    'Good start. Play once more with the aim of making it look bad. What could a player type that you did not expect?',
    ['letters?', 'They could type "fifty" or nothing.'],
    'Try "fifty" and read the last line of what happens. Should a game end like that?',
    ['no it says ValueError', 'It crashes with a ValueError. It should ask again.'],
    'Describe in one sentence what the program should do in that case. No code yet.',
    [
      'if its not a number it says please type a number and asks again without counting',
      'It should say that it is not a number and ask again, and not count it as a try.',
    ],
    'A precise sentence. You ask for a guess in two places: what happens to your repair if it has to be made twice, and which tool of ours helps against that?',
    ['a function', 'I could write a function that asks until it gets a number.'],
    'Exactly. What would be a good name for it, and what should it give back?',
  ],
];

const STATISTICS_CHATS: readonly ChatScript[] = [
  [
    `my average function is wrong for every list\n\n\`\`\`python\n${AVERAGE_CODE}\n\`\`\``,
    'The names are clear and the idea is right. Take the list `[4, 8]` and trace by hand: what are `total` and `n` in the first round, and what happens next?',
    ['n is 4, total is 4, then it returns 2.0', 'First n = 4 and total = 4. Then it goes to return.'],
    'What did you expect to happen after the first round?',
    ['that it goes to 8', 'It should go on with the 8.'],
    'So look at the place where `return` stands. What tells Python that a line belongs to the loop?',
    ['the indent! its too far right', 'The indentation. It is inside of the for.'],
    'You read your own code well. Repair it, and then try an empty list. What should the average of nothing be?',
  ],
];

export const CODING: readonly DemoAssignment[] = [
  {
    key: 'guessing',
    class: 'coding11',
    tool: 'codeReview',
    title: 'Code review: the guessing game',
    instructions:
      'Bring your guessing game to the review. In your answer: which remark made you change something, how did you test the change, and which weakness is left?',
    state: 'published',
    opensAt: { day: -8, at: '08:00' },
    dueAt: { day: -2, at: '23:59' },
    points: 20,
    work: {
      progress: { started: 0.9, submitted: 0.8, graded: 0.5, returned: 0.4, late: 0.15 },
      chats: GUESSING_CHATS,
      answer: [
        [
          'I learned that input gives a string, so I convert it to an int.',
          'The question how I know that it works made me test with wrong input.',
          'My counter started in the wrong place and was one too low.',
        ],
        [
          'I tested it by setting secret to 50 and typing 50 at once: it says 1 try now.',
          'I tested letters, an empty line, 0 and 101.',
          'I played three rounds and counted on paper.',
        ],
        [
          'A weakness is that you can type 500 and it only says "lower".',
          'It still asks in two places, I want to make a function.',
          'It is not fun to play twice because you have to start it again.',
        ],
      ],
      feedback: {
        strong: [
          'You tested the edge on purpose. That habit is worth more than the game.',
          'Excellent: remark, change, test, and an honest weakness. Ready for functions.',
        ],
        solid: [
          'Good repair. Which input would you try to break it next?',
          'Works. Give `x` a name that says what it holds.',
        ],
        developing: [
          'The crash is gone, but the counter still starts at the wrong place. Trace it for a first guess that is right.',
          'You say that it works now. Tell me how somebody else could see that.',
        ],
      },
    },
  },
  {
    key: 'textStatistics',
    class: 'coding11',
    tool: 'codeReview',
    title: 'Code review: text statistics',
    instructions:
      'Your program counts words, sentences and the average length of a word. Get a review before the weekend, and hand in the list of cases that you tested.',
    state: 'published',
    opensAt: { day: -1, at: '08:00' },
    dueAt: { day: 7, at: '23:59' },
    points: 30,
    maxAttempts: 2,
    work: {
      progress: { started: 0.25, submitted: 0.2, graded: 0, returned: 0 },
      chats: STATISTICS_CHATS,
      answer: [
        ['I tested an empty text, one word, two spaces in a row and a text without a period.'],
        ['The empty text divided by zero, so now it says that there are no words.', ''],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
];
