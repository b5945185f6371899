import {
	type ClientRecord,
	clientFault,
	hashOfSecret,
	newClientSecret,
} from '@understory/core/client-record.ts';
import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addClient, changeClient, findClient, removeClient } from '../store/clients.ts';
import type { LibraryRow } from '../store/rows.ts';

/** What library IT says of a server that shall sign people in; the rest has a careful default. */
export type NewClient = Pick<ClientRecord, 'id' | 'name' | 'origin' | 'redirect_uris'> &
	Partial<ClientRecord>;

/** A client as it is shown: how many secrets it has, and never one. */
export type ShownClient = Omit<ClientRecord, 'secret_hashes'> & { readonly secrets: number };

const WORDS: Readonly<Record<string, string>> = {
	id: 'Small letters, digits and hyphens, from 3 to 64.',
	name: 'Write what people are told whom they are going to.',
	origin:
		'Scheme, host and port of the server, such as https://social.library.example, and nothing after it.',
	sector: 'Letters, digits, dots, colons and hyphens.',
	redirect_uris: 'At least one whole https address, as the server names it.',
	post_logout_redirect_uris: 'Whole https addresses.',
	backchannel_logout_uri: 'A whole https address, or leave it out.',
	rules_url: 'A whole https address, or leave it out.',
};

/**
 * Registers a server; answers with its secret, which is kept as a hash only and shown this once. Throws `BadInput` for a record that the bridge could not
 * use, `Conflict` for an id that is taken, or that belonged to another server once: people are known by it.
 */
export async function registerClient(
	context: Context,
	library: LibraryRow,
	wanted: NewClient,
): Promise<{ client: ShownClient; secret: string }> {
	const secret = newClientSecret();
	const record: ClientRecord = {
		id: wanted.id,
		name: wanted.name.trim(),
		origin: wanted.origin,
		sector: wanted.sector ?? `client:${wanted.id}`,
		redirect_uris: wanted.redirect_uris,
		post_logout_redirect_uris: wanted.post_logout_redirect_uris ?? [],
		backchannel_logout_uri: wanted.backchannel_logout_uri ?? null,
		secret_hashes: [hashOfSecret(secret)],
		auth_method: wanted.auth_method ?? 'client_secret_basic',
		pkce: wanted.pkce ?? 'required',
		offline: wanted.offline ?? false,
		id_token_alg: wanted.id_token_alg ?? 'RS256',
		rules_url: wanted.rules_url ?? null,
		adults_only: wanted.adults_only ?? false,
	};
	refuseFaulty(record);
	if (!(await addClient(context.database, library.id, record, context.clock.now()))) {
		throw new Conflict(`There is, or was, a client "${record.id}" at this library.`, 'client_taken');
	}
	return { client: shownClient(record), secret };
}

/** Gives a client a second secret, so that the server can change over; of two that are there the older goes. */
export async function newSecret(context: Context, library: LibraryRow, id: string): Promise<string> {
	const record = await findClient(context.database, library.id, id);
	if (!record) throw new NotFound('There is no such client.');
	const secret = newClientSecret();
	const hashes = [...record.secret_hashes.slice(-1), hashOfSecret(secret)];
	await changeClient(context.database, library.id, { ...record, secret_hashes: hashes });
	return secret;
}

/** Ends a client; nobody gets there any more, and its id is not given out again. Throws `NotFound`. */
export async function endClient(context: Context, library: LibraryRow, id: string): Promise<void> {
	if (!(await removeClient(context.database, library.id, id))) throw new NotFound('There is no such client.');
}

export function shownClient({ secret_hashes, ...record }: ClientRecord): ShownClient {
	return { ...record, secrets: secret_hashes.length };
}

function refuseFaulty(record: ClientRecord): void {
	const field = clientFault(record);
	if (field === null) return;
	throw new BadInput('This server cannot be registered as it stands.', [
		{ field, text: WORDS[field] ?? 'This cannot be used.' },
	]);
}
