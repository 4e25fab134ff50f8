import type { DemoAssignment } from '../demo.types';
import { CHAPTER_RUNS, LIGHTHOUSE_RUNS, OWN_QUESTION_RUNS, PHONES_RUNS } from './english.runs';

export const ENGLISH: readonly DemoAssignment[] = [
  {
    key: 'lighthouse',
    class: 'ela6',
    tool: 'readingQuiz',
    title: 'Reading check: "The Last Lamp"',
    instructions:
      'Paste the passage from the handout into the quiz maker and take the quiz. Then tell me about one question that you got wrong, or nearly: what did you think first, and which words in the text changed your mind?',
    state: 'published',
    opensAt: { day: -8, at: '08:00' },
    dueAt: { day: -3, at: '23:59' },
    points: 10,
    work: {
      progress: { started: 0.95, submitted: 0.95, graded: 1, returned: 0.9, late: 0.1 },
      runs: LIGHTHOUSE_RUNS,
      answer: [
        [
          'I got the question about why she lit the lamp wrong.',
          'The question about the word "stubborn" was hard for me.',
          'I nearly missed what the last paragraph is for.',
          'I chose that she was afraid of the storm.',
        ],
        [
          'I thought it was because her grandfather told her to.',
          'I thought it means angry, because people who are stubborn are often angry.',
          'First I picked the answer that was true but was not asked.',
        ],
        [
          'But the text says "nobody had asked her to", so it was her own idea.',
          'The words "it would not be put out" showed me that it means not giving up.',
          'When I read "the boat turned" again, I understood that the light had worked.',
        ],
        [
          'Next time I will look for the words before I choose.',
          'I learned that I read too fast at the end of a page.',
          '',
        ],
      ],
      feedback: {
        strong: [
          'You show exactly which words changed your mind. That is what good readers do.',
          'Quoting the text to correct yourself: wonderful. Keep doing it with longer books.',
        ],
        solid: [
          'Good thinking. Which other answer was tempting, and why is it not right?',
          'You found the evidence. Say in your own words what it tells about the girl.',
        ],
        developing: [
          'You tell me which question it was. Now find the sentence in the text that decides it; it is in the third paragraph.',
          'Read the passage once more aloud, slowly, and try this question again. I will be at your table on Thursday.',
        ],
      },
    },
  },
  {
    key: 'chapter4',
    class: 'ela6',
    tool: 'readingQuiz',
    title: 'Reading check: a page of your own book',
    instructions:
      'Choose a page of your independent reading book that you find important. Make a quiz of it, take it, and write a better question than one of those you were given.',
    state: 'published',
    opensAt: { day: -2, at: '08:00' },
    dueAt: { day: 1, at: '20:00' },
    points: 10,
    work: {
      progress: { started: 0.4, submitted: 0.25, graded: 0, returned: 0 },
      runs: CHAPTER_RUNS,
      answer: [
        [
          'My question is: why does the author not tell us what is in the letter?',
          'My better question: what would have happened if Tam had kept the key?',
        ],
        [
          'It is better because you cannot find it in one sentence.',
          'It is better because you have to think about the whole page.',
        ],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
  {
    key: 'phones',
    class: 'english10',
    tool: 'essayOutline',
    title: 'Outline: phones in school',
    instructions:
      'Should our school collect phones in the morning? Decide, bring at least four ideas of your own, and build an outline. Hand in your thesis sentence and the order of your paragraphs, with the reason for that order.',
    state: 'closed',
    opensAt: { day: -14, at: '08:00' },
    dueAt: { day: -6, at: '23:59' },
    closesAt: { day: -4, at: '23:59' },
    points: 20,
    work: {
      progress: { started: 0.95, submitted: 0.95, graded: 1, returned: 1, late: 0.15 },
      runs: PHONES_RUNS,
      answer: [
        [
          'Thesis: Lakeview should not collect phones, but teachers should be able to close them away during tests.',
          'Thesis: Collecting phones in the morning would give us back the one thing school cannot buy, attention.',
          'Thesis: A rule that treats every student as a cheater teaches nothing about using a phone well.',
          'Thesis: Phones should be collected in grades 9 and 10, and handed back as a sign of trust in grade 11.',
        ],
        [
          'I begin with attention because everybody knows it from class, then safety, then trust.',
          'My order is: practical problems first, then what we learn, then what kind of people the rule makes of us.',
          'I put the counterargument before my strongest point, so that I can answer it with that point.',
        ],
        [
          'The strongest comes last because it is the one that people remember.',
          'Each paragraph answers a question that the one before raises.',
          'I left out my idea about batteries because it does not support the position.',
        ],
      ],
      feedback: {
        strong: [
          'A thesis that somebody could disagree with, and an order with a reason. You are ready to write.',
          'The exception in your thesis makes it stronger, not weaker. I look forward to the essay.',
        ],
        solid: [
          'Clear thesis. Your second paragraph and your third make the same point from two sides: join them or sharpen the difference.',
          'Good order. Which evidence will carry the paragraph on safety? Right now it is only an opinion.',
        ],
        developing: [
          'This is a topic, not yet a thesis: what do you want the school board to do?',
          'You have four ideas and one paragraph. Use the numbers in the outline and give each idea its place.',
        ],
      },
    },
  },
  {
    key: 'ownQuestion',
    class: 'english10',
    tool: 'essayOutline',
    title: 'Outline: a question of your own',
    instructions:
      'Find a question about our town that people really disagree on. Ask two people who disagree, then build your outline. The essay itself follows next month.',
    state: 'published',
    opensAt: { day: -3, at: '08:00' },
    dueAt: { day: 5, at: '23:59' },
    points: 30,
    maxAttempts: 2,
    work: {
      progress: { started: 0.3, submitted: 0.2, graded: 0, returned: 0 },
      runs: OWN_QUESTION_RUNS,
      answer: [
        [
          'My thesis: The town should keep the skate park and open it until ten.',
          'My thesis: Main Street should be free of cars on Saturdays.',
        ],
        [
          'I asked my neighbor and the owner of the bakery.',
          'I asked my uncle, who drives a bus, and a friend who skates.',
        ],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
];
