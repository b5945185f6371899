import { Malformed, NotFound } from '@understory/core/errors.ts';
import { isBoxPublicKey } from '@understory/core/sealed-box.ts';
import { jsonBody } from '@understory/http/app.ts';
import { type Request, Router } from 'express';
import type { Context } from '../context.ts';
import { signInDocument, takeReport } from '../services/sign-in.ts';
import { takeAlerts } from '../services/sign-in-alerts.ts';
import { takeKeys } from '../services/signing-keys.ts';
import { openCounts, takeStored } from '../services/stored.ts';
import type { RoleRow } from '../store/rows.ts';
import { keepBoxKey, signInMarks } from '../store/sign-in.ts';
import { openKeyOrders } from '../store/signing-keys.ts';
import { isUuid } from '../store/uuid.ts';

/**
 * What the bridge asks about sign-in: which libraries have settings, the settings of one, who wants to know what it keeps, what is to be done with signing
 * keys; and where it tells what it found and did. With its first question it tells the key that secrets are sealed to.
 */
export function signInForBridges(
	context: Context,
	roleOf: (request: Request, kind: RoleRow['kind']) => Promise<RoleRow>,
): Router {
	const router = Router();

	router.post('/sign-in\\:list', jsonBody(), async (request, response) => {
		const role = await roleOf(request, 'sso-bridge');
		const { box_key: key } = (request.body ?? {}) as { box_key?: unknown };
		if (!isBoxPublicKey(key)) throw new Malformed('Say box_key: the key that secrets are sealed to.');
		await keepBoxKey(context.database, role.id, key, context.clock.now());
		response.json({
			libraries: await signInMarks(context.database),
			counts: await openCounts(context.database),
			key_orders: await openKeyOrders(context.database),
		});
	});

	router.get('/sign-in/:library', async (request, response) => {
		await roleOf(request, 'sso-bridge');
		const { library } = request.params;
		if (!isUuid(library)) throw new NotFound('There is no such library.');
		response.setHeader('cache-control', 'no-store').json(await signInDocument(context, library));
	});

	router.post('/sign-in\\:report', jsonBody(), async (request, response) => {
		await roleOf(request, 'sso-bridge');
		await takeReport(context, request.body);
		response.status(204).end();
	});

	router.post('/stored\\:report', jsonBody(), async (request, response) => {
		await roleOf(request, 'sso-bridge');
		await takeStored(context, request.body);
		response.status(204).end();
	});

	router.post('/sign-in-alerts\\:report', jsonBody(), async (request, response) => {
		await roleOf(request, 'sso-bridge');
		await takeAlerts(context, request.body);
		response.status(204).end();
	});

	router.post('/signing-keys\\:report', jsonBody(), async (request, response) => {
		await roleOf(request, 'sso-bridge');
		await takeKeys(context, request.body);
		response.status(204).end();
	});

	return router;
}
