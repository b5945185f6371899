import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { Design } from '@understory/design/design.ts';
import { type Formats, keptFormats } from '@understory/design/when.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { createStatements, type Statements } from './data/read-statements.ts';
import { createAcceptEntry } from './intake/accept-entry.ts';
import { createSubmissionReader, type ReadSubmission } from './intake/read-submission.ts';
import { followPlatform, type PlatformParts } from './platform.ts';
import { createAuditDraws } from './publish/audit-draws.ts';
import { createLogs, type Logs } from './publish/logs.ts';
import { createPublisher, type Publisher } from './publish/publisher.ts';
import { createSealedCopies } from './publish/sealed-copies.ts';
import { createSequencer, type PublishMode } from './publish/sequencer.ts';
import { createRegisters, type Library, type Registers } from './registers.ts';
import { createEditions, type Editions } from './site/edition.ts';
import { createShelf, type Shelf } from './site/shelf.ts';
import { type Database, openDatabase } from './store/database.ts';
import { keepExternalVersions } from './store/external-versions.ts';
import { keepPolicies } from './store/policies.ts';
import { createWitnessAsker } from './witness/ask-witnesses.ts';
import { createOwnWitness, type OwnWitness } from './witness/own-witness.ts';

/** What the accountability role is built from. */
export interface AccountabilityParts {
	/** PostgreSQL address of this role's own schema. */
	readonly databaseUrl: string;
	/** Where logs, keys and the kept registers live. */
	readonly folder: string;
	readonly platform: PlatformParts;
	readonly design: Design;
	readonly log: Log;
	readonly clock: Clock;
	/** `now` in the town, `daily` in production (DESIGN 5.9). */
	readonly publish: PublishMode;
	/** Fewer people than this at a branch in 30 days, and its decisions are counted and not shown; 0 in the town (DESIGN 5.9). */
	readonly minimumPopulation: number;
	/** The way out to witnesses, to public addresses only. */
	readonly outgoing: Pick<Outgoing, 'request'>;
	/** True when the whole installation is a sample; a register may say so for its library, too. */
	readonly sample: boolean;
	/** Milliseconds between looks at the platform and the clock; null: only `settle()` looks. */
	readonly lookEvery: number | null;
	/** Addresses of proxies whose forwarded headers are believed; none unless said otherwise. */
	readonly trustProxy?: readonly string[];
}

/** The parts of the role, built once and by hand. */
export interface Context {
	readonly database: Database;
	readonly registers: Registers;
	readonly logs: Logs;
	readonly publisher: Publisher;
	readonly statements: Statements;
	readonly ownWitness: OwnWitness;
	askWitnesses(library: Library): Promise<void>;
	readonly design: Design;
	/** Formatters of dates, kept because pages have many. */
	readonly formats: Formats;
	readonly editions: Editions;
	readonly shelf: Shelf;
	readonly clock: Clock;
	readonly log: Log;
	readonly publish: PublishMode;
	readonly sample: boolean;
	readonly minimumPopulation: number;
	readonly readSubmission: (body: unknown) => ReadSubmission;
	readonly acceptEntry: (library: Library, submission: ReadSubmission) => Promise<void>;
}

/** Opens the store, takes up the kept registers, and puts the parts together. Rejects when the database cannot be reached. */
export async function createContext(parts: AccountabilityParts): Promise<Context> {
	const { clock, design, log, folder, publish, sample, minimumPopulation } = parts;
	design.registerViews('accountability', new URL('../views/', import.meta.url));
	const database = await openDatabase(parts.databaseUrl, log);
	try {
		const { db } = database;
		const follower = await followPlatform({
			platform: parts.platform,
			folder,
			clock,
			async changed({ library, policies, external = [] }) {
				await keepPolicies(db, library.id, policies);
				await keepExternalVersions(db, library.id, external);
			},
		});
		await follower.load();
		const registers = createRegisters({ follower, clock, log });
		const logs = createLogs(join(folder, 'libraries'));
		const editions = createEditions({ db, logs });
		const ask = createWitnessAsker({ database, logs, clock, log, outgoing: parts.outgoing });
		const keepSealed = createSealedCopies(join(folder, 'libraries'));
		const sequencing = { database, logs, clock, publish, minimumPopulation, keepSealed, log };
		const sequence = createSequencer(sequencing);
		const drawAudits = createAuditDraws({ db, logs, clock });
		return {
			database,
			registers,
			logs,
			publisher: createPublisher(async (library) => {
				await sequence(library);
				await drawAudits(library);
				await editions.look(library);
			}, clock),
			statements: createStatements(db),
			ownWitness: createOwnWitness({ folder: join(folder, 'libraries'), database, clock }),
			async askWitnesses(library) {
				if (await ask(library)) await editions.look(library);
			},
			editions,
			shelf: createShelf({ folder: join(folder, 'libraries'), clock, log }),
			formats: keptFormats(),
			design,
			clock,
			log,
			publish,
			sample,
			minimumPopulation,
			readSubmission: createSubmissionReader(),
			acceptEntry: createAcceptEntry({ db, clock, registers, minimumPopulation }),
		};
	} catch (error) {
		await database.close();
		throw error;
	}
}
