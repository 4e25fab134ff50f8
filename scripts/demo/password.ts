/**
 * One password for everybody in the demo district. It is public, so production refuses to create the
 * district.
 */
export const DEMO_PASSWORD = 'maple-otter-heron-27';
