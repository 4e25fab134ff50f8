/** Where the API stands; every route's path and every link begins with it. */
export const API_BASE = '/api/v1';
