import type { z } from 'zod';
import { type Call, type Reply, reply } from '../../../http/route';
import type { ChangeEmailBody, ForgotPasswordBody, ResetPasswordBody, TokenBody } from '../auth.schemas';
import type { PasswordResets } from '../passwords/auth.password-resets';
import type { EmailsService } from './auth.emails.service';

type WithBody<S extends z.ZodType> = Call<unknown, unknown, z.output<S>>;

/** What is done with the links of mails. */
export class LinksController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly emails: EmailsService,
  ) {}

  forgotPassword = async ({ body, client }: WithBody<typeof ForgotPasswordBody>): Promise<Reply> => {
    await this.resets.request(body.email, client.ip);
    return reply.promised();
  };

  resetPassword = async ({ body, client }: WithBody<typeof ResetPasswordBody>): Promise<Reply> => {
    await this.resets.reset(body.token, body.newPassword, client.ip);
    return reply.noContent();
  };

  requestVerification = async ({ principal }: Call): Promise<Reply> => {
    await this.emails.requestVerification(principal);
    return reply.promised();
  };

  verifyEmail = async ({ body, client }: WithBody<typeof TokenBody>): Promise<Reply> => {
    await this.emails.verify(body.token, client.ip);
    return reply.noContent();
  };

  requestEmailChange = async ({ principal, body }: WithBody<typeof ChangeEmailBody>): Promise<Reply> => {
    await this.emails.requestChange(principal, body.email);
    return reply.promised();
  };

  confirmEmailChange = async ({ body, client }: WithBody<typeof TokenBody>): Promise<Reply> => {
    await this.emails.confirmChange(body.token, client.ip);
    return reply.noContent();
  };
}
