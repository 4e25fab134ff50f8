import type { ExportFilters, ExportFormat, ExportKind } from './exports.types';

type FilterName = keyof ExportFilters;

interface KindRules {
  /** What it can be of. */
  scopes: readonly ('class' | 'group')[];
  formats: readonly ExportFormat[];
  filters: readonly FilterName[];
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
    title: 'Roster',
    holdsWork: false,
    hasDrafts: false,
  },
  gradebook: {
    scopes: ['class'],
    formats: TABLES,
    filters: ['assignmentId', 'userId'],
    title: 'Gradebook',
    holdsWork: true,
    hasDrafts: true,
  },
  submissions: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['from', 'to', 'assignmentId', 'userId', 'state'],
    title: 'Submissions',
    holdsWork: true,
    hasDrafts: true,
  },
  messages: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['from', 'to', 'assignmentId', 'userId'],
    title: 'Messages',
    holdsWork: true,
    hasDrafts: false,
  },
  usage: {
    scopes: ['class', 'group'],
    formats: TABLES,
    filters: ['from', 'to'],
    title: 'Usage',
    holdsWork: false,
    hasDrafts: false,
  },
  audit: {
    scopes: ['group'],
    formats: TABLES,
    filters: ['from', 'to', 'userId', 'action'],
    title: 'Audit',
    holdsWork: false,
    hasDrafts: false,
  },
  class_report: {
    scopes: ['class'],
    formats: REPORTS,
    filters: ['from', 'to'],
    title: 'Class report',
    holdsWork: false,
    hasDrafts: false,
  },
  usage_report: {
    scopes: ['class', 'group'],
    formats: REPORTS,
    filters: ['from', 'to'],
    title: 'Usage report',
    holdsWork: false,
    hasDrafts: false,
  },
};
