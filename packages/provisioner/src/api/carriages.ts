import { NotFound, Unavailable } from '@understory/core/errors.ts';
import type { BackupPart, HandOverOrder } from '@understory/core/moving.ts';
import { jsonBody } from '@understory/http/app.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { type Request, Router } from 'express';
import type { Context } from '../context.ts';
import { DESIRED_LIFE } from '../reconcile/actions.ts';
import { roleOfHome } from '../store/homes.ts';
import { carriageFor } from '../store/moves.ts';
import type { RoleRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';

/** The most bytes of one part, a manifest of many pictures among them. */
const MOST = 16 * 1024 * 1024;

/**
 * `/internal/v1/carriages/{carriage}`: a home asks for a part of a copy that lies in another home, and is given it while the platform has it take
 * that copy and at no other time. Homes have no way to each other; what is carried passes through here in pieces and is kept nowhere.
 */
export function carriages(
	context: Context,
	roleOf: (request: Request, kind: RoleRow['kind']) => Promise<RoleRow>,
): Router {
	const router = Router();
	router.post('/carriages/:carriage', jsonBody(), async (request, response) => {
		const { id } = await roleOf(request, 'home');
		const carriage = String(request.params.carriage);
		const found = isUuid(carriage) ? await carriageFor(context.database, carriage, id) : undefined;
		if (!found) throw new NotFound('Nothing is carried to this home under that number.');
		const from = await roleOfHome(context.database, found.from_place);
		if (!from?.internal_url) throw silent();
		const now = context.clock.now();
		const order: HandOverOrder = {
			type: 'understory/hand-over-order/v1',
			...{ home: from.id, branch: found.branch, backup: found.backup, part: request.body as BackupPart },
			...{ issued: now, expires: now + DESIRED_LIFE },
		};
		const answer = await context.internal
			.request({
				url: `${from.internal_url}/internal/v1/branches/${found.branch}/backups/${found.backup}/parts`,
				method: 'PUT',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(signDocument(order, context.platformKey)),
				timeoutMs: 20_000,
				maxBytes: MOST,
			})
			.catch((cause: unknown) => {
				throw silent(cause);
			});
		response.setHeader('cache-control', 'no-store');
		response.status(answer.status).type(answer.headers['content-type'] ?? 'application/octet-stream');
		response.send(answer.body);
	});
	return router;
}

function silent(cause?: unknown): Unavailable {
	return new Unavailable('The home that has this copy does not answer.', 'home_silent', { cause });
}
