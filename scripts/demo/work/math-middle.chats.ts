import type { ChatScript } from '../demo.types';

export const FRACTION_CHATS: readonly ChatScript[] = [
  [
    ['hi, i have to compare 3/8 and 2/5', 'Which is bigger, 3/8 or 2/5? I got it wrong on the quiz'],
    'Good one to look at again. What have you tried so far, or what is your first feeling about which is larger?',
    ['i think 3/8 because 3 is more than 2', 'I said 3/8 because 8 is bigger than 5 and 3 is bigger than 2'],
    'You looked at both numbers of each fraction. Let us test that idea on an easier pair: 1/8 and 1/5. If you share one pizza among 8 friends or among 5, when do you get the bigger slice?',
    ['with 5 friends', 'Among 5, because fewer people share it'],
    'Right: fewer friends, larger slices. So what does the bottom number of a fraction tell you, and what does the top number tell you?',
    [
      'bottom is how big the pieces are, like bigger number smaller pieces. top is how many you take',
      'The bottom says into how many pieces it is cut and the top how many pieces I have.',
    ],
    'Exactly, and both matter at once. To compare 3/8 and 2/5 fairly it would help if the pieces had the same size. Which number of pieces could you cut both pizzas into?',
    ['40?', 'Maybe 40 because 8 x 5 is 40'],
    'That works. How many fortieths is 3/8, and how do you know?',
    ['15/40 because 8 times 5 is 40 and 3 times 5 is 15', '15/40. I multiplied both by 5.'],
    'Yes: the same amount, cut finer. Now the other fraction, and then your verdict.',
    ['2/5 is 16/40 so its a little bit bigger!! ok', 'That is 16/40. So 2/5 is larger, but only a bit.'],
    'Well found. How would you explain to a classmate who was absent why comparing the tops alone was not enough?',
    [
      'because the pieces are not the same size so 3 small ones can be less than 2 big ones',
      'Because 3 small pieces can be less than 2 big pieces.',
    ],
    'That is the heart of it. Try 5/6 and 7/9 without me: estimate first, then check.',
  ],
  [
    ['5/6 or 7/8 which one is larger', 'I need to compare 5/6 and 7/8.'],
    'Before any calculation: where would each of them stand on a number line from 0 to 1?',
    ['both near the 1', 'They are both almost 1.'],
    'Good observation. How far is each of them from 1?',
    ['5/6 is 1/6 away and 7/8 is 1/8 away', '1/6 and 1/8'],
    'So which one has the smaller gap, and what does that tell you?',
    [
      '1/6 is smaller no wait. 1/8 is smaller because its cut in more pieces',
      '1/8 is the smaller gap. So 7/8 is closer to 1.',
    ],
    'You noticed and repaired that yourself. Finish the thought: which fraction is larger?',
    ['7/8', '7/8 is larger because it misses less.'],
    'Yes. For which kind of fractions is this trick quick, and when would you rather use a common denominator?',
    [
      'when they are both one piece away from a whole',
      'It is quick when only one piece is missing. If not I would make the pieces the same.',
    ],
    'That is a strategy you can use on the next quiz. Invent two fractions for which you need the other way.',
  ],
];

export const RATIO_CHATS: readonly ChatScript[] = [
  [
    [
      'the recipe is for 4 people and we need 26. 4 times what is 26??',
      'I do not know how to get from 4 to 26 because it is not in the 4 times table.',
    ],
    'You are looking for a way from 4 to 26, that is the right question. Before we calculate: the recipe takes 2 cups of flour. Roughly how much do you expect for 26 people?',
    ['like 12 or more', 'More than 12, because 24 people would be 6 times.'],
    'Keep that estimate, you used a helpful number there. Which number of people, smaller than 4, would make it easy to reach 26?',
    ['2? because 13 times 2', 'One person, then I can do times 26.'],
    'Either would work. How much flour belongs to that smaller number, and how did you get it?',
    ['1 cup for 2 people i halved both', 'Half a cup for one person. I divided by 4.'],
    'You did the same to both numbers, so the ratio stays the same. What is the next row of your table?',
    ['26 people 13 cups', '26 people and 13 cups of flour.'],
    'Does that fit your estimate?',
    ['yes its a bit more than 12', 'Yes, a little more than 12.'],
    'Then you can trust it. Go on with the eggs: 3 eggs for 4 people. What might be strange about that result?',
    ['you get a half egg lol', 'There will be half an egg, because 26 is not a multiple of 4.'],
    'Right. What will you do about it, and why? Write that into your answer; it is a decision, not a calculation.',
  ],
  [
    ['4 people 2 cups so 26 people is 24 cups', 'I think it is 24 cups because 26 is 22 more than 4.'],
    'I see how you got there: 22 more people, 22 more cups. Let us test the idea. How much would you need for 8 people, if two families of 4 each make the recipe once?',
    ['4 cups', '4 cups, two times the recipe.'],
    'And what would your rule "as many more cups as more people" give for 8 people?',
    ['6. oh thats not the same', 'It gives 6, so something is wrong with the rule.'],
    'Well noticed. What happened to the flour when the people doubled?',
    ['it doubled too', 'It doubled as well.'],
    'Use that. Fill in the rows for 8, 12 and 24 people, and look at what connects the two columns.',
    ['4, 6 and 12. the flour is always half!', '8 and 4, 12 and 6, 24 and 12. It is half of the people.'],
    'You found the rule that stays the same in every row. How does it help with 26?',
    ['13 cups', 'Half of 26 is 13.'],
    'Explain to somebody who added 22 why this table multiplies. One or two sentences are enough.',
  ],
];

