/** One password for everybody in the demo district. Public, which is why the district is refused in production. */
export const DEMO_PASSWORD = 'maple-otter-heron-27';
