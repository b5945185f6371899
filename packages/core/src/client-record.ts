import { createHash, randomInt } from 'node:crypto';

/**
 * A server that is not a branch and signs its people in through the library: a Mastodon or Hometown server, or any other OpenID client. It stands
 * in the library's register, so it holds nothing that anybody could sign in with.
 */
export interface ClientRecord {
	/** The `client_id`: small letters, digits and `-`. */
	readonly id: string;
	/** What people are told whom they are going to. */
	readonly name: string;
	/** Where the server is: scheme, host and port. */
	readonly origin: string;
	/** OpenID sector: stays when the host name changes, so that people keep their names there. */
	readonly sector: string;
	readonly redirect_uris: readonly string[];
	readonly post_logout_redirect_uris: readonly string[];
	/** Where it is told that somebody signed out; null where it cannot be (Mastodon). */
	readonly backchannel_logout_uri: string | null;
	/** `hashOfSecret` of its secret; two while it is being changed. */
	readonly secret_hashes: readonly string[];
	readonly auth_method: 'client_secret_basic' | 'client_secret_post';
	/** `optional` only where the server cannot do it (Mastodon's default); a nonce is then required instead. */
	readonly pkce: 'required' | 'optional';
	/** May it have refresh tokens (`offline_access`)? */
	readonly offline: boolean;
	readonly id_token_alg: 'RS256' | 'ES256';
	/** The rules of that server, which people agree to before they are sent there. */
	readonly rules_url: string | null;
	/** True: only grown people are sent there. Children never are. */
	readonly adults_only: boolean;
}

/** What is wrong with a record, in a few words for library IT, or null. A record that is wrong is left out and stands in nobody's way. */
export function clientFault(record: ClientRecord): string | null {
	if (!/^[a-z0-9](?:[a-z0-9-]{1,62}[a-z0-9])$/.test(record.id)) return 'id';
	if (record.name.trim() === '') return 'name';
	if (!isOrigin(record.origin)) return 'origin';
	if (!/^[\w.:-]{1,100}$/.test(record.sector)) return 'sector';
	const { backchannel_logout_uri: told, rules_url: rules } = record;
	if (record.redirect_uris.length === 0 || !record.redirect_uris.every(isAddress)) return 'redirect_uris';
	if (!record.post_logout_redirect_uris.every(isAddress)) return 'post_logout_redirect_uris';
	if (told !== null && !isAddress(told)) return 'backchannel_logout_uri';
	if (rules !== null && !isAddress(rules)) return 'rules_url';
	const hashes = record.secret_hashes;
	if (hashes.length < 1 || hashes.length > 2 || !hashes.every((hash) => /^[\w-]{43}$/.test(hash))) {
		return 'secret_hashes';
	}
	return null;
}

function isOrigin(text: string): boolean {
	return isAddress(text) && new URL(text).origin === text;
}

/** An address of a page: http only where a town or a test runs on one machine. */
function isAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, hostname, hash, username, password } = new URL(text);
	if (hash !== '' || username !== '' || password !== '') return false;
	return protocol === 'https:' || (protocol === 'http:' && hostname.endsWith('.localhost'));
}

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new secret for a client: 43 letters and digits, 256 bits, which nothing on the way has to encode. */
export function newClientSecret(): string {
	return Array.from({ length: 43 }, () => SIGNS[randomInt(SIGNS.length)]).join('');
}

/**
 * What the register holds of a secret. It is only ever compared, and nobody can guess 256 random bits, so a plain SHA-256 says nothing of it to whoever
 * reads the register; a slow hash would protect secrets that people choose, and cost time at each sign-in.
 */
export function hashOfSecret(secret: string): string {
	return createHash('sha256').update(secret).digest('base64url');
}
