import type { RunScript } from '../demo.types';

export const PLANT_RUNS: readonly RunScript[] = [
  {
    input: {
      grade: 7,
      question: 'Do bean plants grow better in the light?',
      hypothesis: 'I think the plant at the window will grow more because plants need light.',
      method:
        'I took two pots with beans. One stood at the window and one in the closet. I watered them and measured every two days for two weeks.',
      results:
        'Window: day 4: 2 cm, day 8: 6 cm, day 14: 11 cm. Closet: day 4: 3 cm, day 8: 10 cm, day 14: 17 cm. The closet plant was yellow and fell over.',
      conclusion: 'My hypothesis was wrong because the closet plant grew more. Maybe there was human error.',
    },
    output: {
      strengths: [
        'You report honestly that "the closet plant grew more" although you expected the opposite.',
        'Your results give heights with units for three days, so a reader can draw the graph.',
        '"The closet plant was yellow and fell over" is a careful observation beyond the numbers.',
      ],
      improvements: [
        {
          section: 'conclusion',
          question:
            'Your question says "better". Is taller the same as better for a plant? Which of your observations helps to decide?',
        },
        {
          section: 'method',
          question:
            'How much water did each pot get, and how often? Could somebody repeat it from your text?',
        },
        {
          section: 'hypothesis',
          question:
            'What do plants use light for? Which of your two plants could do that, and where did the other one get its material from?',
        },
        {
          section: 'conclusion',
          question:
            'What else was different in the closet besides the light, and which way could that have changed the height?',
        },
      ],
      reasoning_check: { claim: 'partly', evidence: 'partly', reasoning: 'missing' },
      next_step:
        'Make a table with one column for height and one for color and firmness. Then write your conclusion again so that it uses both columns.',
    },
  },
  {
    input: {
      grade: 7,
      question: 'How does the amount of light change how bean plants grow in two weeks?',
      hypothesis: 'With less light the plant is shorter, because it makes less sugar by photosynthesis.',
      method:
        'Three pots with two beans each: window, shelf, box with lid. 30 ml water every second day for all. Same soil. Height and number of leaves measured on days 4, 8, 14.',
      results:
        'Day 14: window 12 cm, 8 green leaves. Shelf 14 cm, 6 leaves. Box 18 cm, 2 small yellow leaves. One bean on the shelf did not sprout.',
      conclusion:
        'Without light the plant gets long but has hardly any leaves. It looks for light. My hypothesis about height is not supported.',
    },
    output: {
      strengths: [
        'Your method says "30 ml water every second day for all": amount, rhythm and what was kept the same.',
        'You mention that "one bean on the shelf did not sprout" instead of hiding it.',
      ],
      improvements: [
        {
          section: 'conclusion',
          question:
            'You write that the plant "looks for light". What happens in the stem, in words of science, and where does the material come from?',
        },
        {
          section: 'results',
          question:
            'With one bean fewer on the shelf: how sure can you be of the 14 cm? What would you write about it?',
        },
        {
          section: 'conclusion',
          question: 'Which two numbers of your table show best that long is not the same as well grown?',
        },
      ],
      reasoning_check: { claim: 'clear', evidence: 'partly', reasoning: 'partly' },
      next_step:
        'Rewrite the conclusion in three sentences: one claim, one with two numbers, one that begins with "because".',
    },
  },
];

export const DENSITY_RUNS: readonly RunScript[] = [
  {
    input: {
      grade: 7,
      question: 'In which order do five liquids lie on top of each other?',
      hypothesis: 'The thickest liquid goes to the bottom because thick things are heavy.',
      method: 'We weighed 20 ml of each liquid. Then we poured them into a tall glass, slowly, over a spoon.',
      results:
        'Honey 28.2 g, syrup 26.4 g, dish soap 20.8 g, water 20.0 g, oil 18.4 g. In the glass from the bottom: honey, syrup, soap, water, oil.',
      conclusion:
        'The heaviest was at the bottom. Oil is thick but it floats so my hypothesis was only partly right.',
    },
    output: {
      strengths: [
        'You weighed "20 ml of each liquid": the same volume makes the comparison fair.',
        'You use the oil to test your own idea: "oil is thick but it floats".',
      ],
      improvements: [
        {
          section: 'conclusion',
          question:
            '"The heaviest": would a drop of honey float on a bucket of water? Which word is better than heavy, and how do you calculate it from your numbers?',
        },
        {
          section: 'results',
          question:
            'What is the mass of one milliliter of each liquid? Where would these numbers stand best?',
        },
        {
          section: 'method',
          question: 'Did you weigh the cup as well? How did you make sure that no liquid stayed in it?',
        },
      ],
      reasoning_check: { claim: 'clear', evidence: 'partly', reasoning: 'missing' },
      next_step:
        'Add a column "grams per milliliter" to your table and use two of its numbers in the conclusion.',
    },
  },
];

