import { z } from 'zod';
import { id, links, listQuery, moment, text, timestamp } from '../../http/schemas';
import { ACTOR_KINDS } from './audit.types';

/** Without page numbers: counting millions of events for each page would cost more than reading it. */
export const ListAuditQuery = listQuery(['-createdAt'], {
  tenantId: id().optional().describe('For platform admins: only events of this tenant.'),
  action: text(1, 100).optional().describe('For example `group.moved`.'),
  actorId: id().optional().describe('Only events caused by this user.'),
  subjectType: text(1, 100).optional().describe('For example `group`.'),
  subjectId: id().optional().describe('Only events about this subject.'),
  aboutUserId: id()
    .optional()
    .describe('Only events in which another user read or changed the data of this user.'),
  from: moment().optional().describe('Only events at or after this time.'),
  to: moment().optional().describe('Only events before this time.'),
}).omit({ page: true });

const personName = () =>
  z
    .string()
    .nullable()
    .describe(
      'The current name of the user, if you may read the user. Null if the user is deleted. API tokens need the scope `users:read`.',
    );

export const AuditEventSchema = z
  .object({
    id: z.uuid(),
    seq: z
      .number()
      .int()
      .describe('The order in which events were written, over all tenants. Numbers can be missing.'),
    tenantId: z.uuid().nullable(),
    actorId: z.uuid().nullable(),
    actorName: personName(),
    actorKind: z.enum(ACTOR_KINDS),
    action: z.string(),
    subjectType: z.string(),
    subjectId: z.uuid().nullable(),
    subjectName: z
      .string()
      .nullable()
      .describe(
        'The current name of the user, group, class, tool, assignment or model. The name of a user follows the rules of `actorName`.',
      ),
    aboutUserId: z
      .uuid()
      .nullable()
      .describe('The user whose data the event is about, if it is not the actor.'),
    aboutUserName: personName(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    ip: z.string().nullable(),
    createdAt: timestamp(),
    seal: z
      .object({ position: z.number().int(), hash: z.string() })
      .nullable()
      .describe(
        'The place of the event in the hash chain of its tenant, and the SHA-256 up to it. Null for the first minutes.',
      ),
    links: links('self'),
  })
  .meta({ id: 'AuditEvent' });
