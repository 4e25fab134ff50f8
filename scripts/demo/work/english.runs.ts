import type { RunScript } from '../demo.types';
import { prose } from '../prose';

const LIGHTHOUSE = prose`
Marta had climbed the hundred and twelve steps every evening since she was five, holding her grandfather's sleeve. This
evening she climbed them alone. Grandfather lay in the bed by the stove with a fever, and the radio had said that the
storm would turn north.

It had not turned north. It stood over the bay like a wall, and the windows of the tower rattled in their frames. Marta
filled the lamp the way she had seen it done a thousand times. The first match broke. The second went out. The third
one gave a flame so small that she hid it with her whole body until the wick took it. The wind came in under the door
and pushed at the flame, but it was a stubborn flame; it would not be put out.

Nobody had asked her to. Nobody expected a light tonight, for the tower was to be closed in spring and the new buoys
were blinking already, out where the waves now swallowed them one by one. She turned the lens by hand, once around, and
once around, counting to twenty each time, until her arms felt as if they belonged to somebody else.

Far out, something answered: two short flashes. Then, very slowly, the boat turned.

In the morning the fever had gone down. "Did you hear the storm?" asked Grandfather. "A little," said Marta, and put her
hands into her pockets so that he would not see the blisters.
`;

export const LIGHTHOUSE_RUNS: readonly RunScript[] = [
  {
    input: { passage: LIGHTHOUSE, grade: 6, questions: 5 },
    output: {
      questions: [
        {
          skill: 'says',
          question: 'Why does Marta climb the tower alone this evening?',
          options: [
            'Her grandfather is ill in bed.',
            'Her grandfather is out on the boat.',
            'She has quarreled with her grandfather.',
            'She wants to surprise her grandfather.',
          ],
          answer: 0,
          evidence: 'Grandfather lay in the bed by the stove with a fever',
        },
        {
          skill: 'says',
          question: 'What happens to the second match?',
          options: ['It breaks.', 'It lights the lamp.', 'It goes out.', 'It falls down the stairs.'],
          answer: 2,
          evidence: 'The second went out.',
        },
        {
          skill: 'craft',
          question: 'What does "stubborn" mean where it describes the flame?',
          options: [
            'It burned in an angry red.',
            'It kept burning in spite of the wind.',
            'It was very hard to see.',
            'It moved from side to side.',
          ],
          answer: 1,
          evidence: 'it would not be put out',
        },
        {
          skill: 'follows',
          question: 'Why does Marta light the lamp?',
          options: [
            'Her grandfather told her to do it.',
            'The radio asked for a light.',
            'She is afraid of the dark tower.',
            'She decides by herself that it is needed.',
          ],
          answer: 3,
          evidence: 'Nobody had asked her to.',
        },
        {
          skill: 'follows',
          question: 'What does the last sentence tell us about Marta?',
          options: [
            'She is ashamed of what she did.',
            'She does not want to worry her grandfather.',
            'She is cold in the morning.',
            'She has forgotten the storm.',
          ],
          answer: 1,
          evidence: 'so that he would not see the blisters',
        },
      ],
      words: [
        { word: 'wick', meaning: 'The string in a lamp or candle that burns.' },
        { word: 'lens', meaning: 'The big curved glass of the lighthouse that sends the light far out.' },
        { word: 'buoys', meaning: 'Floating signs in the water that show ships the way.' },
      ],
    },
  },
  {
    input: { passage: LIGHTHOUSE, grade: 6, questions: 3 },
    output: {
      questions: [
        {
          skill: 'says',
          question: 'What did the radio say about the storm?',
          options: [
            'It would be over by morning.',
            'It would turn north.',
            'It would reach the bay.',
            'It would bring snow.',
          ],
          answer: 1,
          evidence: 'the radio had said that the storm would turn north',
        },
        {
          skill: 'follows',
          question: 'What do the two short flashes mean?',
          options: [
            'Somebody on a boat has seen the light.',
            'The new buoys are working again.',
            'Lightning has struck the sea.',
            'The lamp of the tower is going out.',
          ],
          answer: 0,
          evidence: 'something answered',
        },
        {
          skill: 'craft',
          question: 'Why does the author tell us that the tower was to be closed in spring?',
          options: [
            'To explain why the stairs are broken.',
            'To show that the story takes place in winter.',
            'To show that nobody counted on Marta’s light.',
            'To explain why Grandfather is ill.',
          ],
          answer: 2,
          evidence: 'Nobody expected a light tonight, for the tower was to be closed in spring',
        },
      ],
      words: [
        { word: 'rattled', meaning: 'Shook with short, hard sounds.' },
        { word: 'blisters', meaning: 'Sore bubbles on the skin after hard work with the hands.' },
      ],
    },
  },
];

