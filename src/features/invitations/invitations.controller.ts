import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import type { AcceptanceService } from './invitations.acceptance.service';
import { presentAccepted, presentInvitation, presentOutcomes, presentPreview } from './invitations.presenter';
import type {
  AcceptBody,
  ClassInvitationsQuery,
  GroupInvitationsQuery,
  InviteToClassBody,
  InviteToGroupBody,
  PreviewBody,
} from './invitations.schemas';
import type { InvitationsService } from './invitations.service';
import type { Invitation, InviteOutcome } from './invitations.types';

type Id = { id: string };
type WithBody<S extends z.ZodType> = Call<unknown, unknown, z.output<S>>;

export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: AcceptanceService,
  ) {}

  listOfGroup = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof GroupInvitationsQuery>>): Promise<Reply> => {
    const page = await this.invitations.listOfGroup(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (found) => this.present(principal, found)));
  };

  listOfClass = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ClassInvitationsQuery>>): Promise<Reply> => {
    const page = await this.invitations.listOfClass(principal, params.id, listQueryOf(query));
    return reply.page(mapPage(page, (found) => this.present(principal, found)));
  };

  inviteToGroup = async ({
    principal,
    params,
    body,
  }: Call<Id, unknown, z.output<typeof InviteToGroupBody>>): Promise<Reply> =>
    this.outcomes(principal, await this.invitations.inviteToGroup(principal, params.id, body));

  inviteToClass = async ({
    principal,
    params,
    body,
  }: Call<Id, unknown, z.output<typeof InviteToClassBody>>): Promise<Reply> =>
    this.outcomes(principal, await this.invitations.inviteToClass(principal, params.id, body));

  revoke = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    await this.invitations.revoke(principal, params.id);
    return reply.noContent();
  };

  resend = async ({ principal, params }: Call<Id>): Promise<Reply> =>
    reply.ok(this.present(principal, await this.invitations.resend(principal, params.id)));

  preview = async ({ body, client }: WithBody<typeof PreviewBody>): Promise<Reply> => ({
    ...reply.ok(presentPreview(await this.acceptance.preview(body.token, client.ip))),
    headers: { 'Cache-Control': 'no-store' },
  });

  accept = async ({ optionalPrincipal, body, client }: WithBody<typeof AcceptBody>): Promise<Reply> =>
    reply.ok(presentAccepted(await this.acceptance.accept(optionalPrincipal, body, client.ip)));

  private present(principal: Principal, invitation: Invitation) {
    return presentInvitation(invitation, this.invitations.canResend(principal, invitation));
  }

  private outcomes(principal: Principal, found: readonly InviteOutcome[]): Reply {
    return reply.ok(presentOutcomes(found, (each) => this.invitations.canResend(principal, each)));
  }
}
