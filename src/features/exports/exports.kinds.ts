import type { Action } from '../../authz/actions';
import type { ExportFilters, ExportFormat, ExportKind } from './exports.types';

type FilterName = keyof ExportFilters;

interface KindRules {
  /** What it can be of. */
  scopes: readonly ('class' | 'group')[];
  formats: readonly ExportFormat[];
  filters: readonly FilterName[];
  /** What is read for it: an API token needs the scope of each of these, beside that of the export. */
  reads: readonly Action[];
  /** The name of the file and of its sheet. */
  title: string;
  /** Whether whose work it holds is told to the people concerned. */
  holdsWork: boolean;
  /** Whether grades that are not returned yet may be in it. */
  hasDrafts: boolean;
}

const TABLES: readonly ExportFormat[] = ['csv', 'ndjson', 'xlsx'];
const REPORTS: readonly ExportFormat[] = ['pdf'];

/** What can be asked for, kind by kind. Who may is in the policy, where the rows come from in the sources. */
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
    // It holds the names of people.
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
