import { defineRoute, type Route, signedIn } from '../../../http/route';
import { IdParams } from '../../../http/schemas';
import { type LoginCardsController, PDF } from './accounts.cards.controller';
import { PrintCardsBody } from './accounts.cards.schemas';

export const loginCardsRoutes = (cards: LoginCardsController): Route[] => [
  defineRoute({
    method: 'post',
    path: '/classes/:id/login-cards',
    summary: 'Create sign-in cards for a class',
    description:
      'A PDF file with a card for each student: name, district code, username, and a QR code that signs the student in once (`POST /auth/login-card`). A new card ends the old one. Teachers and assistants can make cards for students without an e-mail; admins for all students that they manage. Students who sign in at an identity provider get none.',
    access: signedIn('class.print_login_cards'),
    recentPassword: true,
    params: IdParams,
    body: PrintCardsBody,
    success: { status: 200, description: 'The cards.', formats: [PDF] },
    errors: {
      'auth.person_required': 'An API token cannot make cards.',
      'class.not_found': 'There is no such class, or you may not see it.',
      'member.not_found': 'A user is not an active student of the class.',
      'class.no_login_cards': 'The class has no student for whom you may make a card.',
      'class.too_many_login_cards': 'Send the `userIds` of at most 60 students.',
    },
    example: { days: 14 },
    handler: cards.print,
  }),
];