export const CHAPTER_RUNS: readonly RunScript[] = [
  {
    input: {
      grade: 6,
      questions: 3,
      passage: prose`
Tam turned the key over and over in his hand. It was too small for a door and too large for a box, and the letter that
had come with it said only: "You will know." He did not know. He had tried the clock, the cellar and the old piano. His
sister said that it was a joke, and that somebody was watching him through a window right now and laughing. But Tam
remembered how his grandmother had looked at him on her last visit, as if she wanted to say something and then decided
that he would have to find it out by himself. He put the key on a string around his neck.
`,
    },
    output: {
      questions: [
        {
          skill: 'says',
          question: 'What did the letter say?',
          options: ['That it was a joke.', 'That Tam would know.', 'Where the lock is.', 'Who sent the key.'],
          answer: 1,
          evidence: '"You will know."',
        },
        {
          skill: 'follows',
          question: 'Whom does Tam believe to have sent the key?',
          options: ['His sister.', 'A neighbor.', 'His grandmother.', 'Nobody.'],
          answer: 2,
          evidence: 'Tam remembered how his grandmother had looked at him',
        },
        {
          skill: 'craft',
          question: 'What does the last sentence show?',
          options: [
            'Tam is afraid to lose things.',
            'Tam has given up.',
            'Tam wants to tease his sister.',
            'Tam takes the riddle seriously.',
          ],
          answer: 3,
          evidence: 'He put the key on a string around his neck.',
        },
      ],
      words: [
        { word: 'cellar', meaning: 'A room under a house where things are stored.' },
        { word: 'visit', meaning: 'Here: the time when his grandmother came to see the family.' },
      ],
    },
  },
];

const PHONES_PROMPT =
  'Should Lakeview High School collect all phones in the morning and return them after the last period?';

