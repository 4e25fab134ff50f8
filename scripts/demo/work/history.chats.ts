import type { ChatScript } from '../demo.types';

export const MILL_CHATS: readonly ChatScript[] = [
  [
    ['Hello! Can I interview someone about the mills?', 'hi, i need a witness for history class'],
    'Welcome. You may talk with Abigail, 19, who works in a textile mill in Lowell in 1845; with Johann, 34, a homesteader in Nebraska in 1874; with Samuel, 41, a Pullman porter in Chicago in 1926; or with Dolores, 27, a welder in Richmond, California, in 1943. Whom would you like to meet?',
    ['Abigail please', 'Abigail, 1845'],
    'Good evening, then. You must forgive the lint on my sleeves; the bell has only just let us go. I am Abigail, from a farm in New Hampshire, and I have tended two looms here for a year and a half. What would you know?',
    ['How does a normal day start for you?', 'What do you do in the morning before work?'],
    'The bell wakes us at half past four, and by five we are at our looms, winter and summer. We work until seven, then there is a bell for breakfast, thirty-five minutes to run to the boarding house, eat, and run back. We are six in a room there, two to a bed. I have learned to button my boots on the stairs.',
    ['Why did you leave the farm if it is so hard?', 'Do you regret that you left your family’s farm?'],
    'Because on the farm I worked as long and had no dollar of my own. Here I earn nearly two dollars a week after my board is paid, and I send half of it to keep my brother at school. There is a library, and lectures on Sundays. Regret? When the windows are nailed shut in August to keep the thread damp, yes. On pay day, no.',
    [
      'You said the windows are nailed shut. What does that do to the workers?',
      'What happens to the people when the windows are closed all day?',
    ],
    'You listen well. The air is thick with cotton and lamp smoke, and many of us cough by spring. Sarah, who stood beside me, went home in March and did not come back. The overseer says it is her constitution. We have put our names to a petition for ten hours, more than two thousand of us. I do not know whether those gentlemen in Boston will read it.',
    ['end interview', 'Thank you. End interview.'],
    'I leave the role now. Two things you can check: the hours (timetables of the Lowell mills have survived) and the petition for a ten-hour day (the records of the Massachusetts legislature). Abigail could not know whether it would succeed. Whose voice is missing from this interview? And remember: I am a simulation, and a simulation is no source.',
  ],
  [
    ['I want to talk to Johann', 'Can I talk to the farmer from Nebraska?'],
    'Come in, and mind the bucket. I am Johann. The house is sod, so the dust is free of charge. We have the claim since two years, my wife and I and three children. What do you want to hear?',
    ['What was it like?', 'Tell me everything.'],
    'Dry, mostly. Wheat stood well until July. What do you want to know about: the land, the summer, the people?',
    ['What happened in July?', 'Tell me about the summer. What did the locusts do?'],
    'At noon it went dark, and we thought of hail. Then it came down and moved. In two days the wheat was gone, the corn down to the stalk, and they ate the curtains and the handle of my fork, for the salt of the hand. The train to Omaha stood still because the wheels slipped on them.',
    ['How did you survive after that?', 'What did you eat in the winter?'],
    'From the neighbor who had turnips under the ground, and from the army, which gave out coats and flour in the winter. My wife did not want to take it. I took it. Some went back east; their houses stand open. Five years I must live on the claim, then it is ours. Three are left.',
    ['Who lived there before you?', 'Was the land empty when you came?'],
    'That is what the paper said, empty. My boy finds arrow points when he plows. I do not speak about it much. You ask what others here do not ask.',
  ],
];

export const HOME_FRONT_CHATS: readonly ChatScript[] = [
  [
    ['Dolores please', 'I would like to interview Dolores.'],
    'You have ten minutes, my shift starts at four. I am Dolores. I weld in Yard Two here in Richmond, flat and vertical, and overhead when they are short of people. Ask.',
    ['How did you become a welder?', 'What did you do before the war, and how did you come here?'],
    'I ironed shirts in a laundry in Los Angeles for forty cents an hour. Then I saw a sign: learn to weld, ten days, paid. I earn a dollar twenty now, the same as the man beside me. My mother thinks that I will ruin my eyes. I think I have bought my own bicycle.',
    [
      'Do the men treat you as equal if you get the same pay?',
      'You said you get the same as the man beside you. Is everything the same?',
    ],
    'That is a good question. The pay for the same weld, yes. But look who carries the clipboard: I have seen three leadermen made this year, and none wore a hair net. Some of the old hands would not speak to us at first. And Viola, who welds better than I do, was made to wait for weeks, because the union puts Black workers into an auxiliary of its own.',
    ['How did Viola react to that?', 'What did people do about the union and Viola?'],
    'She paid the dues under protest and said so out loud, and there are men who have gone to court over it, I hear. I signed a letter. I am not sure that it was brave; everybody on my crew signed. How it ends I cannot tell you.',
    ['Where do you live?', 'Is it hard to find a place to live with so many workers coming?'],
    'I rent half a bed. The girl from the night shift gets out when I get in, the sheets never go cold. There are children whose school runs in two halves, morning and afternoon, for lack of rooms. The town had twenty thousand before the war. Now they say it is ninety.',
    ['What will you do after the war?', 'Do you think you will keep your job when the men come back?'],
    'They tell us in the newsreel how glad we will be to get back to our kitchens. I never had a kitchen. I would like to keep on welding, bridges perhaps. But I can read a newsreel.',
    ['end interview', 'End interview'],
    'I leave the role. You can check the population of Richmond in census figures and the union’s auxiliary lodges in court records of 1944. Dolores could not know how that case would end. Whose view have you not heard: a leaderman, a child of the half-day school, Viola herself? I am a simulation, and a simulation is no source.',
  ],
  [
    ['Can I talk to Samuel?', 'I choose Samuel, the Pullman porter.'],
    'Good afternoon. Samuel is what my mother named me, though on the train they call every one of us George. I have eleven years on the Chicago to Oakland run. Please, sit down.',
    ['Why do they call you George?', 'Why George? How does that feel?'],
    'After Mr. George Pullman, as if we belonged to the company the way a boy belonged to a master. How does it feel? I answer, because the tip depends on it. At home nobody calls me anything but Samuel. You may write that down.',
    ['How much do you earn?', 'You mention tips. How much money do you make?'],
    'Seventy-two dollars and fifty cents a month before I pay for my uniform, my meals and the polish for the passengers’ shoes. For that I owe the company near four hundred hours. Without the tips my children would not eat. That is why the company likes tips: they cost it nothing.',
    [
      'Are the porters doing anything against that?',
      'Four hundred hours sounds like a lot. Does anyone fight against it?',
    ],
    'There has been a Brotherhood since last summer, Mr. Randolph speaks for it. I have the card. I do not carry it on the train; there are men who report to the company. Some preachers tell us that Pullman is the best friend the race has. My wife goes to the meetings for both of us.',
    ['What does your wife do there?', 'Tell me more about your wife and the meetings.'],
    'You follow up well. The wives raise the money: suppers, raffles, a dance at the hall. Nobody can dismiss her from a job that she does not have with them. She says that a union of railroad men would be nothing without those who keep its books.',
    ['end interview', 'Thank you Samuel. End interview.'],
    'I leave the role. You can check wages and hours in the union’s newspaper, the Messenger, and in the company’s own figures, and compare the two. Samuel could not know that the contract would take until 1937. Whose voice is missing? And do not forget that this was a simulation.',
  ],
];
