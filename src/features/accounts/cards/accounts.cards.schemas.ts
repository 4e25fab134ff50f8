import { z } from 'zod';
import { id } from '../../../http/schemas';
import { MAX_CARDS } from './accounts.cards.service';

export const PrintCardsBody = z.strictObject({
  userIds: z
    .array(id())
    .min(1)
    .max(MAX_CARDS)
    .overwrite((ids) => [...new Set(ids)])
    .optional()
    .describe('Students of the class. If you leave it out, all for whom you may make a card.'),
  days: z.int().min(1).max(60).default(14).describe('The days until the cards expire.'),
});
