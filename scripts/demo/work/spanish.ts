import type { ChatScript, DemoAssignment } from '../demo.types';

const FOOD_CHATS: readonly ChatScript[] = [
  [
    ['hola', 'Hola Lucía!'],
    '¡Hola! Soy Lucía. ¿Estudias español uno o dos? ¿Y cuál es el tema de la semana?',
    ['uno. la comida', 'Español uno. El tema es la comida.'],
    '¡Qué rico! Vamos a usar: el desayuno, el almuerzo, la cena, las verduras, el pollo, el arroz, me gusta, prefiero. ¿Qué desayunas los sábados?',
    ['yo desayuno huevos y pan', 'Los sabados yo desayuno los huevos.'],
    'Mmm, huevos. Yo prefiero fruta con yogur. ¿Qué hay en tu almuerzo en la escuela?',
    ['en mi almuerzo hay pizza y el leche', 'Hay un sandwich y el leche.'],
    'Ah, comes algo rápido y bebes **la leche**. ¿Qué verduras hay en la cafetería, y cuáles prefieres tú?',
    ['hay zanahorias. yo no gusto verduras', 'Hay ensalada. Yo no gusto la ensalada.'],
    'Entiendo, a ti **no te gustan** las verduras. A mi hermano no le gusta el pollo. ¿Qué no le gusta a tu familia?',
    ['a mi mama no le gusta el pescado', 'A mi hermana no le gusta el arroz.'],
    '¡Muy claro! En mi casa cenamos tarde, a las nueve. ¿A qué hora es la cena en tu casa y qué comen?',
    ['la cena es a las seis. comemos pollo con arroz', 'A las siete. Comemos pasta y verduras.'],
    '¡Qué bien! Una última: tu amiga nunca come en la cafetería. ¿Qué le dices para invitarla?',
    ['vamos a almorzar! hay pollo', 'Quieres comer con nosotros? Hoy hay tacos.'],
    '¡Yo voy! Words you now use well: el desayuno, la cena, hay. To review: la leche, no me gusta. A great sentence of yours was the one about dinner: it had a time, a verb in the right form and two foods. Tonight, name everything on your plate in Spanish.',
  ],
  [
    ['buenos dias, tema la comida', 'Hola! Tenemos que practicar la comida.'],
    '¡Buenos días! Con gusto. Hoy eres el cocinero. ¿Qué cocinas para una fiesta con diez amigos?',
    ['yo cocino tacos y ensalada', 'Cocino pollo con papas para mis amigos.'],
    '¡Perfecto! ¿Qué compras en el mercado para eso?',
    ['yo compro tomates lechuga y la carne', 'Compro pollo, papas, cebolla y limones.'],
    'Buena lista. Un amigo es vegetariano. ¿Qué preparas para él?',
    ['para el yo preparo tacos con verduras', 'Yo preparo arroz con frijoles.'],
    '¡Qué buena idea! En México dicen "frijoles", en Puerto Rico "habichuelas". ¿Y qué beben ustedes?',
    ['bebemos jugo y agua', 'Nosotros bebemos limonada.'],
    '¡Salud! ¿Qué le gusta más a la gente, y qué no le gusta?',
    ['a mis amigos les gustan los tacos', 'Les gusta el pollo pero no les gusta la cebolla.'],
    'Words you use well now: cocino, compro, les gusta. To review: the little words a and para. My favorite sentence is the one for your vegetarian friend. At the store, say five things on the shelf in Spanish.',
  ],
];

const WEEKEND_CHATS: readonly ChatScript[] = [
  [
    [
      'hola, español dos, el fin de semana pasado',
      'Hola! Español 2. Tenemos que hablar del fin de semana en el pretérito.',
    ],
    '¡Hola! Cuéntame: ¿qué hiciste el sábado por la mañana?',
    ['yo jugué al fútbol con mis amigos', 'El sábado yo fui al supermercado con mi papá.'],
    '¡Qué activo! ¿Y cómo estuvo? ¿Quién ganó, o qué compraron?',
    ['ganamos nosotros tres a dos!', 'Compramos fruta y yo compré un helado.'],
    '¡Felicidades! Yo vi una película muy rara. ¿Qué pasó después, por la tarde?',
    ['yo ir a la casa de mi primo y comimos pizza', 'Yo hago la tarea y despues dormí.'],
    '¿Ah sí? Entonces por la tarde **fuiste** o **hiciste** algo tranquilo. ¿Qué fue lo más divertido del fin de semana?',
    ['lo más divertido fue cuando mi perro comió la pizza', 'Lo más divertido fue el partido.'],
    '¡Ja, ja! ¿Qué dijo tu familia?',
    ['mi mamá dijo "ay no"', 'Mi papá dijo que fue muy bueno.'],
    'Words you use well now: jugué, fui, comió. To review: hice and fui, which are irregular. I loved the sentence about the most fun moment: it tells a little story. Tomorrow tell somebody one thing you did today, in one sentence.',
  ],
];

