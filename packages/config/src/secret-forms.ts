import { createPrivateKey } from 'node:crypto';
import { ROLE_KINDS } from './role-settings.ts';
import type { SecretTexts } from './secret-files.ts';

// What stands in each secret file, in its form. Each fault is a sentence that names the file and quotes nothing of it.

/** Keys of a home that lost its folder. */
export interface GivenKeys {
	/** 32 bytes in base64. */
	readonly homeKey: string;
	/** PKCS#8 PEM of an Ed25519 key. */
	readonly roleKey: string;
}

export function databaseUrl(secrets: SecretTexts, faults: string[]): string {
	const url = secrets['database-url'];
	if (url && !/^postgres(?:ql)?:\/\/\S+$/.test(url)) {
		faults.push(
			'The secret file database-url is not the address of a PostgreSQL. One looks like postgres://user:password@host:5432/name.',
		);
	}
	return url ?? '';
}

export function platformKey(secrets: SecretTexts, faults: string[]): string {
	const pem = secrets['platform-key'];
	if (pem && !isEd25519(pem)) {
		faults.push(
			'The secret file platform-key holds no Ed25519 key in PEM. Bring back the one this platform has, or make the first with: openssl genpkey -algorithm ed25519',
		);
	}
	return pem ?? '';
}

export function givenKeys(secrets: SecretTexts, faults: string[]): GivenKeys | null {
	const [homeKey, roleKey] = [secrets['home.key'], secrets['role.key']];
	if (!homeKey && !roleKey) return null;
	if (!homeKey || !roleKey) {
		faults.push('The secret files home.key and role.key go together: give both or neither.');
		return null;
	}
	bytes('home.key', secrets, faults);
	if (!isEd25519(roleKey)) faults.push('The secret file role.key holds no Ed25519 key in PEM.');
	return { homeKey, roleKey };
}

function isEd25519(pem: string): boolean {
	try {
		return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
	} catch {
		return false;
	}
}

export function bytes(
	name: 'console-key' | 'master' | 'home.key',
	secrets: SecretTexts,
	faults: string[],
): Buffer {
	const text = secrets[name];
	const read = Buffer.from(text ?? '', 'base64');
	if (text && (read.length !== 32 || !/^[\w+/-]{43}=?$/.test(text)))
		faults.push(`The secret file ${name} does not hold 32 bytes in base64: openssl rand -base64 32`);
	return read;
}

export function token(
	name: 'admin-token' | 'enrolment-token',
	secrets: SecretTexts,
	faults: string[],
): string | null {
	const text = secrets[name];
	if (text && !isToken(text))
		faults.push(
			`The secret file ${name} does not hold a token. One has 32 to 200 letters, digits, - and _: openssl rand -hex 32`,
		);
	return text ?? null;
}

export function enrolmentTokens(secrets: SecretTexts, faults: string[]): Record<string, string> {
	const text = secrets['enrolment-tokens'];
	if (!text) return {};
	const read = parsed(text);
	const fine =
		typeof read === 'object' &&
		read !== null &&
		!Array.isArray(read) &&
		Object.entries(read).every(
			([kind, value]) => kind !== 'provisioner' && [...ROLE_KINDS, 'edge'].includes(kind) && isToken(value),
		);
	if (fine) return read as Record<string, string>;
	faults.push(
		'The secret file enrolment-tokens is not in its form. Write {"sso-bridge": "…", "accountability": "…"}, each with 32 to 200 letters, digits, - and _.',
	);
	return {};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

const isToken = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{32,200}$/.test(value);
