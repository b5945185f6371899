import { createHash, randomBytes, randomInt } from 'node:crypto';
import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { STAFF_SESSION_MS } from '../staff-sign-in/staff-sign-in.ts';
import { addCommandSession, type TokenRow, tokenById } from '../store/access.ts';
import {
	addCommandLogin,
	answerCommandLogin,
	commandLoginByCode,
	commandLoginBySecret,
	takeCommandLogin,
} from '../store/command-logins.ts';

/** How long a code is good, in milliseconds. */
const CODE_MS = 600_000;
/** How often a command asks, in seconds. */
const PAUSE_SECONDS = 2;
/** Letters without vowels, so that no word comes out (RFC 8628, 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** What a command gets that asks to be let in. */
export interface BegunCommandLogin {
	/** What it asks with; nobody else sees it. */
	readonly secret: string;
	/** What a person types at the console. */
	readonly code: string;
	readonly url: string;
	readonly expires: number;
	readonly pause_seconds: number;
}

/** How it stands. The token is there once. */
export interface CommandLoginState {
	readonly state: 'waiting' | 'refused' | 'done';
	readonly token: string | null;
	readonly expires: number | null;
}

/** A command on some computer asks to be let in by somebody who is signed in at the console (the device grant of RFC 8628, with the platform as its own server). */
export async function beginCommandLogin(context: Context, computer: string): Promise<BegunCommandLogin> {
	const now = context.clock.now();
	const secret = randomBytes(32).toString('base64url');
	const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
	const row = {
		id: context.randomId(),
		secret: hashOf(secret),
		code: hashOf(letters),
		computer: computer.replace(/[\p{Cc}\p{Cf}]/gu, '').trim() || '?',
		created: now,
		expires: now + CODE_MS,
	};
	await addCommandLogin(context.database, row);
	return {
		secret,
		code: `${letters.slice(0, 4)}-${letters.slice(4)}`,
		url: `${new URL(context.addresses.console).origin}/command`,
		expires: row.expires,
		pause_seconds: PAUSE_SECONDS,
	};
}

/** What asks by a code that somebody typed; undefined when nothing does. */
export async function askingBy(
	context: Context,
	code: string,
): Promise<{ id: string; computer: string; created: number } | undefined> {
	const letters = code.toUpperCase().replace(/[^A-Z]/g, '');
	const row = await commandLoginByCode(context.database, { code: hashOf(letters), now: context.clock.now() });
	return row && { id: row.id, computer: row.computer, created: Number(row.created) };
}

/** Lets it in as oneself, or refuses it (null). Throws `NotFound` when it was answered before, or waits no more. */
export async function answerCommand(context: Context, id: string, by: TokenRow | null): Promise<void> {
	const answer = { id, by: by?.id ?? null, now: context.clock.now() };
	if (!(await answerCommandLogin(context.database, answer)))
		throw new NotFound('This command does not wait for an answer any more.');
}

/**
 * How it stands with a command that asks. Once somebody let it in, it gets a token that reaches as far as theirs, ends with their grant or token, and after ten hours at
 * the latest. Throws `NotFound` for a secret that is not known, or whose time is over.
 */
export async function redeemCommandLogin(context: Context, secret: string): Promise<CommandLoginState> {
	const { database, clock } = context;
	const now = clock.now();
	const row = await commandLoginBySecret(database, { secret: hashOf(secret), now });
	if (!row) throw new NotFound('Nothing waits here any more. Log in anew.');
	if (row.refused) return { state: 'refused', token: null, expires: null };
	if (row.allowed_by === null) return { state: 'waiting', token: null, expires: null };
	const by = await tokenById(database, row.allowed_by, now);
	if (!by) throw new NotFound('Whoever let this command in is signed in no more. Log in anew.');
	const token = randomBytes(32).toString('base64url');
	const expires = Math.min(
		now + STAFF_SESSION_MS,
		by.expires === null ? Number.POSITIVE_INFINITY : Number(by.expires),
	);
	const session = { id: context.randomId(), by, computer: row.computer, created: now, expires };
	const taken = await database.transaction(async (transaction) => {
		if (!(await takeCommandLogin(transaction, row.id))) return false;
		await addCommandSession(transaction, token, session);
		return true;
	});
	if (!taken) throw new NotFound('Nothing waits here any more. Log in anew.');
	return { state: 'done', token, expires };
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('base64url');
}
