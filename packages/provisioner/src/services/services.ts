import type { EventEmitter } from 'node:events';
import { toPublicError } from '@understory/core/errors.ts';
import { operationShape } from '../api/shapes.ts';
import type { Context } from '../context.ts';
import type { BranchQueue } from '../queue/branch-queue.ts';
import { type Changes, createPublisher } from '../register/publisher.ts';
import { branchesBehind, changeBranch, librariesIn, provisionListed } from '../store/branches.ts';
import { endOperation, findOperation, setProgress } from '../store/operations.ts';
import type { BranchRow, LibraryRow, OperationRow } from '../store/rows.ts';
import { importSurvey } from '../survey/import.ts';
import { goOnUpgrading } from '../upgrade/upgrading.ts';
import { checkDueServers } from './external-checks.ts';
import { advanceOperations, beginOperation } from './operations.ts';
import { sweep, takeUpUnfinished } from './sweep.ts';

/** What the API, the console and the workers share: changing desired state and seeing that the world follows. */
export interface Services {
	/** Looks at these branches soon. */
	look(branches: readonly string[]): Promise<void>;
	/** Publishes what changed about a library; `resend` also tells its branches, whose documents carry the library. */
	libraryChanged(library: string, options?: { resend?: boolean }): Promise<void>;
	provisionLibrary(library: LibraryRow, by: string): Promise<string>;
	/** Reads the file to its end, or keeps why it could not, as an operation. Resolves with the operation's id once it is written down. */
	startImport(bytes: AsyncIterable<Uint8Array>, only: readonly string[] | null, by: string): Promise<string>;
	operation(id: string): Promise<OperationRow>;
	/** The answer 202 for an operation. */
	accepted(operation: string): Promise<{ body: object; location: string }>;
	/** A register got a new version: the library's id. Or the routing table did. */
	readonly changes: EventEmitter<Changes>;
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
	/** Ends with the home that an upgrade is at, and asks no server of others any more; resolves when nothing of it is done. */
	stopUpgrading(): Promise<void>;
	/** Ends what was begun, when no branch is looked at any more. */
	finish(): Promise<void>;
}

/** Builds the services over the queue and the publisher of this process. */
export function createServices(context: Context, queue: () => BranchQueue): Services {
	const imports = new Set<Promise<void>>();
	const publisher = createPublisher(context, {
		isIdle: () => queue().isIdle(),
		after: (libraries) => advanceOperations(context, libraries),
	});

	async function runImport(
		operation: string,
		bytes: AsyncIterable<Uint8Array>,
		only: readonly string[] | null,
	): Promise<void> {
		try {
			const summary = await importSurvey(context, {
				bytes,
				only,
				async told(results, rowsRead) {
					if (results.length > 0) {
						const rows = results.map((result, at) => ({
							...result,
							line: result.line || -1 - at,
							operation,
						}));
						await context.database.batchInsert('import_row', rows, 1_000);
					}
					await setProgress(context.database, operation, rowsRead, null);
				},
			});
			await endOperation(
				context.database,
				operation,
				{ state: 'done', result: summary },
				context.clock.now(),
			);
		} catch (error) {
			const told = toPublicError(error);
			if (told.status >= 500) context.log.error('import_failed', { error });
			const problem = { title: told.message, code: told.code };
			await endOperation(context.database, operation, { state: 'failed', problem }, context.clock.now());
		}
		// Libraries that run already are told what the new edition says of them.
		const behind = await branchesBehind(context.database);
		await queue().add(behind.map((row) => row.id));
		publisher.touch(...behind.map((row) => row.library));
	}

	let upgrading: Promise<void> | null = null;
	let again = false;
	let finished = false;
	function goOn(): void {
		if (finished) return;
		again = upgrading !== null;
		upgrading ??= goOnUpgrading(context, {
			look: (branches) => queue().add(branches),
			isOver: () => finished,
		})
			.catch((error: unknown) => context.log.error('upgrade_broke_off', { error }))
			.finally(() => {
				upgrading = null;
				if (again) goOn();
			});
	}

	let looking: Promise<void> | null = null;
	const noMore = new AbortController();
	/** Asks servers of others whose day is over, beside everything else: they may take their time. */
	function lookAtServers(): void {
		if (finished) return;
		looking ??= checkDueServers(context, noMore.signal)
			.then((libraries) => libraries.length > 0 && publisher.touch(...libraries))
			.catch((error: unknown) => context.log.error('servers_not_looked_at', { error }))
			.then(() => {
				looking = null;
			});
	}

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
			await Promise.all([upgrading, looking]);
		},
		async sweep(when) {
			await (when === 'start' ? takeUpUnfinished(context, found) : sweep(context, found));
			await publisher.routes(null);
			lookAtServers();
			goOn();
		},
		idle() {
			publisher.touch();
			goOn();
		},
		async libraryChanged(library, options = {}) {
			if (options.resend) {
				const rows = await context
					.database<BranchRow>('branch')
					.where({ library })
					.whereNot('stage', 'listed')
					.select('id');
				for (const { id } of rows) await changeBranch(context.database, id, {});
				await queue().add(rows.map((row) => row.id));
			}
			publisher.touch(library);
			// The change is written down; what cannot be published now is published by the sweep.
			await publisher.flush().catch((error: unknown) => context.log.error('publish_failed', { error }));
		},
		async provisionLibrary(library, by) {
			const about = { kind: 'provision', library: library.id, branch: null, by };
			const { id, branches } = await context.database.transaction(async (transaction) => ({
				branches: await provisionListed(transaction, library.id),
				id: await beginOperation({ ...context, database: transaction }, about),
			}));
			context.afterStep('library_provisioned');
			await queue().add(branches);
			publisher.touch(library.id);
			return id;
		},
		async startImport(bytes, only, by) {
			const id = await beginOperation(context, { kind: 'import', library: null, branch: null, by });
			const running = runImport(id, bytes, only);
			imports.add(running);
			await running.finally(() => imports.delete(running));
			return id;
		},
		async operation(id) {
			return (await findOperation(context.database, id))!;
		},
		async accepted(operation) {
			const row = await findOperation(context.database, operation);
			return { body: operationShape(row!), location: `/api/v1/operations/${operation}` };
		},
		async settle() {
			do {
				await Promise.all(imports);
				await looking;
				await queue().settle();
				await publisher.flush();
				await upgrading;
			} while (
				imports.size > 0 ||
				looking !== null ||
				upgrading !== null ||
				!queue().isIdle() ||
				publisher.isBehind()
			);
		},
		async finish() {
			await Promise.all(imports);
			await publisher.flush();
		},
	};
}
