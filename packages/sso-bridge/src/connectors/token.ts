import type { CatalogueAnswer } from './exchange.ts';
import { type Ask, type CatalogueRequest, unexpected } from './exchange.ts';
import { misconfigured, NoVerdict } from './no-verdict.ts';

/** The library's own access to its catalogue, which lasts a while. */
export interface Token {
	readonly token: string;
	/** UTC milliseconds until which it is good. */
	readonly until: number;
}

/** Keeps a token as long as it is good. Many who need it at once wait for one. */
export interface TokenKeeper {
	get(ask: Ask, now: number): Promise<string>;
	/** After the catalogue would not have it any more. */
	forget(): void;
}

/** A token is left a minute before its end, so that none ends on the way. */
const EARLY_MS = 60_000;

export function keepToken(fetchToken: (ask: Ask, now: number) => Promise<Token>): TokenKeeper {
	let held: Token | null = null;
	let coming: Promise<Token> | null = null;
	return {
		async get(ask, now) {
			if (held && now < held.until - EARLY_MS) return held.token;
			coming ??= fetchToken(ask, now).finally(() => {
				coming = null;
			});
			held = await coming;
			return held.token;
		},
		forget() {
			held = null;
		},
	};
}

/** The token of an OAuth 2 client (RFC 6749 4.4). Throws `NoVerdict`. */
export async function clientToken(ask: Ask, request: CatalogueRequest, now: number): Promise<Token> {
	const answer = await ask(request);
	if (answer.status === 400 || answer.status === 401) throw misconfigured('login_refused');
	if (answer.status !== 200) throw unexpected(answer);
	const { access_token: token, expires_in: seconds } = answer.object();
	if (typeof token !== 'string' || token === '') throw misconfigured('unreadable');
	const lasts = typeof seconds === 'number' && seconds > 0 ? seconds : 300;
	return { token, until: now + lasts * 1000 };
}

/**
 * Sends a question with a token. A token that is not taken any more is forgotten, and nobody can tell now: the question may hold a PIN and is not sent twice;
 * the next one gets a fresh token.
 */
export async function askWith(
	keeper: TokenKeeper,
	ask: Ask,
	now: number,
	request: (token: string) => CatalogueRequest,
): Promise<CatalogueAnswer> {
	const answer = await ask(request(await keeper.get(ask, now)));
	if (answer.status !== 401) return answer;
	keeper.forget();
	throw new NoVerdict('unavailable', 'token_refused');
}
