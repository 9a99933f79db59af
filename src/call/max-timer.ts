/** Node's maximum timer delay in milliseconds: some 24 days. */
export const maxTimer = 2_147_483_647;
