import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { dateIn } from '@understory/core/calendar.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { Context } from '../context.ts';
import { markUsed, type TokenRow, tokenById } from '../store/access.ts';
import { isSignedOut, signOut } from '../store/signed-out.ts';

const NAME = 'console';
/** A working day, in milliseconds. */
const LIFE = 10 * 3_600_000;

/** Who is at the console: the cookie holds the id of an API token and its end, signed; the token itself is never in the browser. */
export function consoleSession(context: Context, key: Buffer, secure: boolean): RequestHandler {
	return async (request, response, next) => {
		const cookie = readCookie(request, secure);
		const token = await whoIs(context, request, { key, secure });
		if (token) {
			await markUsed(context.database, token, dateIn('UTC', context.clock.now()));
			response.locals.token = token;
		}
		// What forms are bound to; before signing in, a form is bound to nothing but its origin.
		request.sessionID = cookie ?? 'signed-out';
		next();
	};
}

/** Whose session a request is of, now; undefined when it is over: signed out, at its end, or with its token. */
export async function whoIs(
	{ database, clock }: Context,
	request: Request,
	{ key, secure }: { readonly key: Buffer; readonly secure: boolean },
): Promise<TokenRow | undefined> {
	const cookie = readCookie(request, secure);
	const claim = cookie && verify(cookie, key, clock);
	if (!cookie || !claim) return undefined;
	const token = await tokenById(database, claim.id, clock.now());
	return token && !(await isSignedOut(database, digestOf(cookie))) ? token : undefined;
}

/** Signs somebody in. */
export function beginSession(
	response: Response,
	token: TokenRow,
	parts: { key: Buffer; clock: Clock; secure: boolean },
): void {
	const claim = `${token.id}.${parts.clock.now() + LIFE}`;
	response.cookie(cookieName(parts.secure), `${claim}.${sign(claim, parts.key)}`, {
		httpOnly: true,
		sameSite: 'lax',
		secure: parts.secure,
		path: '/',
		maxAge: LIFE,
	});
}

/** Signs somebody out: their browser forgets the cookie, and it is good for nothing any more, wherever else it was kept. */
export async function endSession(
	{ database, clock }: Context,
	request: Request,
	response: Response,
	{ key, secure }: { readonly key: Buffer; readonly secure: boolean },
): Promise<void> {
	const cookie = readCookie(request, secure);
	const claim = cookie && verify(cookie, key, clock);
	if (cookie && claim) await signOut(database, digestOf(cookie), claim.until);
	response.clearCookie(cookieName(secure), { path: '/', secure });
}

function verify(cookie: string, key: Buffer, clock: Clock): { id: string; until: number } | null {
	const match = /^([0-9a-f-]{36})\.(\d{13})\.([\w-]{43})$/.exec(cookie);
	if (!match) return null;
	const given = Buffer.from(match[3]!);
	const expected = Buffer.from(sign(`${match[1]}.${match[2]}`, key));
	const until = Number(match[2]);
	return timingSafeEqual(given, expected) && until > clock.now() ? { id: match[1]!, until } : null;
}

function digestOf(cookie: string): string {
	return createHash('sha256').update(cookie).digest('base64url');
}

function sign(claim: string, key: Buffer): string {
	return createHmac('sha256', key).update(`console\n${claim}`).digest('base64url');
}

function readCookie(request: Request, secure: boolean): string | null {
	const found = new RegExp(`(?:^|;\\s*)${cookieName(secure)}=([^;]+)`).exec(request.headers.cookie ?? '');
	return found ? decodeURIComponent(found[1]!) : null;
}

function cookieName(secure: boolean): string {
	return secure ? `__Host-${NAME}` : NAME;
}
