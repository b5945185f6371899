import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { BadNote, formatVkey, parseVkey } from '@understory/transparency-log/note.ts';
import { createWitness, type WitnessAnswer } from '@understory/transparency-log/witness.ts';
import { keyInFile } from '../publish/log-key.ts';
import type { Library } from '../registers.ts';
import type { Database } from '../store/database.ts';

/** A library as the witness of others' logs: those that it names in its register (C2SP tlog-witness v1.0.0). */
export interface OwnWitness {
	/** Its verifier key, for those it watches. */
	vkey(library: Library): Promise<string>;
	addCheckpoint(library: Library, body: string): Promise<WitnessAnswer>;
	/** The last checkpoint that it cosigned of a log, by SHA-256 of the log's origin in hex; null when there is none. */
	latest(library: Library, hash: string): Promise<string | null>;
}

/** The name under which a library cosigns; nobody else's line can carry it, since a line is looked up by name and key. */
export function witnessName(library: Pick<Library, 'host'>): string {
	return `${library.host}/witness`;
}

/** Keeps what each library saw under `folder`, a folder a library, with a key that is used for nothing else. */
export function createOwnWitness(parts: { folder: string; database: Database; clock: Clock }): OwnWitness {
	const { folder, database, clock } = parts;
	const home = (library: Library) => join(folder, library.id, 'witness');
	const keyOf = (library: Library) => keyInFile(join(home(library), 'witness.key'));

	async function open(library: Library) {
		return createWitness({
			name: witnessName(library),
			key: await keyOf(library),
			logs: (library.register.library.watches ?? []).flatMap(readKey),
			storage: folderStorage(join(home(library), 'logs')),
			now: clock.now,
			// Several processes may serve one library. What no watched log signed never gets as far as a lock.
			alone: (origin, act) => database.alone(`witness/${library.id}/${origin}`, act),
		});
	}

	return {
		vkey: async (library) =>
			formatVkey({ name: witnessName(library), key: await keyOf(library) }, 'cosignature'),
		async addCheckpoint(library, body) {
			return (await open(library)).addCheckpoint(body);
		},
		async latest(library, hash) {
			return (await open(library)).latestByHash(hash);
		},
	};
}

function readKey(vkey: string) {
	try {
		return [parseVkey(vkey)];
	} catch (error) {
		if (error instanceof BadNote) return [];
		throw error;
	}
}
