import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@understory/core/clock.ts';
import type { RoleKind } from '@understory/core/desired.ts';
import type { Log } from '@understory/core/log.ts';
import type { Design } from '@understory/design/design.ts';
import { createApp, finish } from '@understory/http/app.ts';
import { alive, type Checks, ready } from '@understory/http/health.ts';
import type { Role } from '@understory/http/role.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { PublicDoor } from '@understory/outgoing/public-door.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import type { NextFunction, Request, Response } from 'express';
import { createInternalApi } from './api/internal.ts';
import { createApi } from './api/router.ts';
import { createConsole } from './console/console.ts';
import { consoleErrorPage } from './console/frame.ts';
import type { StreamLimits } from './console/live/streams.ts';
import type { Addresses, Context } from './context.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createCellsDriver } from './drivers/cells.ts';
import type { DriverMaker, HomeBook, HomeDriver } from './drivers/driver.ts';
import { createHomeLeases } from './drivers/home-leases.ts';
import { provisionerMetrics } from './metrics.ts';
import { createCellQueues } from './queue/cell-queues.ts';
import { startHome } from './reconcile/actions.ts';
import { lookAtChangedHomes } from './reconcile/changed-homes.ts';
import { reconcileBranch } from './reconcile/reconciler.ts';
import { makeEnrolmentToken, offerEnrolment } from './services/enrolment.ts';
import { createServices } from './services/services.ts';
import { keepBootstrapToken } from './store/access.ts';
import { sayAway } from './store/away.ts';
import { cellOfHome, cellsOfBranches, furtherCells } from './store/cells.ts';
import { type Database, openDatabase, openLocks, ownSchema } from './store/database.ts';
import { homeReleaseBook } from './store/home-releases.ts';
import { allHomes, namespaceOf, specOfHome } from './store/homes.ts';

/** Opening folders on demand, a home of this many is bounded by what is open, not by what lives there (docs/numbers.md). */
const BRANCHES_IN_HOME = 1_000;

export interface ProvisionerParts {
	/** Its own schema, by its own role. */
	readonly databaseUrl: string;
	/** The schema BullMQ may use with the same role; the role's own unless said otherwise. */
	readonly queueSchema?: string;
	readonly clock: Clock;
	readonly log: Log;
	readonly internal: Outgoing;
	/** The way out to servers that a library runs besides its branches, to public addresses only. */
	readonly outgoing: Pick<Outgoing, 'request' | 'fetch'>;
	/** By which the public names of branches are looked at; none where nobody comes from outside, and nothing is told of them. */
	readonly publicDoor?: PublicDoor;
	readonly platformKey: SigningKey;
	/** Of the first cell. */
	readonly driver: HomeDriver | DriverMaker;
	/** Of another cell, by the name of its file. None on one machine, where there is one cell. */
	readonly driverOfCell?: (name: string, homes: HomeBook) => Promise<HomeDriver>;
	/** How many branches a shared home takes before the next is made; 1,000 unless said otherwise. */
	readonly branchesInHome?: number;
	readonly addresses: Addresses;
	readonly design: Design;
	/** 32 bytes, for the console's sessions and forms, for what seals secrets of staff's providers, and for answers kept for an Idempotency-Key. */
	readonly consoleKey: Buffer;
	/** The first token, of the role `platform_admin`; only its hash is kept. It has no end; another one in its place ends it. */
	readonly adminToken: string;
	readonly sample: boolean;
	/** Addresses of proxies whose forwarded headers are believed; none unless said otherwise. */
	readonly trustProxy?: readonly string[];
	/** One-time tokens that the operator made, by kind of role, for roles that come in before anybody could ask for one. */
	readonly enrolmentTokens?: Readonly<Partial<Record<RoleKind, string>>>;
	/** Bounds of the streams that pages of the console follow; the usual ones unless said otherwise. */
	readonly streams?: StreamLimits;
	readonly afterStep?: (step: string) => void;
	readonly randomId?: () => string;
}

export interface Provisioner extends Role {
	/** A one-time token with which a role of a kind can enrol within ten minutes, under that name alone when one is given. */
	enrolmentToken(kind: RoleKind, name?: string): Promise<string>;
	/** Starts every home that branches live in and that does not run, as after a restart of this machine. */
	startHomes(): Promise<void>;
	readonly directory: Directory;
	readonly context: Context;
	readonly services: ReturnType<typeof createServices>;
}

/** Builds the provisioner: database, queue, reconciler, API, console. Branches left behind by an earlier process are taken up at once. */
export async function createProvisioner(parts: ProvisionerParts): Promise<Provisioner> {
	const database = await openDatabase(parts.databaseUrl);
	const locks = openLocks(parts.databaseUrl);
	try {
		return await build(parts, database, locks);
	} catch (error) {
		await Promise.all([database.destroy(), locks.destroy()]);
		throw error;
	}
}

