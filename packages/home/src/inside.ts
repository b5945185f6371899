import { schemaOfFolder } from '@understory/branch/folder.ts';
import type { BackupOrder, DeletionOrder, RestoreOrder } from '@understory/core/backup.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import { NotFound } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { createApp, finish, jsonBody } from '@understory/http/app.ts';
import { alive, type Checks, ready } from '@understory/http/health.ts';
import { type Metrics, serveMetrics } from '@understory/http/metrics.ts';
import type { Express, Request } from 'express';
import type { Copies } from './copies.ts';
import { addDepartures, type DepartureParts } from './departures.ts';
import { readOrder } from './orders.ts';
import type { Pool } from './pool.ts';
import type { Registry } from './registry.ts';
import { sizesOf } from './sizes.ts';

/** The most bytes of an order to restore: what is gone at a branch in many years is in it. */
const MOST_GONE = 32 * 1024 * 1024;

/** What the provisioner and probes ask of a home; nothing of it is for the outside. */
export function createInsideApp(parts: {
	readonly name: string;
	readonly log: Log;
	readonly checks: Checks;
	readonly metrics: Metrics;
	readonly registry: Registry;
	readonly pool: Pick<Pool, 'letGo' | 'hold'>;
	readonly copies: Copies;
	/** Whom orders are believed from. */
	readonly orders: Parameters<typeof readOrder>[0];
	/** What coming from another home and leaving for one need. */
	readonly departures: DepartureParts;
	carryOut(branch: string, document: unknown): Promise<BranchStatus>;
}): Express {
	const { name, log, registry, pool, copies, orders } = parts;
	const app = createApp({ log });
	const named = (request: Request, name: string) => String(request.params[name]);
	app.get('/healthz', alive);
	app.get('/readyz', ready(parts.checks));
	app.get('/internal/v1/home', (_request, response) => {
		response.json({ name, pid: process.pid });
	});
	app.get('/metrics', serveMetrics(parts.metrics));
	app.get('/internal/v1/branches', (_request, response) => {
		response.json({
			branches: registry.all().map(({ branch, generation }) => ({ branch: branch.id, generation })),
		});
	});
	app.get('/internal/v1/sizes', async (_request, response) => {
		response.json({ sizes: await sizesOf(registry) });
	});
	app.get('/internal/v1/schema', (_request, response) => {
		const schemas = registry
			.all()
			.flatMap(({ branch }) => schemaOfFolder(registry.folderOf(branch.id)) ?? []);
		response.json({ newest: schemas.length > 0 ? Math.max(...schemas) : null });
	});
	app.get('/internal/v1/branches/:branch/open', async (request, response) => {
		const branch = named(request, 'branch');
		if (!registry.byId(branch)) throw new NotFound();
		(await pool.hold(branch, 'passing')).release();
		response.status(204).end();
	});
	app.put('/internal/v1/branches/:branch', jsonBody(1_048_576), async (request, response) => {
		response.json(await parts.carryOut(named(request, 'branch'), request.body));
	});
	app.put('/internal/v1/branches/:branch/backups/:backup', jsonBody(), (request, response) => {
		const wanted = { type: 'understory/backup-order/v1', branch: named(request, 'branch') } as const;
		const order = readOrder<BackupOrder>(orders, request.body, {
			...wanted,
			subject: ({ branch, backup }) => backup === request.params.backup && branch,
		});
		response.json(copies.backUp(order));
	});
	app.put('/internal/v1/branches/:branch/deletion', jsonBody(), async (request, response) => {
		const branch = named(request, 'branch');
		readOrder<DeletionOrder>(orders, request.body, {
			...{ type: 'understory/deletion-order/v1', branch },
			subject: (order) => order.branch,
		});
		// From here on it is not opened again, whatever happens.
		registry.end(branch);
		await copies.settle();
		await pool.letGo(branch, () => copies.destroy(branch));
		await copies.destroyAway(branch);
		response.json({ branch });
	});
	app.put('/internal/v1/branches/:branch/restores/:restore', jsonBody(MOST_GONE), (request, response) => {
		const wanted = { type: 'understory/restore-order/v1', branch: named(request, 'branch') } as const;
		const order = readOrder<RestoreOrder>(orders, request.body, {
			...wanted,
			subject: ({ branch, restore }) => restore === request.params.restore && branch,
		});
		response.json(copies.layOut(order));
	});
	addDepartures(app, parts.departures, orders);
	return finish(app, { log });
}