export const PHONES_RUNS: readonly RunScript[] = [
  {
    input: {
      prompt: PHONES_PROMPT,
      position: 'The school should not collect phones, but teachers may lock them away during tests.',
      ideas: [
        'we use phones as calculators and for the bus app',
        'parents want to reach us',
        'it takes 20 minutes every morning for 1200 phones',
        'you have to learn to control yourself',
        'my phone battery dies anyway',
        'cheating on tests is a real problem',
      ],
      words: 600,
    },
    output: {
      position_check:
        'This can be disputed and it answers the prompt. The exception for tests makes it more precise. Who decides in other cases, for instance in a lab or in a discussion?',
      sections: [
        {
          section: 'introduction',
          purpose: 'Show why the question matters at your school now',
          questions: [
            'Which scene of one morning would a reader recognize?',
            'What exactly is proposed, and by whom?',
          ],
        },
        {
          section: 'body',
          purpose: 'The rule costs time and useful tools',
          ideas: [1, 3],
          questions: [
            'How do you get from 1200 phones to 20 minutes?',
            'Which use in class could nothing else replace?',
          ],
          evidence_to_find:
            'How long a school that does this really takes: ask the office or another school.',
        },
        {
          section: 'body',
          purpose: 'Families need a way to reach students',
          ideas: [2],
          questions: [
            'What would convince a reader who says that the office has a telephone?',
            'Is there a day on which this mattered?',
          ],
          evidence_to_find: 'The view of a parent and that of the school office.',
        },
        {
          section: 'body',
          purpose: 'Self-control is learned by practice, with limits where trust is not enough',
          ideas: [4, 6],
          questions: [
            'How does the exception for tests fit together with self-control?',
            'Which example shows that students learn this, or do not?',
            'How does this answer the counterargument?',
          ],
          evidence_to_find: 'An expert’s view on how young people learn to control attention.',
        },
        {
          section: 'conclusion',
          purpose: 'Say what the school should do instead',
          questions: ['What could begin next Monday?', 'Which sentence should the principal remember?'],
        },
      ],
      parking_lot: ['Idea 5 (battery): it concerns your phone, not the rule.'],
      counterargument:
        'As long as a phone is in the pocket, part of every student’s mind is there too, whatever the rules say.',
      checklist: [
        'My thesis names the exception and the reason for it.',
        'The number in the first body paragraph has a source.',
        'I answer the counterargument with an argument, not with a promise.',
      ],
    },
  },
  {
    input: {
      prompt: PHONES_PROMPT,
      position: 'Phones should be collected because they take our attention away.',
      ideas: [
        'in my class someone looks at a phone every few minutes',
        'lunch was louder and more fun on the day without network',
        'videos of fights get posted',
        'other schools do it',
      ],
      words: 450,
    },
    output: {
      position_check:
        'A reasonable person could disagree, so this is a claim. "Collected" is broad: all day, in all grades, lunch included? What would change if you said when?',
      sections: [
        {
          section: 'introduction',
          purpose: 'Let the reader see one lesson from a desk in the back',
          questions: ['What did you observe, and how often?', 'What do you want the school to decide?'],
        },
        {
          section: 'body',
          purpose: 'Phones take attention in class',
          ideas: [1],
          questions: [
            'How could you count this for one day?',
            'Does it concern those who look, or those around them too?',
          ],
          evidence_to_find:
            'A count of your own in three lessons, or a study your librarian can help to find.',
        },
        {
          section: 'body',
          purpose: 'Without phones people turn to each other',
          ideas: [2, 3],
          questions: [
            'What was different on the day without network?',
            'How are the lunch and the videos connected?',
          ],
          evidence_to_find: 'Two short interviews with students about that day.',
        },
        {
          section: 'conclusion',
          purpose: 'Come back to the desk in the back',
          questions: ['What would that lesson look like under your rule?', 'What would you still allow?'],
        },
      ],
      parking_lot: [
        'Idea 4 (other schools): it says that they do it, not whether it works. Find out, then bring it back.',
      ],
      counterargument:
        'Students who are not trusted with a phone at school will not have learned to use it when nobody takes it away.',
      checklist: [
        'My thesis says when and for whom.',
        'Each body paragraph has something that I saw or counted.',
        'I know what I answer to a parent who wants to call.',
      ],
    },
  },
];

export const OWN_QUESTION_RUNS: readonly RunScript[] = [
  {
    input: {
      prompt: 'Should the town close the skate park at eight in the evening?',
      position: 'The town should keep the skate park open until ten.',
      ideas: [
        'there is nowhere else to go in the evening',
        'the neighbors complain about noise',
        'lights would make it safer',
        'skaters would go to the parking lot instead',
      ],
      words: 500,
    },
    output: {
      position_check:
        'A clear claim with a number in it, and people in your town do disagree. Does it hold for every day, or for weekends and holidays?',
      sections: [
        {
          section: 'introduction',
          purpose: 'Bring the reader to the park at a quarter to eight',
          questions: ['Who is there, and where do they go at eight?', 'Who wants to close it, and why now?'],
        },
        {
          section: 'body',
          purpose: 'Closing moves the problem instead of solving it',
          ideas: [1, 4],
          questions: ['What have you seen on the parking lot?', 'Who would be bothered there?'],
          evidence_to_find: 'What happened in a town that closed its park early.',
        },
        {
          section: 'body',
          purpose: 'Noise and safety can be dealt with in other ways',
          ideas: [2, 3],
          questions: [
            'What exactly do the neighbors hear, and when?',
            'What would lights cost, and who might pay?',
          ],
          evidence_to_find: 'The rules on noise in your town and one neighbor’s own words.',
        },
        {
          section: 'conclusion',
          purpose: 'Propose a trial',
          questions: ['How long should a trial last?', 'How would everybody know whether it worked?'],
        },
      ],
      parking_lot: [],
      counterargument:
        'People who have to sleep at nine have a right to quiet, and a park beside houses was a mistake to begin with.',
      checklist: [
        'I have quoted both of the people I asked.',
        'I treat the neighbors as people with reasons.',
        'My proposal can be tried and ended.',
      ],
    },
  },
];
