import { Malformed, NotAllowed } from '@understory/core/errors.ts';
import { areSealedHomeKeys, type KeyDeposit } from '@understory/core/home-keys.ts';
import { jsonBody } from '@understory/http/app.ts';
import { Router } from 'express';
import type { Context } from '../context.ts';
import { keepKeys } from '../store/home-keys.ts';
import type { RoleRow } from '../store/rows.ts';

/**
 * `/internal/v1/home-keys`: a home gives its own keys into keeping, sealed to a recovery key that nobody on the platform holds. What they are
 * cannot be seen here; that they are said to be of this home can.
 */
export function keyDeposits(
	context: Context,
	fromHome: (
		body: unknown,
		type: KeyDeposit['type'],
	) => Promise<{ home: RoleRow; report: Partial<Record<keyof KeyDeposit, unknown>> }>,
): Router {
	const router = Router();
	router.post('/home-keys', jsonBody(), async (request, response) => {
		const { home, report } = await fromHome(request.body, 'understory/key-deposit/v1');
		const { name, recovery_key, sealed, contents } = report;
		if (!areSealedHomeKeys(report) || typeof contents !== 'string' || !/^[0-9a-f]{64}$/.test(contents))
			throw new Malformed('These are not the sealed keys of a home.');
		if (name !== home.name)
			throw new NotAllowed(
				'These are the keys of another home than the one that brings them.',
				'another_home',
			);
		await keepKeys(context.database, {
			...{ home: home.name, recoveryKey: String(recovery_key), contents, roleKey: home.key_id },
			...{ sealed: String(sealed), now: context.clock.now() },
		});
		response.status(204).end();
	});
	return router;
}
