import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** By these operations find workflows in the Temporal UI. Never encrypted there: ids and kinds only. */
export const SEARCH_ATTRIBUTES = {
  tenantId: defineSearchAttributeKey('RaptTenantId', SearchAttributeType.KEYWORD),
  kind: defineSearchAttributeKey('RaptKind', SearchAttributeType.KEYWORD),
  subjectId: defineSearchAttributeKey('RaptSubjectId', SearchAttributeType.KEYWORD),
};

export const SEARCH_ATTRIBUTE_NAMES = Object.values(SEARCH_ATTRIBUTES).map((key) => key.name);
