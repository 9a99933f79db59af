/** What a timer of Node can wait at most, in milliseconds: 24 days and some. */
export const maxTimer = 2_147_483_647;
