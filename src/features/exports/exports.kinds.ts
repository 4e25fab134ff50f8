import type { Action } from '../../authz/actions';
import type { ExportFilters, ExportFormat, ExportKind } from './exports.types';

type FilterName = keyof ExportFilters;

interface KindRules {
  /** What an export of this kind can cover. */
  scopes: readonly ('class' | 'group')[];
  formats: readonly ExportFormat[];
  filters: readonly FilterName[];
  /**
   * The data that is read for it: an API token needs the scope of each action, in addition to that of
   * exports.
   */
  reads: readonly Action[];
  /** The title of the file and of its sheet. */
  title: string;
  /** Whether it contains people's work, so that each reading is recorded for them. */
  holdsWork: boolean;
  /** Whether it may contain grades that are not returned yet. */
  hasDrafts: boolean;
}

const TABLES: readonly ExportFormat[] = ['csv', 'ndjson', 'xlsx'];
const REPORTS: readonly ExportFormat[] = ['pdf'];

/** The kinds of exports. The policy says who may create them, the sources where the rows come from. */
export const KINDS: Readonly<Record<ExportKind, KindRules>> = {
  roster: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['userId'],
    reads: ['class.read_roster', 'user.read'],
    title: 'Roster',
    holdsWork: false,
    hasDrafts: false,
  },
  gradebook: {
    scopes: ['class'],
    formats: TABLES,
    filters: ['assignmentId', 'userId'],
    reads: ['class.read_roster', 'assignment.read', 'submission.read'],
    title: 'Gradebook',
    holdsWork: true,
    hasDrafts: true,
  },
  submissions: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['from', 'to', 'assignmentId', 'userId', 'state'],
    reads: ['assignment.read', 'submission.read_answer'],
    title: 'Submissions',
    holdsWork: true,
    hasDrafts: true,
  },
  messages: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['from', 'to', 'assignmentId', 'userId'],
    reads: ['session.read'],
    title: 'Messages',
    holdsWork: true,
    hasDrafts: false,
  },
  usage: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['from', 'to'],
    reads: ['usage.read'],
    title: 'Usage',
    holdsWork: false,
    hasDrafts: false,
  },
  audit: {
    scopes: ['group'],
    formats: TABLES,
    filters: ['from', 'to', 'userId', 'action'],
    // It contains names of people.
    reads: ['audit.read', 'user.read'],
    title: 'Audit',
    holdsWork: false,
    hasDrafts: false,
  },
  class_report: {
    scopes: ['class'],
    formats: REPORTS,
    filters: ['from', 'to'],
    reads: ['class.read_roster', 'assignment.read', 'submission.read'],
    title: 'Class report',
    holdsWork: false,
    hasDrafts: false,
  },
  usage_report: {
    scopes: ['class', 'group'],
    formats: REPORTS,
    filters: ['from', 'to'],
    reads: ['usage.read'],
    title: 'Usage report',
    holdsWork: false,
    hasDrafts: false,
  },
};
