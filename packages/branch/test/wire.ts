import { createHash, createSign } from 'node:crypto';
import { createKeyring } from '../src/services/keyring.ts';
import type { Bed } from './bed.ts';
import { type Answer, call } from './browser.ts';
import { personId } from './look.ts';

/** Who signs: a person of a branch, or the branch itself. */
export interface Signer {
	readonly slug: string;
	/** Null for the branch's own actor. */
	readonly handle: string | null;
}

/** The actor id of a signer. */
export async function actorOf(bed: Bed, signer: Signer): Promise<string> {
	const { origin } = bed.branch(signer.slug);
	if (signer.handle === null) return `${origin}/ap/actor`;
	return `${origin}/ap/users/${personId(bed, signer.handle, signer.slug)}`;
}

/** One request signed as other servers sign (cavage, RSA), by the real key of a branch of the bed. */
export async function signed(
	bed: Bed,
	signer: Signer,
	method: 'GET' | 'POST',
	url: string,
	document?: object,
	more: Record<string, string> = {},
): Promise<Answer> {
	const branch = bed.branch(signer.slug);
	const keyring = createKeyring({
		store: branch.store,
		branch: branch.open.branch,
		homeKey: bed.homeKey,
		clock: bed.clock,
	});
	const id = signer.handle === null ? 'server' : String(personId(bed, signer.handle, signer.slug));
	const { privateKey } = await keyring.actorKeys(id);
	const { host, pathname } = new URL(url);
	const body = document && JSON.stringify(document);
	const date = new Date(bed.clock.now()).toUTCString();
	const digest = body && `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
	const lines = [`(request-target): ${method.toLowerCase()} ${pathname}`, `host: ${host}`, `date: ${date}`];
	if (digest) lines.push(`digest: ${digest}`);
	const names = lines.map((line) => line.slice(0, line.indexOf(': '))).join(' ');
	const signature = createSign('sha256').update(lines.join('\n')).sign(privateKey, 'base64');
	const keyId = `${await actorOf(bed, signer)}#main-key`;
	const headers = {
		...more,
		host,
		date,
		accept: 'application/activity+json',
		...(body ? { 'content-type': 'application/activity+json', digest: digest! } : {}),
		signature: `keyId="${keyId}",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`,
	};
	return call(bed.port, method, pathname, headers, body);
}

/** A Create of a note by a signer; `change` makes it wrong. */
export async function createNote(
	bed: Bed,
	signer: Signer,
	parts: { id: string; to: string[]; cc?: string[]; content: string; inReplyTo?: string },
): Promise<Record<string, unknown>> {
	const actor = await actorOf(bed, signer);
	const note = {
		id: `${actor}/statuses/${parts.id}`,
		type: 'Note',
		attributedTo: actor,
		to: parts.to,
		cc: parts.cc ?? [],
		content: parts.content,
		published: new Date(bed.clock.now()).toISOString(),
		...(parts.inReplyTo ? { inReplyTo: parts.inReplyTo } : {}),
	};
	return {
		'@context': 'https://www.w3.org/ns/activitystreams',
		id: `${note.id}/activity`,
		type: 'Create',
		actor,
		to: note.to,
		cc: note.cc,
		object: note,
	};
}

export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