const FAMILY_CHATS: readonly ChatScript[] = [
  [
    ['hola lucia, la familia', 'Hola! El tema es la familia, español 2.'],
    '¡Hola! ¿A quién de tu familia te pareces más, y en qué?',
    ['me parezco a mi abuela porque hablamos mucho', 'Yo me parezco a mi hermano. Tenemos el mismo pelo.'],
    '¡Qué lindo! ¿Qué hacían ustedes juntos cuando eras pequeño o pequeña?',
    ['nosotros cocinabamos y ella me contaba cuentos', 'Cuando era pequeño jugábamos en el parque.'],
    'Me encanta. ¿Y una vez que hicieron algo especial?',
    ['una vez fuimos a la playa y llovió todo el día', 'Una vez fuimos a un partido.'],
    '¡Ay! ¿Qué hicieron entonces?',
  ],
];

export const SPANISH: readonly DemoAssignment[] = [
  {
    key: 'comida',
    class: 'spanish8',
    tool: 'spanishPractice',
    title: 'Charla: la comida',
    instructions:
      'Talk with Lucía about food for ten minutes. Then write four sentences in Spanish about the meals of one day in your family, without looking at the chat.',
    state: 'published',
    opensAt: { day: -6, at: '08:00' },
    dueAt: { day: -1, at: '20:00' },
    points: 10,
    work: {
      progress: { started: 0.9, submitted: 0.85, graded: 0.35, returned: 0, late: 0.1 },
      chats: FOOD_CHATS,
      answer: [
        [
          'Por la mañana yo desayuno cereal con leche.',
          'Los domingos mi familia desayuna huevos.',
          'A las siete desayuno pan con fruta.',
        ],
        [
          'En la escuela como pizza y bebo agua.',
          'Para el almuerzo hay sopa y ensalada.',
          'Yo almuerzo con mis amigos a las doce.',
        ],
        [
          'Mi mamá cocina pollo con arroz para la cena.',
          'La cena es a las seis y media.',
          'Mi abuelo cocina frijoles y tortillas.',
        ],
        [
          'No me gustan las cebollas, pero me gusta el postre.',
          'Prefiero el arroz a las papas.',
          'A mi hermano le gustan las fresas.',
        ],
      ],
      feedback: {
        strong: [
          '¡Excelente! Gustar is right in every person. Add a time of day to each sentence next time.',
        ],
        solid: ['Muy bien. Look at the verb in the second sentence: who is eating?'],
        developing: [
          'Good words. Write whole sentences: who, what, when? Talk with Lucía once more about la cena.',
        ],
      },
    },
  },
  {
    key: 'ciudad',
    class: 'spanish8',
    tool: 'spanishPractice',
    title: 'Charla: en la ciudad',
    instructions:
      'Learn the words on page 62 first. Then ask Lucía for the way to the museum, the market and the beach.',
    state: 'published',
    opensAt: { day: 2, at: '08:00' },
    dueAt: { day: 7, at: '20:00' },
    points: 10,
  },
  {
    key: 'finDeSemana',
    class: 'spanish10',
    tool: 'spanishPractice',
    title: 'Charla: el fin de semana pasado',
    instructions:
      'Tell Lucía what you did last weekend. Use at least six verbs in the preterite. Afterwards write your weekend as a short text of four sentences.',
    state: 'closed',
    opensAt: { day: -16, at: '08:00' },
    dueAt: { day: -9, at: '20:00' },
    closesAt: { day: -7, at: '20:00' },
    points: 15,
    work: {
      progress: { started: 0.95, submitted: 0.95, graded: 1, returned: 1, late: 0.1 },
      chats: WEEKEND_CHATS,
      answer: [
        [
          'El sábado fui al lago con mi familia.',
          'El sábado por la mañana jugué al baloncesto.',
          'El viernes vi una película con mi primo.',
        ],
        [
          'Nadamos mucho y comimos sándwiches.',
          'Después hice la tarea y hablé con mis abuelos.',
          'Ganamos el partido y celebramos con pizza.',
        ],
        [
          'El domingo llovió, pero salimos en bicicleta.',
          'El domingo dormí hasta las once.',
          'El domingo ayudé a mi mamá en el jardín.',
        ],
        [
          'Fue un fin de semana muy divertido.',
          'Lo mejor fue el helado.',
          'No hice nada el domingo por la noche.',
        ],
      ],
      feedback: {
        strong: [
          '¡Fantástico! Regular and irregular verbs are both in place, and it reads like a story.',
          '¡Bravo! Try to add "mientras" next time, so that two things happen at once.',
        ],
        solid: [
          'Muy bien. "Hacer" is irregular: yo hice, él hizo. The rest is right.',
          'Good text. Say who did it: fui or fuimos?',
        ],
        developing: ['You tell it in the present. Take your first two sentences and move them to yesterday.'],
      },
    },
  },
  {
    key: 'familia',
    class: 'spanish10',
    tool: 'spanishPractice',
    title: 'Charla: la familia y los recuerdos',
    instructions:
      'What did you use to do, and what did you do once? Bring a photo of your family and tell Lucía about it.',
    state: 'published',
    opensAt: { day: -3, at: '08:00' },
    dueAt: { day: 2, at: '20:00' },
    points: 15,
    work: {
      progress: { started: 0.5, submitted: 0.3, graded: 0, returned: 0 },
      chats: FAMILY_CHATS,
      answer: [
        [
          'Cuando era pequeña, visitábamos a mis abuelos cada verano.',
          'De niño yo jugaba siempre con mis primos.',
        ],
        ['Una vez perdimos el autobús y caminamos dos horas.', 'Una vez mi tío cocinó para veinte personas.'],
      ],
      feedback: { strong: [], solid: [], developing: [] },
    },
  },
];
