import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import { type ExternalDocument, type ExternalRecord, SILENT_FOR } from '@understory/core/external-server.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { readServer } from '../external/read-server.ts';
import { askServer } from '../external/server-asker.ts';
import { isServerFault, type ServerFault } from '../external/server-fault.ts';
import { type Database, lock } from '../store/database.ts';
import {
	addExternalServer,
	type ExternalServerRow,
	externalServers,
	externalVersions,
	findExternalServer,
	keepVersion,
	removeExternalServer,
} from '../store/external-servers.ts';
import { big, type LibraryRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';

/** A look each day, in milliseconds; sooner again after one that failed. */
export const CHECK_EVERY = 24 * 60 * 60_000;
/** Versions that the register carries; the public site keeps those before. */
const CARRIED = 5;
const MOST = 50;

/** What a server says of itself, before anybody added it. `sha256` names exactly that. */
export interface ServerPreview {
	readonly host: string;
	readonly origin: string;
	readonly sha256: string;
	readonly document: ExternalDocument;
}

/** A server of a library, and how it stands: `failing` for some days, then `unread`, which the public page says, too. */
export interface ShownServer {
	readonly id: string;
	readonly host: string;
	readonly origin: string;
	readonly name: string;
	readonly added_at: number;
	readonly added_by: string;
	readonly read_at: number;
	readonly state: 'read' | 'failing' | 'unread';
	readonly failing_since: number | null;
	readonly fault: ServerFault | null;
	readonly version: number;
	readonly changed_at: number;
	readonly sha256: string;
	readonly document: ExternalDocument;
}

/** Asks a server what it says of itself, and keeps nothing. Throws `BadInput` or `ServerUnread`. */
export async function previewServer(context: Context, address: string): Promise<ServerPreview> {
	const { host, origin } = await placeOf(context.database, address);
	const document = await readServer(askServer(context.outgoing, origin), host);
	return { host, origin, sha256: digestDocument(document), document };
}

/**
 * Adds a server as it was looked at; `said` is what it says now. Throws `BadInput`, or `Conflict` when it says something else than it did, or is there already.
 */
export async function addServer(
	context: Context,
	library: LibraryRow,
	asked: { readonly name: string; readonly sha256: string },
	{ said, by }: { readonly said: ServerPreview; readonly by: string },
): Promise<ShownServer> {
	const name = asked.name.replace(/[\s\p{Cc}]+/gu, ' ').trim();
	if (!name || name.length > 100)
		throw new BadInput('This server cannot be added as it stands.', [
			{ field: 'name', text: 'Say what the library calls it, in at most 100 characters.' },
		]);
	const { host, origin, sha256, document } = said;
	if (sha256 !== asked.sha256)
		throw new Conflict(
			'The server says something else than when it was looked at. Look at it again.',
			'server_changed',
		);
	const now = context.clock.now();
	const id = await context.database.transaction(async (transaction) => {
		await lock(transaction, `external:${library.id}`);
		if ((await externalServers(transaction, library.id)).length >= MOST)
			throw new BadInput('That are too many.', [
				{ field: 'address', text: `A library lists at most ${MOST} servers.` },
			]);
		const server = await addExternalServer(transaction, {
			...{ id: context.randomId(), library: library.id, host, origin, name, added_by: by },
			...{ added_at: now, read_at: now, next_check: now + CHECK_EVERY },
		});
		if (server === null) throw new Conflict('This server is there already.', 'server_known');
		await keepVersion(transaction, { server, sha256, document, read_at: now });
		return server;
	});
	return shownServer(context, library, id);
}

/** Takes a server away; what the public site keeps of its versions stays. Throws `NotFound`. */
export async function removeServer(context: Context, library: LibraryRow, id: string): Promise<void> {
	const gone =
		isUuid(id) &&
		(await removeExternalServer(context.database, { library: library.id, id, at: context.clock.now() }));
	if (!gone) throw notThere();
}

/** One server of a library. Throws `NotFound`. */
export async function shownServer(context: Context, library: LibraryRow, id: string): Promise<ShownServer> {
	const row = isUuid(id) ? await findExternalServer(context.database, library.id, id) : undefined;
	if (!row) throw notThere();
	return shown(context, row);
}

/** The servers of a library, by name. */
export async function shownServers(context: Context, library: LibraryRow): Promise<ShownServer[]> {
	const rows = await externalServers(context.database, library.id);
	return Array.fromAsync(rows, (row) => shown(context, row));
}

/** How the servers of a library stand in its register. */
export async function externalRecords(
	database: Database,
	library: LibraryRow,
	now: number,
): Promise<ExternalRecord[]> {
	const day = (at: string) => dateIn(library.zone, big(at));
	const rows = await externalServers(database, library.id);
	return Promise.all(
		rows.map(async ({ id, host, origin, name, read_at, failing_since }) => ({
			...{ id, host, origin, name, read_on: day(read_at) },
			...(failing_since !== null && isSilent(big(failing_since), now)
				? { unread_since: day(failing_since) }
				: {}),
			versions: (await externalVersions(database, id, CARRIED)).map((version) => ({
				version: version.version,
				read_on: day(version.read_at),
				sha256: version.sha256,
				document: version.document,
			})),
		})),
	);
}

async function shown(context: Context, row: ExternalServerRow): Promise<ShownServer> {
	const [newest] = await externalVersions(context.database, row.id, 1);
	const failing = row.failing_since === null ? null : big(row.failing_since);
	return {
		...{ id: row.id, host: row.host, origin: row.origin, name: row.name },
		...{ added_at: big(row.added_at), added_by: row.added_by, read_at: big(row.read_at) },
		state: failing === null ? 'read' : isSilent(failing, context.clock.now()) ? 'unread' : 'failing',
		failing_since: failing,
		fault: isServerFault(row.fault) ? row.fault : null,
		version: newest!.version,
		changed_at: big(newest!.read_at),
		sha256: newest!.sha256,
		document: newest!.document,
	};
}

const isSilent = (since: number, now: number): boolean => now - since >= SILENT_FOR;
/** What is answered of a server that the library does not list. */
export const notThere = () => new NotFound('There is no such server.');

/** Where a server is: `social.library.example`, or its whole address. A branch of this platform is none. */
async function placeOf(database: Database, address: string): Promise<{ host: string; origin: string }> {
	const bad = (text: string) =>
		new BadInput('There is no server at this address.', [{ field: 'address', text }]);
	const typed = address.trim();
	const whole = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
	const url = typed.length <= 300 && URL.canParse(whole) ? new URL(whole) : null;
	if (
		!url ||
		url.username ||
		url.password ||
		url.pathname !== '/' ||
		url.search ||
		!url.hostname.includes('.')
	)
		throw bad('Write an address such as social.library.example.');
	// Names below .localhost never leave this machine.
	if (url.protocol !== 'https:' && !url.hostname.endsWith('.localhost'))
		throw bad('Only a server with https is read.');
	const own = await database('branch').where({ origin: url.origin }).first('id');
	if (own) throw bad('This is a branch of this platform. It is on the public site already.');
	return { host: url.host, origin: url.origin };
}
