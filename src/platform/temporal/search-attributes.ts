import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/**
 * Operators find workflows by these attributes in the Temporal UI. They are never encrypted there: ids and
 * kinds only.
 */
export const SEARCH_ATTRIBUTES = {
  tenantId: defineSearchAttributeKey('RaptTenantId', SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey('RaptKind', SearchAttributeType.KEYWORD),
  subjectId: defineSearchAttributeKey('RaptSubjectId', SearchAttributeType.KEYWORD),
};

export const SEARCH_ATTRIBUTE_NAMES = Object.values(SEARCH_ATTRIBUTES).map((key) => key.name);
