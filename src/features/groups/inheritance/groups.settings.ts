import { z } from 'zod';
import { text, timeZone } from '../../../http/schemas';
import type { JsonObject } from '../../../shared/json';
import type { GroupSettings } from '../groups.types';

/** A week, because students forget earlier reminders. */
const MAX_REMINDER_HOURS = 168;

/** The default time zone of a group's days. */
export const DEFAULT_TIMEZONE = 'UTC';

function canonicalLocale(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const modelNames = z.array(text(1, 200)).max(100).refine(isDistinct, { message: 'names a model twice' });
const gradeStep = z.strictObject({ label: text(1, 20), minPercent: z.number().min(0).max(100) });
const gradeSteps = z
  .array(gradeStep)
  .min(1)
  .max(30)
  .refine((steps) => isDistinct(steps.map((step) => step.minPercent)), {
    message: 'has two steps at the same percentage',
  });

/** The shape of the settings; `leaf` wraps values that a patch may set to null. */
function settingsOf(leaf: <S extends z.ZodType>(schema: S) => z.ZodType) {
  const optional = <S extends z.ZodType>(schema: S) => leaf(schema).optional();
  return z.strictObject({
    timezone: optional(timeZone()).describe(
      'A canonical IANA time zone name. Old aliases and abbreviations are refused.',
    ),
    locale: optional(
      z
        .string()
        .max(35)
        .refine((tag) => canonicalLocale(tag) !== null, { message: 'is not a language tag such as en-US' })
        .overwrite((tag) => canonicalLocale(tag) ?? tag),
    ),
    gradingScale: optional(gradeSteps).describe(
      'The percentage of the points from which each grade is given.',
    ),
    reminderHours: optional(z.int().min(0).max(MAX_REMINDER_HOURS)).describe(
      'How many hours before the due date students are reminded of an assignment. 0 turns reminders off.',
    ),
    ai: optional(
      z.strictObject({
        enabled: optional(z.boolean()).describe(
          'false: no chat session or run can start or continue. An answer that is being generated is still completed.',
        ),
        allowedModels: optional(modelNames).describe(
          'If a tool names a model that is not in this list, the default model answers, or the first model of the list.',
        ),
        maxMessagesPerSession: optional(z.int().min(1).max(10_000)).describe(
          'How many messages a user may send for the same work, over all its chat sessions, if the tool allows more.',
        ),
        maxSessionMinutes: optional(z.int().min(1).max(1_440)).describe(
          'How many minutes a user may chat for the same work, if the tool allows more.',
        ),
      }),
    ).describe('Limits: a group below can only make them stricter.'),
    privacy: optional(
      z.strictObject({
        chatRetentionDays: optional(z.int().min(1).max(3_650)).describe(
          'Chat sessions are deleted this many days after the last message. A chat session of a submitted attempt is not deleted before the attempt is returned.',
        ),
        showPeersInRoster: optional(z.boolean()).describe(
          'true: students see which other students are in their class.',
        ),
      }),
    ).describe('Limits: a group below can only make them stricter.'),
  });
}

export const GroupSettingsSchema = settingsOf((schema) => schema).meta({
  id: 'GroupSettings',
}) as z.ZodType<GroupSettings>;
/** A JSON merge patch of the settings: null removes a key. */
export const GroupSettingsPatchSchema = settingsOf((schema) => schema.nullable()).meta({
  id: 'GroupSettingsPatch',
}) as z.ZodType<JsonObject>;

/** The settings in a request that has other fields, too. */
export const SettingsBody = z.object({ settings: GroupSettingsSchema });
