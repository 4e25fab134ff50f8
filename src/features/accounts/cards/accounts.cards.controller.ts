import type { z } from 'zod';
import { type Call, type Reply, reply } from '../../../http/route';
import type { IdParams } from '../../../http/schemas';
import type { PrintCardsBody } from './accounts.cards.schemas';
import type { LoginCardSheets } from './accounts.cards.service';

export const PDF = 'application/pdf';

export class LoginCardsController {
  constructor(private readonly sheets: LoginCardSheets) {}

  print = async ({
    principal,
    params,
    body,
    res,
  }: Call<z.output<typeof IdParams>, unknown, z.output<typeof PrintCardsBody>>): Promise<Reply> => {
    const file = await this.sheets.print(principal, params.id, body);
    res
      .status(200)
      .set({ 'Cache-Control': 'no-store', 'Content-Disposition': 'attachment; filename="sign-in-cards.pdf"' })
      .type(PDF)
      .send(file);
    return reply.handled();
  };
}
