import { BadInput } from '@understory/core/errors.ts';
import type { Session } from './parts.ts';

/** What a file of JSON says. Throws `BadInput` that quotes nothing of it: a parser's own words may quote what is a secret. */
export async function readJson(session: Pick<Session, 'file'>, file: string): Promise<unknown> {
	return parsed(session, file, 'JSON');
}

/** The object in a file of JSON. Throws `BadInput` as `readJson` does. */
export async function readJsonObject(session: Pick<Session, 'file'>, file: string): Promise<object> {
	const read = await parsed(session, file, 'a JSON object');
	if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
	throw new BadInput(`${file} is not a JSON object.`);
}

async function parsed(session: Pick<Session, 'file'>, file: string, wanted: string): Promise<unknown> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await session.file(file)) chunks.push(chunk);
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		throw new BadInput(`${file} is not ${wanted}.`);
	}
}
