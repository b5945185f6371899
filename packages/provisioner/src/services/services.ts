import { EventEmitter } from 'node:events';
import { toPublicError } from '@understory/core/errors.ts';
import { operationShape } from '../api/shapes.ts';
import type { Context } from '../context.ts';
import type { BranchQueue } from '../queue/branch-queue.ts';
import { publishRegister } from '../register/publish.ts';
import { publishRosters } from '../register/roster.ts';
import { changeBranch } from '../store/branches.ts';
import { endOperation, findOperation, setProgress } from '../store/operations.ts';
import type { BranchRow, LibraryRow, OperationRow } from '../store/rows.ts';
import { importSurvey } from '../survey/import.ts';
import { advanceOperations, beginOperation } from './operations.ts';

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
	/** A register got a new version: the library's id. */
	readonly changes: EventEmitter<{ register: [library: string] }>;
	/** Called after each pass over a branch. */
	passed(library: string): void;
	settle(): Promise<void>;
}

/** Builds the services. Publishing is coalesced: any number of branches that become ready at once make one roster and one register. */
export function createServices(context: Context, queue: () => BranchQueue): Services {
	const changes = new EventEmitter<{ register: [library: string] }>();
	changes.setMaxListeners(0);
	const dirty = new Set<string>();
	const imports = new Set<Promise<void>>();
	let publishing: Promise<void> | null = null;

	async function publishAll(): Promise<void> {
		for (let library = first(dirty); library !== undefined; library = first(dirty)) {
			dirty.delete(library);
			await publishRosters(context, library);
			const before = await versionOf(library);
			const after = await publishRegister(context, library);
			if (before !== after) changes.emit('register', library);
		}
		await advanceOperations(context);
	}

	async function versionOf(library: string): Promise<number | undefined> {
		const row: { version: string } | undefined = await context
			.database('register')
			.where({ library })
			.first('version');
		return row && Number(row.version);
	}

	function publish(): Promise<void> {
		publishing ??= publishAll()
			.catch((error: unknown) => context.log.error('publish_failed', { error }))
			.finally(() => {
				publishing = null;
				if (dirty.size > 0) publish();
			});
		return publishing;
	}

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
		const running = await context
			.database<BranchRow>('branch')
			.distinct('library')
			.whereNot('stage', 'listed')
			.whereRaw('observed_generation < generation');
		for (const { library } of running) dirty.add(library);
		await queue().add(await behind());
		await publish();
	}

	async function behind(): Promise<string[]> {
		const rows = await context
			.database<BranchRow>('branch')
			.whereNot('stage', 'listed')
			.whereRaw('observed_generation < generation')
			.select('id');
		return rows.map((row) => row.id);
	}

	return {
		changes,
		look: (branches) => queue().add(branches),
		passed(library) {
			dirty.add(library);
			void publish();
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
			dirty.add(library);
			await publish();
		},
		async provisionLibrary(library, by) {
			const id = await beginOperation(context, { kind: 'provision', library: library.id, branch: null, by });
			const rows: { id: string }[] = await context
				.database('branch')
				.where({ library: library.id, stage: 'listed' })
				.whereNull('proposed_closing')
				.update({ stage: 'unopened', generation: context.database.raw('generation + 1') })
				.returning('id');
			context.afterStep('library_provisioned');
			await queue().add(rows.map((row) => row.id));
			dirty.add(library.id);
			void publish();
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
				await queue().settle();
				await publish();
			} while (dirty.size > 0 || imports.size > 0 || publishing !== null);
		},
	};
}

function first<T>(set: ReadonlySet<T>): T | undefined {
	return set.values().next().value;
}
