import type { EventEmitter } from 'node:events';
import { operationShape } from '../api/shapes.ts';
import { measureUsage } from '../billing/measure.ts';
import type { Context } from '../context.ts';
import { carryOutImports } from '../imports/carry-out.ts';
import { lookAtNames } from '../public-names/look-at-names.ts';
import type { CellQueues } from '../queue/cell-queues.ts';
import { type Changes, createPublisher } from '../register/publisher.ts';
import { createLeading } from '../routes/leading.ts';
import { branchesBehind, librariesIn } from '../store/branches.ts';
import { namespacesOfLibraries } from '../store/homes.ts';
import { findOperation } from '../store/operations.ts';
import type { LibraryRow, OperationRow } from '../store/rows.ts';
import { goOnUpgrading, LOOK_AGAIN } from '../upgrade/upgrading.ts';
import { beside } from './beside.ts';
import { checkDueServers } from './external-checks.ts';
import { createGlances } from './glances.ts';
import { goOnRenaming } from './go-on-renaming.ts';
import { advanceOperations } from './operations.ts';
import { wantListed } from './provisioning.ts';
import { resendLibrary } from './resend.ts';
import { sweep, takeUpUnfinished } from './sweep.ts';

/** What the API, the console and the workers share: changing desired state and seeing that the world follows. */
export interface Services {
	/** Looks at these branches soon. */
	look(branches: readonly string[]): Promise<void>;
	/** Publishes what changed about a library; `resend` also tells its branches, whose documents carry the library. */
	libraryChanged(library: string, options?: { resend?: boolean }): Promise<void>;
	provisionLibrary(library: LibraryRow, by: string): Promise<string>;
	/** Begins with what is to be taken in; nothing when another process is at it, which goes on with all there is. */
	goOnImporting(): void;
	/** Resolves when this process takes in no file any more. */
	imported(): Promise<void>;
	operation(id: string): Promise<OperationRow>;
	/** The answer 202 for an operation. */
	accepted(operation: string): Promise<{ body: object; location: string }>;
	/** A register got a new version: the library's id. Or the routing table did. */
	readonly changes: EventEmitter<Changes>;
	/** A cell was added. */
	cellsChanged(): Promise<void>;
	/** A home listens at another address, perhaps. */
	homeMoved(role: string): Promise<void>;
	/** Called after each pass over a branch. */
	passed(library: string): void;
	/** Looks for what nobody asked for; `start` also for what an earlier process left undone. */
	sweep(when?: 'start'): Promise<void>;
	/** Called when the last branch in line was looked at. */
	idle(): void;
	/** Resolves when nothing is waiting or running; rejects when something cannot be published. */
	settle(): Promise<void>;
	/** Goes on with an upgrade of homes, when there is one, beside everything else. */
	goOnUpgrading(): void;
	/** Ends with the homes that an upgrade is at, and asks no server of others any more; resolves when nothing of it is done. */
	stopUpgrading(): Promise<void>;
	/** Ends what was begun, when no branch is looked at any more. */
	finish(): Promise<void>;
}