export const ENZYME_RUNS: readonly RunScript[] = [
  {
    input: {
      grade: 9,
      question: 'How does temperature change the activity of catalase from potato?',
      hypothesis: 'Activity increases with temperature because molecules move faster.',
      method:
        'Potato pulp in test tubes was kept in water baths of 5, 20, 40 and 70 degrees. We added hydrogen peroxide and measured the foam. Three trials.',
      results:
        'Foam at 5 °C: 6 mm, 20 °C: 14 mm, 40 °C: 31 mm, 70 °C: 2 mm (means). The foam at 40 was highest because the enzyme was fast.',
      conclusion:
        'Temperature increases the activity until 40 degrees. At 70 it did not work, maybe because of human error or because the enzyme died.',
    },
    output: {
      strengths: [
        'Three trials and their means at four temperatures: your "31 mm" at 40 °C stands on firm ground.',
        'Your claim has a limit, "until 40 degrees", instead of saying that warmer is always faster.',
      ],
      improvements: [
        {
          section: 'conclusion',
          question:
            'An enzyme is a molecule and cannot die. What happens to its shape at 70 °C, and why does the substrate no longer fit?',
        },
        {
          section: 'method',
          question:
            'How much pulp and how much peroxide of which strength? How long was the pulp in the bath, and when did you read the foam?',
        },
        {
          section: 'results',
          question: 'The last sentence gives a reason. In which section do reasons belong?',
        },
        {
          section: 'conclusion',
          question:
            'Which single thing could have gone wrong in the 40 °C bath, and would it have made the foam higher or lower?',
        },
      ],
      reasoning_check: { claim: 'clear', evidence: 'partly', reasoning: 'partly' },
      next_step:
        'Replace "human error" by one concrete source and say in which direction it would have shifted which value.',
    },
  },
  {
    input: {
      grade: 10,
      question: 'At which temperature is catalase most active?',
      hypothesis:
        'The optimum is near 37 °C, because catalase from animals works in warm bodies, though a potato lives in cooler soil.',
      method:
        '2 g of potato pulp, five minutes in a bath of 5, 20, 40 or 70 °C, then 4 ml of 3 % hydrogen peroxide. Height of the foam after 60 s. Three trials each, fresh pulp each time.',
      results:
        'Means: 6, 14, 31 and 2 mm. Single values at 40 °C: 33, 32 and 28 mm. A tube of 70 °C pulp that was cooled to 20 °C gave 2 mm.',
      conclusion:
        'Of the four temperatures 40 °C was best. The optimum could lie anywhere between 20 and 70 °C. The enzyme was destroyed at 70 °C since cooling did not bring it back.',
    },
    output: {
      strengths: [
        '"A tube of 70 °C pulp that was cooled" is an extra control that rules out a simple explanation.',
        'You say how far your data reach: "anywhere between 20 and 70 °C".',
        'Your method has amounts, times and fresh pulp; it can be repeated as it stands.',
      ],
      improvements: [
        {
          section: 'conclusion',
          question:
            '"Destroyed" names the result. What exactly changes in the protein, and how does that stop the reaction?',
        },
        {
          section: 'results',
          question:
            'Your three values at 40 °C fall from 33 to 28 mm. Is that chance, or did something change from trial to trial?',
        },
        {
          section: 'hypothesis',
          question:
            'You mention cool soil. Does it support 37 °C or speak against it? What would you expect for a potato?',
        },
      ],
      reasoning_check: { claim: 'clear', evidence: 'clear', reasoning: 'partly' },
      next_step:
        'Plan three more temperatures that would narrow the optimum down, and say why you chose these.',
    },
  },
];
