import { Conflict } from '@understory/core/errors.ts';
import type {
	ArrivalOrder,
	ClearingOrder,
	HandOverOrder,
	LeavingOrder,
	RemovalOrder,
} from '@understory/core/moving.ts';
import { jsonBody } from '@understory/http/app.ts';
import type { Express, Request } from 'express';
import { type Copies, epochOf } from './copies.ts';
import type { GoneTeller } from './gone.ts';
import type { Leavings } from './leavings.ts';
import { readOrder } from './orders.ts';
import type { Pool } from './pool.ts';
import type { Registry } from './registry.ts';

export interface DepartureParts {
	readonly leavings: Leavings;
	readonly registry: Registry;
	readonly pool: Pick<Pool, 'letGo'>;
	readonly copies: Copies;
	/** What tells the platform of branches here. */
	readonly tellers: readonly Pick<GoneTeller, 'forget'>[];
	/** Its work goes on. */
	wake(branch: string): void;
}

/** What the provisioner orders when a branch or a backup goes from home to home. Each may be repeated. */
export function addDepartures(
	app: Express,
	{ leavings, registry, pool, copies, tellers, wake }: DepartureParts,
	orders: Parameters<typeof readOrder>[0],
): void {
	const branchOf = (request: Request) => String(request.params.branch);
	/** An order about one backup, whose id is in the path as well. */
	const aboutBackup = <T extends HandOverOrder | ArrivalOrder | RemovalOrder>(
		request: Request,
		type: T['type'],
	): T =>
		readOrder<T>(orders, request.body, {
			...{ type, branch: branchOf(request) },
			subject: ({ branch, backup }) => backup === request.params.backup && branch,
		});
	const path = '/internal/v1/branches/:branch';

	app.put(`${path}/backups/:backup/parts`, jsonBody(), async (request, response) => {
		const part = await copies.handOver(aboutBackup<HandOverOrder>(request, 'understory/hand-over-order/v1'));
		response.setHeader('cache-control', 'no-store');
		if (Buffer.isBuffer(part)) response.type('application/octet-stream').send(part);
		else response.json(part);
	});
	app.put(`${path}/arrivals/:backup`, jsonBody(), (request, response) => {
		response.json(copies.arrive(aboutBackup<ArrivalOrder>(request, 'understory/arrival-order/v1')));
	});
	app.put(`${path}/backups/:backup/removal`, jsonBody(), (request, response) => {
		const order = aboutBackup<RemovalOrder>(request, 'understory/removal-order/v1');
		copies.remove(order);
		response.json({ backup: order.backup });
	});
	app.put(`${path}/leaving`, jsonBody(), async (request, response) => {
		const order = readOrder<LeavingOrder>(orders, request.body, {
			...{ type: 'understory/leaving-order/v1', branch: branchOf(request) },
			subject: ({ branch }) => branch,
		});
		const { branch, stage, epoch } = order;
		// It came back since.
		if ((epochOf(registry.folderOf(branch)) ?? 0) > epoch) throw livesHere();
		leavings.note(order);
		if (stage !== 'open') await pool.letGo(branch);
		if (stage === 'open') wake(branch);
		if (stage === 'left') {
			registry.leave(branch);
			for (const teller of tellers) teller.forget(branch);
		}
		response.json({ branch, stage });
	});
	app.put(`${path}/clearing`, jsonBody(), async (request, response) => {
		const order = readOrder<ClearingOrder>(orders, request.body, {
			...{ type: 'understory/clearing-order/v1', branch: branchOf(request) },
			subject: ({ branch }) => branch,
		});
		const { branch, epoch, only } = order;
		await copies.settle();
		if (only === 'laid_out') {
			copies.destroyLaidOut(branch);
			return void response.json({ branch });
		}
		// One that came back lives here again, and one that never left does.
		if (registry.byId(branch) || (epochOf(registry.folderOf(branch)) ?? 0) > epoch) throw livesHere();
		copies.destroy(branch);
		for (const teller of tellers) teller.forget(branch);
		await copies.destroyAway(branch);
		response.json({ branch });
	});
}

function livesHere(): Conflict {
	return new Conflict('This branch lives in this home.', 'lives_here');
}