/** Builds the services over the queue and the publisher of this process. */
export function createServices(context: Context, queue: () => CellQueues): Services {
	const publisher = createPublisher(context, {
		isIdle: () => queue().isIdle(),
		async after(libraries) {
			await advanceOperations(context, libraries);
			const changed = await goOnRenaming(context, libraries);
			// Nobody waits for the database here: what is not put in line is found by the sweep.
			const failed = (error: unknown) => context.log.warn('not_put_in_line', { error });
			if (changed.length > 0) queue().add(changed).catch(failed);
		},
	});

	let importing: Promise<void> | null = null;
	let moreToImport = false;
	/** Takes in files, one after the other and beside everything else; one process at a time. */
	function goOnImporting(): void {
		if (finished) return;
		moreToImport = importing !== null;
		importing ??= carryOutImports(context, () => finished)
			.then(async (took) => {
				if (!took) return;
				// Libraries that run already are told what the new edition says of them.
				const behind = await branchesBehind(context.database);
				await queue().add(behind.map((row) => row.id));
				publisher.touch(...behind.map((row) => row.library));
			})
			.catch((error: unknown) => context.log.error('imports_broke_off', { error }))
			.finally(() => {
				importing = null;
				if (moreToImport) goOnImporting();
			});
	}
	/** Resolves when no file is taken in by this process any more. */
	async function imported(): Promise<void> {
		while (importing) await importing;
	}

	let upgrading: Promise<void> | null = null;
	let again = false;
	let finished = false;
	let nudge = Promise.withResolvers<void>();
	let lookedAgain = 0;
	function goOn(): void {
		if (finished) return;
		again = upgrading !== null;
		nudge.resolve();
		nudge = Promise.withResolvers<void>();
		upgrading ??= goOnUpgrading(context, {
			look: (branches) => queue().add(branches),
			async lookAgain(branches) {
				if (context.clock.now() < lookedAgain + LOOK_AGAIN) return;
				lookedAgain = context.clock.now();
				await queue().add(branches);
			},
			isOver: () => finished,
			nudged: () => nudge.promise,
		})
			.catch((error: unknown) => context.log.error('upgrade_broke_off', { error }))
			.finally(() => {
				upgrading = null;
				if (again) goOn();
			});
	}

	const noMore = new AbortController();
	const round = (work: () => Promise<unknown>, event: string) =>
		beside(work, {
			isOver: () => finished,
			broke: (error) => context.log.error(event, { error }),
		});
	/** Asks servers of others whose day is over. */
	const servers = round(async () => {
		const libraries = await checkDueServers(context, noMore.signal);
		if (libraries.length > 0) publisher.touch(...libraries);
	}, 'servers_not_looked_at');
	/** Looks at the public names of branches. */
	const names = round(() => lookAtNames(context, noMore.signal), 'names_not_looked_at');
	/** Measures what libraries have. */
	const measuring = round(() => measureUsage(context, noMore.signal), 'usage_not_measured');
	/** Brings what changed of certificates and other Secrets to the namespaces of libraries. */
	const secrets = round(async () => {
		const { database, driver } = context;
		if (driver.renewSecrets) await driver.renewSecrets(await namespacesOfLibraries(database), noMore.signal);
	}, 'secrets_not_renewed');

	const glances = createGlances(context, {
		look: (branches) => queue().add(branches),
		isOver: () => finished,
	});

	const leading = createLeading(context, { isOver: () => finished });
	publisher.changes.on('routes', leading.begin);

	const found = {
		look: (branches: readonly string[]) => queue().add(branches),
		touch: publisher.touch,
	};

	return {
		changes: publisher.changes,
		async homeMoved(role) {
			await publisher.routes(await librariesIn(context.database, role));
		},
		look: (branches) => queue().add(branches),
		passed: (library) => publisher.touch(library),
		goOnUpgrading: goOn,
		async stopUpgrading() {
			finished = true;
			noMore.abort(new Error('the provisioner ends'));
			await Promise.all([
				upgrading,
				...[servers, names, measuring, secrets, glances, leading].map((one) => one.ended()),
			]);
		},
		cellsChanged: () => queue().openCells(),
		async sweep(when) {
			await queue().openCells();
			await (when === 'start' ? takeUpUnfinished(context, found) : sweep(context, found));
			await publisher.routes(null);
			// Homes that start with us are not seen yet; the next minute comes soon.
			if (when !== 'start') await glances.begin();
			for (const one of [servers, names, measuring, secrets, leading]) one.begin();
			goOn();
			goOnImporting();
		},
		idle() {
			publisher.touch();
			goOn();
		},
		async libraryChanged(library, options = {}) {
			if (options.resend) await queue().add(await resendLibrary(context.database, library));
			publisher.touch(library);
			// The change is written down; what cannot be published now is published by the sweep.
			await publisher.flush().catch((error: unknown) => context.log.error('publish_failed', { error }));
		},
		async provisionLibrary(library, by) {
			const { id, branches } = await wantListed(context, library, by);
			context.afterStep('library_provisioned');
			await queue().add(branches);
			publisher.touch(library.id);
			return id;
		},
		goOnImporting,
		imported,
		async operation(id) {
			return (await findOperation(context.database, id))!;
		},
		async accepted(operation) {
			const row = await findOperation(context.database, operation);
			return { body: operationShape(row!), location: `/api/v1/operations/${operation}` };
		},
		async settle() {
			do {
				await imported();
				for (const one of [servers, measuring, glances]) await one.ended();
				await queue().settle();
				await publisher.flush();
				await upgrading;
			} while (
				importing !== null ||
				[servers, measuring, glances].some((one) => one.isUnderway()) ||
				upgrading !== null ||
				!queue().isIdle() ||
				publisher.isBehind()
			);
		},
		async finish() {
			await imported();
			await publisher.flush();
		},
	};
}
