import type { DemoStudent } from './demo.schemas';
import { Random } from './random';

const GIVEN_NAMES =
  `Aaliyah Abel Adrian Aiden Aisha Alejandro Amara Amelia Amir Ana Andre Anika Anton Aria Asher Ava
Bea Benjamin Bianca Brandon Camila Carlos Carmen Cedric Chloe Clara Connor Dalia Damian Daniel Daria David Delia
Desmond Diego Dina Elena Eli Elias Elise Emeka Emi Emma Enrique Esther Ethan Ezra Farah Felix Finn Gabriel Gianna
Grace Hana Hannah Harper Hassan Hazel Henry Hugo Ibrahim Imani Iris Isaac Isabel Ivan Jada Jamal Jasmine Javier Jonah
Josephine Juan Julia Kai Kamila Keisha Khalid Kiara Lamar Layla Leila Leo Lila Lina Logan Luca Lucia Luis Mai Malik
Marco Margot Mateo Maya Mei Mia Micah Miguel Mila Mohamed Nadia Naomi Nathan Nia Nico Nina Noah Noor Nora Olga Olivia
Omar Oscar Owen Paloma Pedro Quinn Rafael Rania Rohan Rosa Ruby Ruth Samir Sana Sara Sebastian Selma Simon Sofia Sunil
Tamika Tara Tessa Theo Thomas Tomas Uma Valeria Victor Vincent Wesley Willow Xavier Yara Yuki Zara Zoe`.split(
    /\s+/,
  );

const FAMILY_NAMES =
  `Abara Abdi Acosta Adeyemi Aguilar Alvarado Anders Antonov Appiah Arroyo Ashworth Asante Bakshi
Ballard Banerjee Barros Bautista Beaumont Benitez Bergstrom Bhatt Boateng Bouchard Boyle Brandt Calderon Cao Cardoso
Castaneda Chambers Chaudhry Cheung Choi Cisneros Coleman Contreras Cordero Cosgrove Dang Davenport Delgado Desai
Dimitrov Dominguez Doyle Driscoll Duong Eklund Engel Escobar Espinoza Farouk Ferreira Fitzgerald Fontaine Fraser
Fuentes Galindo Ganesan Garrison Gebre Ghosh Gilmore Grady Gunnarson Gupta Haile Hammond Hanlon Hassan Herrera
Hidalgo Hoang Huynh Ibarra Iqbal Ivanov Jacobsen Jaramillo Jensen Kamara Kaplan Karimi Kaur Keating Kebede Khoury
Kimura Kovacs Krishnan Lacroix Lam Langford Larsen Leclair Lindahl Lockwood Lozano Mahmoud Maldonado Marchetti Mbeki
McAllister Medina Mehta Mendez Mensah Mercado Meyer Moreau Moreno Murphy Musa Nasser Ngo Nowak Ochoa Okonkwo Olsen
Orozco Osman Ortega Pacheco Paredes Park Pham Pierce Popov Quigley Rahman Ramsey Reddy Renner Rojas Romero Rosales
Rossi Sadler Saleh Sandoval Santoro Serrano Shah Sharma Siddiqui Silva Singh Solis Song Sorrell Sousa Stein Suarez
Sutton Tadesse Takeda Tanaka Tavares Tran Trevino Tucker Ueda Valdez Vasquez Velasco Vo Wallace Warsame Weiss Whelan
Xiong Yamada Yilmaz Yoon Zapata Zhou Zimmer`.split(/\s+/);

const SEED = 20_240_902;

/** How many students each grade has: 200 in total. */
const GRADES: readonly { grade: number; school: DemoStudent['school']; students: number }[] = [
  { grade: 6, school: 'middle', students: 28 },
  { grade: 7, school: 'middle', students: 27 },
  { grade: 8, school: 'middle', students: 29 },
  { grade: 9, school: 'high', students: 32 },
  { grade: 10, school: 'high', students: 31 },
  { grade: 11, school: 'high', students: 30 },
  { grade: 12, school: 'high', students: 23 },
];

/** All students, each name once. The names are invented; any likeness is chance. */
function makeStudents(): DemoStudent[] {
  const random = new Random(SEED);
  const families = random.shuffle(FAMILY_NAMES);
  // There are more students than family names: the others share a family name and have another given name.
  const names = [
    ...random.shuffle(GIVEN_NAMES).map((given, index) => `${given} ${families[index % families.length]}`),
    ...random
      .shuffle(GIVEN_NAMES)
      .map((given, index) => `${given} ${families[(index * 7 + 3) % families.length]}`),
  ];
  const unique = [...new Set(names)];
  return GRADES.flatMap(({ grade, school, students }, index) => {
    const before = GRADES.slice(0, index).reduce((sum, each) => sum + each.students, 0);
    return unique
      .slice(before, before + students)
      .map((name) => ({ name, grade, school, email: emailOf(name) }));
  });
}

function emailOf(name: string): string {
  return `${name.toLowerCase().replaceAll(' ', '.')}@maplewood.example`;
}

export const STUDENTS: readonly DemoStudent[] = makeStudents();