/** The driver of all cells; where there is one cell, its own. */
function driverOfAll(
	{ driver, driverOfCell, clock }: ProvisionerParts,
	database: Database,
	locks: Database,
): Pick<Context, 'driver' | 'lead' | 'openCell' | 'closeCell'> {
	const book: HomeBook = {
		namespaceOf: async (home) => (await namespaceOf(database, home)) ?? null,
		specOf: async (home) => (await specOfHome(database, home)) ?? null,
		releases: homeReleaseBook(database, clock),
		leases: createHomeLeases(locks, database),
	};
	const first = typeof driver === 'function' ? driver(book) : driver;
	const { lead } = first;
	if (!driverOfCell) return { driver: first, ...(lead && { lead: (_cell, read) => lead(read) }) };
	const open = (cell: string) => driverOfCell(cell, book);
	const all = createCellsDriver({
		first,
		cellOf: async (home) => (await cellOfHome(database, home))?.kubeconfig ?? null,
		open,
	});
	return {
		driver: all,
		lead: async (cell, read) => (await all.ofCell(cell)).lead?.(read),
		openCell: open,
		closeCell: all.close,
	};
}

async function build(parts: ProvisionerParts, database: Database, locks: Database): Promise<Provisioner> {
	const context: Context = {
		database,
		locks,
		answerKey: Buffer.from(hkdfSync('sha256', parts.consoleKey, '', 'answers for Idempotency-Keys', 32)),
		staffKey: Buffer.from(hkdfSync('sha256', parts.consoleKey, '', 'secrets of providers of staff', 32)),
		clock: parts.clock,
		randomId: parts.randomId ?? randomUUID,
		log: parts.log,
		internal: parts.internal,
		outgoing: parts.outgoing,
		...(parts.publicDoor && { publicDoor: parts.publicDoor }),
		platformKey: parts.platformKey,
		...driverOfAll(parts, database, locks),
		branchesInHome: parts.branchesInHome ?? BRANCHES_IN_HOME,
		addresses: parts.addresses,
		sample: parts.sample,
		afterStep: parts.afterStep ?? (() => undefined),
	};
	await keepBootstrapToken(database, parts.adminToken, {
		id: context.randomId(),
		created: parts.clock.now(),
	});
	await offerEnrolment(context, parts.enrolmentTokens ?? {});
	const { metrics, tally } = provisionerMetrics(context);
	const services = createServices(context, () => queue);
	const queue = await createCellQueues({
		connection: parts.databaseUrl,
		schema: parts.queueSchema ?? (await ownSchema(database)),
		concurrency: 6,
		cells: () => furtherCells(database),
		cellsOf: (branches) => cellsOfBranches(database, branches),
		clock: parts.clock,
		log: parts.log,
		idle: () => services.idle(),
		async sweep() {
			await services.sweep();
			tally.swept();
		},
		async work(id) {
			const pass = await reconcileBranch(context, id).catch((error: unknown) => {
				tally.looked('broke_off');
				throw error;
			});
			tally.looked('ended');
			if (pass.library) services.passed(pass.library);
			return pass.again;
		},
	});
	queue.begin();
	try {
		await services.sweep('start');
		tally.swept();
	} catch (error) {
		await queue.close();
		throw error;
	}
	const changedHomes = lookAtChangedHomes(context, (branches) => queue.add(branches));

	const app = createApp({ log: parts.log, files: parts.design.files, trustProxy: parts.trustProxy ?? [] });
	const checks: Checks = { database: async () => Boolean(await database.raw('select 1')) };
	app.get('/healthz', alive);
	app.get('/readyz', ready(checks));
	app.use('/api/v1', createApi(context, services));
	app.use('/internal/v1', createInternalApi(context, services, tally));
	const { design, consoleKey: key, streams } = parts;
	app.use(createConsole({ context, services, design, key, ...(streams && { streams }) }));
	app.use((error: unknown, _request: Request, _response: Response, next: NextFunction) =>
		next(sayAway(error)),
	);
	finish(app, { log: parts.log, page: consoleErrorPage(parts.design, parts.clock) });

	let closing: Promise<void> | null = null;
	return {
		directory: createDirectory(context),
		context,
		services,
		handle: app,
		checks,
		metrics,
		settle: () => services.settle(),
		async enrolmentToken(kind, name) {
			const token = randomBytes(32).toString('base64url');
			await makeEnrolmentToken(context, { kind, name: name ?? null }, token, 600_000);
			return token;
		},
		async startHomes() {
			for (const { name } of await allHomes(database)) {
				if ((await context.driver.observe(name)).state === 'Absent') await startHome(context, name);
			}
		},
		close() {
			closing ??= (async () => {
				await changedHomes.close();
				await services.stopUpgrading();
				await queue.close();
				await services.finish().catch((error: unknown) => parts.log.warn('not_finished', { error }));
				await Promise.all([database.destroy(), locks.destroy()]);
			})();
			return closing;
		},
	};
}
