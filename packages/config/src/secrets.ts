import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';

/** The town's own secrets: made once, kept in `secrets.json` for the owner of the folder only. */
export interface TownSecrets {
	/** What `/api/v1` and the console ask for. */
	readonly adminToken: string;
	/** 32 bytes each, base64url. */
	readonly bridgeMaster: string;
	readonly consoleKey: string;
	readonly accountabilityKey: string;
	/** PEM of the platform's Ed25519 key. */
	readonly platformKey: string;
}

/** Reads the secrets, or makes them the first time. Throws a sentence for a file that is damaged: making new ones would lock every folder. */
export function loadOrMakeSecrets(folder: string, makePlatformKey: () => string): TownSecrets {
	const file = join(folder, 'secrets.json');
	if (!existsSync(file)) {
		const random = () => randomBytes(32).toString('base64url');
		const made: TownSecrets = {
			adminToken: random(),
			bridgeMaster: random(),
			consoleKey: random(),
			accountabilityKey: random(),
			platformKey: makePlatformKey(),
		};
		writeFileSync(file, `${JSON.stringify(made, null, '\t')}\n`, { mode: 0o600, flag: 'wx', flush: true });
	}
	try {
		return check(JSON.parse(readFileSync(file, 'utf8')) as Partial<TownSecrets>);
	} catch (cause) {
		const sentence = `The file secrets.json in the data folder cannot be read. Without it the town cannot open what it sealed; bring it back from a backup.`;
		throw new PublicError(500, 'secrets', sentence, { cause });
	}
}

function check(read: Partial<TownSecrets>): TownSecrets {
	for (const name of [
		'adminToken',
		'bridgeMaster',
		'consoleKey',
		'accountabilityKey',
		'platformKey',
	] as const) {
		if (typeof read[name] !== 'string' || read[name].length < 40) throw new Error(`${name} is missing`);
	}
	return read as TownSecrets;
}
