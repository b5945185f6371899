import { stopTestPostgres } from '../packages/town/src/test-postgres.ts';

/** What the whole test run shares is let go at its end. */
export const mochaHooks = {
	async afterAll(): Promise<void> {
		await stopTestPostgres();
	},
};
