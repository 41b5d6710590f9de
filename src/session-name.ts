/** What a terminal can be called. */
export const SESSION_NAME = /^[A-Za-z0-9._-]{1,64}$/;