export const PERCENT_CHATS: readonly ChatScript[] = [
  [
    [
      'is 30% off and then 20% off the same as 50% off',
      'The ad says 30 % off plus another 20 % off. Is that 50 %?',
    ],
    'What is your guess, and what makes you think so?',
    ['yes because 30+20=50', 'I think yes because you can add them.'],
    'That is what the shop hopes. Choose a price that makes percent easy and go through it step by step. Which price would you take?',
    ['100 dollars', '$100'],
    'Good choice. What is left after the first discount?',
    ['70', '$70'],
    'Now comes the second discount. 20 % of which amount?',
    ['of the 70? so 14', 'Of the $70, because that is the price now.'],
    'Say more about that: why of this amount and not of the first price?',
  ],
];

export const TWO_STEP_CHATS: readonly ChatScript[] = [
  [
    [
      'student b solved 3x + 7 = 22 and got x = 22/3 but i dont see whats wrong',
      'I chose Student B. They wrote 3x + 7 = 22, then 3x = 22, then x = 22/3.',
    ],
    'A good detective needs a test. How could you find out whether x = 22/3 is right without solving the equation yourself?',
    ['put it in', 'Put it back into the equation.'],
    'Do that. What comes out on the left side?',
    ['3 times 22/3 is 22 and plus 7 is 29', 'It gives 29, but it should be 22.'],
    'So the number does not fit, and you know by how much. What do you notice about that difference?',
    ['its 7 too much', 'It is exactly 7, the number from the equation.'],
    'Interesting. Compare the first two lines of Student B with that in mind: what happened to each side?',
    [
      'they took away 7 on the left but not on the right!',
      'On the left the 7 is gone, but the right side is still 22.',
    ],
    'You found the exact line. Now the harder part: how can your note help Student B to see it without telling them?',
    ['i could tell them to try it', 'I could ask them to check their answer like I did.'],
    'That is what convinced you, so it may convince them. Which picture or question would show why both sides have to change?',
    ['like a scale', 'The picture of a scale with weights on both sides.'],
    'Good. Write the note, and read it as if you had made the mistake: would you feel helped?',
  ],
  [
    ['whats the answer to 4x - 5 = 19', 'Can you just tell me what x is in 4x - 5 = 19?'],
    'I am here to coach, so the answer will be yours. What does the equation say in words?',
    ['4 times a number minus 5 is 19', 'Four times something, then minus five, makes nineteen.'],
    'Nicely said. Think backwards: what was done to the number last?',
    ['minus 5', 'The minus 5.'],
    'So what would undo that, and what do you get on both sides?',
    ['plus 5. then 4x = 24', 'Add 5 to both sides. 4x = 24.'],
    'The equation stays balanced because you did it on both sides. And the step before?',
    ['divide by 4 so x = 6', 'Divide both sides by 4, x = 6.'],
    'Check it the way a detective would.',
    ['4 times 6 is 24 minus 5 is 19 yes', '24 - 5 = 19. It works.'],
    'Now look at Student A, who solved the same equation and got x = 3.5. What might they have done with the 5?',
    ['they subtracted it again', 'They probably subtracted 5 instead of adding it: 14 divided by 4 is 3.5.'],
    'That fits exactly. How could they have noticed by themselves? Put that into your note.',
  ],
];
