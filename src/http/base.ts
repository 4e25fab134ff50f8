/** The prefix of every route's path and of every link. */
export const API_BASE = '/api/v1';
