import type { DemoStaff } from './demo.types';

/** Of no district: runs the installation. */
export const PLATFORM_ADMIN = {
  name: 'Robin Castellano',
  email: 'robin.castellano@maplewood.example',
} as const;

const person = (key: string, name: string, title: string, ...roles: DemoStaff['roles']): DemoStaff => ({
  key,
  name,
  title,
  email: `${name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replaceAll("'", '')
    .replaceAll(' ', '.')}@maplewood.example`,
  roles,
});

/** The grown-ups who work in the district. */
export const STAFF: readonly DemoStaff[] = [
  person('superintendent', 'Helen Achterberg', 'district admin', { group: 'district', role: 'admin' }),
  person('curriculum', 'Marcus Thibodeaux', 'curriculum coordinator', { group: 'district', role: 'staff' }),
  person('technology', 'Ines Kowalczyk', 'technology coordinator', { group: 'district', role: 'staff' }),
  person('principalMiddle', 'Gloria Esteban', 'principal, Maplewood Middle School', {
    group: 'middle',
    role: 'admin',
  }),
  person('principalHigh', 'Terrence Holloway', 'principal, Lakeview High School', {
    group: 'high',
    role: 'admin',
  }),
  person('counselor', 'Yusra Haddad', 'school counselor', { group: 'high', role: 'staff' }),
  person('librarian', 'Petra Lindgren', 'librarian', { group: 'middle', role: 'staff' }),

  person('okafor', 'Adaeze Okafor', 'teacher of mathematics', { group: 'middleStem', role: 'teacher' }),
  person('nakamura', 'Kenji Nakamura', 'teacher of mathematics and science, lead teacher', {
    group: 'middle',
    role: 'teacher',
  }),
  person('delacroix', 'Simone Delacroix', 'teacher of English language arts', {
    group: 'middleHumanities',
    role: 'teacher',
  }),
  person('vance', 'Patrick Vance', 'teacher of history', { group: 'middleHumanities', role: 'teacher' }),
  person(
    'quintero',
    'Marisol Quintero',
    'teacher of Spanish',
    { group: 'highLanguages', role: 'teacher' },
    {
      group: 'middleHumanities',
      role: 'teacher',
    },
  ),
  person('sorensen', 'Astrid Sorensen', 'teacher of mathematics', { group: 'highMath', role: 'teacher' }),
  person('lindqvist', 'Tobias Lindqvist', 'teacher of computer science', {
    group: 'highMath',
    role: 'teacher',
  }),
  person('raman', 'Priya Raman', 'teacher of biology', { group: 'highScience', role: 'teacher' }),
  person('whitfield', 'Jerome Whitfield', 'teacher of English', { group: 'highHumanities', role: 'teacher' }),
  person('brennan', 'Fiona Brennan', 'teacher of history', { group: 'highHumanities', role: 'teacher' }),

  person('assistant', 'Caleb Osei', 'teaching assistant', { group: 'high', role: 'staff' }),
];

/** Guardians, each with the student that they may look after (counted as in `STUDENTS`). */
export const GUARDIANS: readonly { key: string; name: string; email: string; school: 'middle' | 'high' }[] = [
  {
    key: 'guardianMiddle',
    name: 'Naomi Fairbanks',
    email: 'naomi.fairbanks@maplewood.example',
    school: 'middle',
  },
  {
    key: 'guardianHigh',
    name: 'Dmitri Volkonen',
    email: 'dmitri.volkonen@maplewood.example',
    school: 'high',
  },
];
