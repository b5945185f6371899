import { readFileSync } from 'node:fs';
import { awayFault } from './fault.ts';

/** The keys to a bucket. */
export interface Credentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
}

/**
 * Reads a file of credentials as the AWS command line has it: its section `[default]`, or what stands before any section. Read with each use, so
 * that keys are changed without a start. Throws `away_no_keys`; no sentence quotes a key.
 */
export function readCredentials(file: string): Credentials {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (cause) {
		throw awayFault('away_no_keys', { cause });
	}
	const said = new Map<string, string>();
	let section = 'default';
	for (const line of text.split(/\r?\n/)) {
		const heading = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line);
		if (heading) section = heading[1]!;
		const pair = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/i.exec(line);
		if (pair && section === 'default') said.set(pair[1]!.toLowerCase(), pair[2]!);
	}
	const accessKeyId = said.get('aws_access_key_id');
	const secretAccessKey = said.get('aws_secret_access_key');
	const sessionToken = said.get('aws_session_token');
	if (!accessKeyId || !secretAccessKey) throw awayFault('away_no_keys');
	return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
