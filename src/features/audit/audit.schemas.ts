import { z } from 'zod';
import { id, links, listQuery, moment, text, timestamp } from '../../http/schemas';
import { ACTOR_KINDS } from './audit.types';

/** Without page numbers: counting millions of events for each page would cost more than reading it. */
export const ListAuditQuery = listQuery(['-createdAt'], {
  tenantId: id().optional().describe('For platform admins: only of this tenant.'),
  action: text(1, 100).optional().describe('For instance `group.moved`.'),
  actorId: id().optional().describe('Only what this person did.'),
  subjectType: text(1, 100).optional().describe('For instance `group`.'),
  subjectId: id().optional().describe('Only what was done to this.'),
  aboutUserId: id()
    .optional()
    .describe("Only where this person's data were read or changed by somebody else."),
  from: moment().optional().describe('Only at or after this moment.'),
  to: moment().optional().describe('Only before this moment.'),
}).omit({ page: true });

const personName = () =>
  z
    .string()
    .nullable()
    .describe(
      'Their name now, if you may read that person. Null if they are deleted; API tokens need `users:read`.',
    );

export const AuditEventSchema = z
  .object({
    id: z.uuid(),
    seq: z.number().int().describe('The order in which events were written, over all tenants; with gaps.'),
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
        'What the person, group, class, tool, assignment or model is called now. A person has a name as in `actorName`.',
      ),
    aboutUserId: z.uuid().nullable().describe('Whose data it is about, where it is somebody else.'),
    aboutUserName: personName(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    ip: z.string().nullable(),
    createdAt: timestamp(),
    seal: z
      .object({ position: z.number().int(), hash: z.string() })
      .nullable()
      .describe('Its place in the hash chain of its tenant, and SHA-256 up to it; null for some minutes.'),
    links: links('self'),
  })
  .meta({ id: 'AuditEvent' });
