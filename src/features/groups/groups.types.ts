import type { z } from 'zod';
import type { JsonObject } from '../../shared/json';
import type { GroupRow, GroupSummaryRow } from './groups.sql';
import type { MemberRow } from './members/groups.members.sql';

export type { NewGroup } from './groups.sql';

export const GROUP_KINDS = ['district', 'school', 'department', 'program', 'group'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

/**
 * A group's appearance and texts: colours, logo, fonts, texts, and whatever else a client keeps under
 * `custom`.
 */
export type Theme = JsonObject;

export interface AiSettings {
  enabled?: boolean;
  /** Names of the models that may be used; all models of the tenant if absent. */
  allowedModels?: string[];
  /** Messages that a student may send in one chat. */
  maxMessagesPerSession?: number;
  maxSessionMinutes?: number;
}

export interface PrivacySettings {
  chatRetentionDays?: number;
  /** Whether students see their classmates. */
  showPeersInRoster?: boolean;
}

export interface GradeStep {
  label: string;
  minPercent: number;
}

/**
 * The settings of a group, which also apply below it. `ai` and `privacy` are limits: a group below can only
 * narrow them.
 */
export interface GroupSettings {
  /** IANA name. */
  timezone?: string;
  /** BCP 47 tag. */
  locale?: string;
  gradingScale?: GradeStep[];
  /** How long before the due date students are reminded; 0 means never. */
  reminderHours?: number;
  ai?: AiSettings;
  privacy?: PrivacySettings;
}

/** A group without its larger parts, as lists show it. */
export type GroupSummary = z.output<typeof GroupSummaryRow>;
export type Group = z.output<typeof GroupRow>;

declare global {
  namespace PrismaJson {
    /** The column `groups.theme`. */
    type GroupTheme = import('./groups.types').Theme;
    /** The column `groups.settings`. */
    type GroupSettings = import('./groups.types').GroupSettings;
  }
}

/** The group that set a value. */
export interface SettingSource {
  groupId: string;
  groupName: string;
}

export interface CreateGroupInput {
  name: string;
  /** Without it, the group is a new tenant. */
  parentId?: string | undefined;
  kind?: GroupKind | undefined;
  theme?: Theme | undefined;
  settings?: GroupSettings | undefined;
}

export interface UpdateGroupInput {
  name?: string | undefined;
  kind?: GroupKind | undefined;
  /** A JSON merge patch of the settings. */
  settings?: JsonObject | undefined;
  /** The new parent. */
  parentId?: string | undefined;
}

export type Member = z.output<typeof MemberRow>;

/** A person, as a request names them. */
export type PersonRef = { userId: string } | { email: string };
