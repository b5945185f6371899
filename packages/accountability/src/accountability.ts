import { dateIn } from '@understory/core/calendar.ts';
import { createApp, finish } from '@understory/http/app.ts';
import { alive, type Checks, ready } from '@understory/http/health.ts';
import type { Role } from '@understory/http/role.ts';
import { type AccountabilityParts, type Context, createContext } from './context.ts';
import { siteMetrics } from './metrics.ts';
import { writeSite } from './site/write-site.ts';
import { createErrorPage } from './web/errors.ts';
import { addRoutes } from './web/routes.ts';

export type { AccountabilityParts } from './context.ts';

/**
 * The accountability role: for each library a public site of its branches, policies, contacts and decisions, and the log that
 * proves them. Comes up with the registers it kept, whether or not the provisioner lives. Rejects when its database cannot be
 * reached.
 */
export async function createAccountability(parts: AccountabilityParts): Promise<Role> {
	const context = await createContext(parts);
	const app = createApp({ log: parts.log, files: parts.design.files, trustProxy: parts.trustProxy ?? [] });
	const checks: Checks = {
		database: async () => Boolean(await context.database.db.raw('select 1')),
		registers: () => context.registers.isFollowing(),
	};
	app.get('/healthz', alive);
	app.get('/readyz', ready(checks));
	addRoutes(app, context);
	finish(app, { log: parts.log, page: createErrorPage(context) });

	let settled: number | null = null;
	const settle = async () => {
		await settleAll(context);
		settled = context.clock.now();
	};
	const stop = keepLooking(context, settle, parts.lookEvery);
	let closing: Promise<void> | null = null;
	return {
		checks,
		metrics: siteMetrics(context, () => settled),
		handle: (request, response) => app(request, response),
		settle,
		close() {
			closing ??= stop()
				.then(() => context.publisher.idle())
				.then(() => context.database.close());
			return closing;
		},
	};
}

/** Looks at the platform, then publishes what is due at every library and asks its witnesses. Rejects with the first log that could not be. */
async function settleAll({ registers, publisher, askWitnesses }: Context): Promise<void> {
	await registers.pull();
	const runs = await Promise.allSettled(
		registers.all().map(async (library) => {
			await publisher.publish(library);
			await askWitnesses(library);
		}),
	);
	const failed = runs.find((run) => run.status === 'rejected');
	if (failed) throw failed.reason;
}

/** Writes the sites of which anything changed since they were written; readers do not wait for it. */
async function writeSites(context: Context, written: Map<string, string>): Promise<void> {
	for (const library of context.registers.all()) {
		const { whole } = await context.editions.now(library);
		const edition = `${library.register.version} ${dateIn(library.zone, context.clock.now())} ${whole}`;
		if (written.get(library.id) === edition) continue;
		await writeSite(context, library);
		written.set(library.id, edition);
	}
}

/** Settles at once, then again and again, one after the other; answers with a function that ends it. */
function keepLooking(
	context: Context,
	settle: () => Promise<void>,
	every: number | null,
): () => Promise<void> {
	if (every === null) return async () => undefined;
	let round: Promise<void> | null = null;
	/** By library, the edition that was written last. */
	const written = new Map<string, string>();
	const look = (): void => {
		round ??= settle()
			.then(() => writeSites(context, written))
			.catch((error: unknown) => context.log.error('log_not_published', { role: 'accountability', error }))
			.finally(() => {
				round = null;
			});
	};
	look();
	const timer = setInterval(look, every);
	timer.unref();
	return async () => {
		clearInterval(timer);
		await round;
	};
}
