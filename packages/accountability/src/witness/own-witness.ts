import { createHash } from 'node:crypto';
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

/** Keeps what each library saw under `folder`, a folder a library, with a key that is used for nothing else. */
export function createOwnWitness(parts: { folder: string; database: Database; clock: Clock }): OwnWitness {
	const { folder, database, clock } = parts;
	const home = (library: Library) => join(folder, library.id, 'witness');
	const nameOf = (library: Library) => `${library.host}/witness`;
	const keyOf = (library: Library) => keyInFile(join(home(library), 'witness.key'));

	async function open(library: Library) {
		return createWitness({
			name: nameOf(library),
			key: await keyOf(library),
			logs: (library.register.library.watches ?? []).flatMap(readKey),
			storage: folderStorage(join(home(library), 'logs')),
			now: clock.now,
		});
	}

	return {
		vkey: async (library) => formatVkey({ name: nameOf(library), key: await keyOf(library) }, 'cosignature'),
		async addCheckpoint(library, body) {
			let answer: WitnessAnswer | undefined;
			// Alone on the database, because several processes may serve one library.
			await database.alone(`witness/${library.id}`, async () => {
				answer = await (await open(library)).addCheckpoint(body);
			});
			return answer!;
		},
		async latest(library, hash) {
			const watched = (library.register.library.watches ?? []).flatMap(readKey);
			const log = watched.find(({ name }) => createHash('sha256').update(name).digest('hex') === hash);
			return log ? (await open(library)).latest(log.name) : null;
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
