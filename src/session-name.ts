/** `term-1`; never given twice in a project. */
export const SESSION_ID = /^term-[1-9]\d{0,8}$/;
/** What a terminal can be called. */
export const SESSION_NAME = /^[A-Za-z0-9._-]{1,64}$/;
