import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { failed, ok, type Result } from '@understory/core/result.ts';
import { type HomeDriverConfig, readHomeDriver } from './home-driver.ts';
import { type HomePlaces, homePlaces } from './home-places.ts';
import {
	ROLE_KINDS,
	ROLE_SETTINGS,
	type RoleName,
	type RoleSetting,
	type RoleSettingName,
} from './role-settings.ts';
import { readSecretFiles, type SecretTexts } from './secret-files.ts';
import {
	bytes,
	databaseUrl,
	enrolmentTokens,
	type GivenKeys,
	givenKeys,
	platformKey,
	token,
} from './secret-forms.ts';
import type { LogLevel } from './town.ts';

/** What every role that runs by itself is told. Holds no secret, so it may be printed. */
export interface CommonConfig {
	readonly port: number;
	/** The address of this machine it listens on. */
	readonly address: string;
	/** Absolute. */
	readonly data: string;
	readonly logLevel: LogLevel;
	/** Addresses or ranges of proxies whose forwarded headers are believed. */
	readonly trustProxy: readonly string[];
}

/** Where names of the platform itself are reached from inside. */
export interface Edge {
	/** The platform's domain; only names below it are meant. */
	readonly domain: string;
	readonly host: string;
	readonly port: number;
}

/** A role that follows the provisioner. */
export interface FollowerConfig extends CommonConfig {
	readonly platformUrl: string;
	/** Null: by DNS, as everybody. */
	readonly edge: Edge | null;
}

export interface ProvisionerConfig extends CommonConfig, HomePlaces {
	readonly domain: string;
	/** For the homes that it starts. */
	readonly edge: Edge | null;
	readonly driver: HomeDriverConfig;
}

export interface HomeConfig extends FollowerConfig, HomePlaces {
	readonly name: string;
	/** Where the provisioner reaches it. */
	readonly internalUrl: string;
}

export interface AccountabilityConfig extends FollowerConfig {
	readonly publish: 'daily' | 'now';
	/** People in 30 days below which decisions of a branch are sealed. */
	readonly minimumPopulation: number;
}

/** What must not be printed. */
export interface ProvisionerSecrets {
	readonly databaseUrl: string;
	/** PKCS#8 PEM of an Ed25519 key. */
	readonly platformKey: string;
	/** 32 bytes. */
	readonly consoleKey: Buffer;
	readonly adminToken: string;
	/** Kind of role -> one-time token. */
	readonly enrolmentTokens: Readonly<Record<string, string>>;
}

export interface FollowerSecrets {
	readonly enrolmentToken: string | null;
}

export interface HomeSecrets extends FollowerSecrets {
	/** Null: none are given. */
	readonly givenKeys: GivenKeys | null;
}

export interface AccountabilitySecrets extends FollowerSecrets {
	readonly databaseUrl: string;
}

export interface BridgeSecrets extends AccountabilitySecrets {
	/** 32 bytes. */
	readonly master: Buffer;
}

/** One role to start, with all it was told, checked. */
export type RoleStart =
	| { readonly kind: 'provisioner'; readonly config: ProvisionerConfig; readonly secrets: ProvisionerSecrets }
	| { readonly kind: 'sso-bridge'; readonly config: FollowerConfig; readonly secrets: BridgeSecrets }
	| {
			readonly kind: 'accountability';
			readonly config: AccountabilityConfig;
			readonly secrets: AccountabilitySecrets;
	  }
	| { readonly kind: 'home'; readonly config: HomeConfig; readonly secrets: HomeSecrets };

/** The start of one kind of role. */
export type StartOf<Kind extends RoleName> = Extract<RoleStart, { kind: Kind }>;

type Environment = Readonly<Record<string, string | undefined>>;
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/**
 * Reads which role is to start and what it is told: variables, and secrets from files below one folder. All faults are reported at once, each a
 * sentence that names the variable or the file and says what to do. A variable that begins with UNDERSTORY_ and that this role does not read is
 * a fault too: a misspelled setting must not pass in silence. No sentence quotes a secret.
 */
export function readRole(
	words: readonly string[],
	environment: Environment,
): Result<RoleStart, readonly string[]> {
	const kind = ROLE_KINDS.find((known) => known === words[0]);
	if (!kind || words.length !== 1) {
		return failed([`Say which role to start, and nothing else: ${ROLE_KINDS.join(', ')}.`]);
	}
	const faults: string[] = [];
	const reader = readVariables(kind, environment, faults);
	const secrets = readSecretFiles(kind, resolve(reader.text('UNDERSTORY_SECRETS')), faults);
	const start = READ[kind](reader, secrets, faults);
	return faults.length > 0 ? failed(faults) : ok(start);
}

interface Reader {
	/** What is said, or what is usual. */
	text(name: RoleSettingName): string;
	port(name: RoleSettingName): number;
	count(name: RoleSettingName): number;
	url(name: RoleSettingName): string;
}

function readVariables(kind: RoleName, environment: Environment, faults: string[]): Reader {
	const known = new Map<string, RoleSetting>(
		ROLE_SETTINGS.filter((setting: RoleSetting) => setting.roles.includes(kind)).map((one) => [
			one.name,
			one,
		]),
	);
	for (const [name, value] of Object.entries(environment)) {
		if (!name.startsWith('UNDERSTORY_') || !value || known.has(name)) continue;
		faults.push(`${name} is not a setting of the role ${kind}. Take it away, or mend its name.`);
	}
	const text = (name: RoleSettingName): string => {
		const said = environment[name];
		const setting = known.get(name);
		if (said) return said;
		if (setting?.usual === null) faults.push(`${name} is missing. ${setting.meaning}`);
		return setting?.usual ?? '';
	};
	return {
		text,
		port(name) {
			const port = toPort(text(name));
			if (port === null) faults.push(`${name} is "${text(name)}". Choose a number from 1 to 65535.`);
			return port ?? 0;
		},
		count(name) {
			const said = text(name);
			if (!/^\d{1,6}$/.test(said)) faults.push(`${name} is "${said}". Write a number from 0 to 999999.`);
			return Number(said) || 0;
		},
		url(name) {
			const url = text(name);
			const fine =
				URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).pathname === '/';
			if (url && !fine)
				faults.push(`${name} is "${url}". Write scheme, host and port, such as http://name:8080.`);
			return fine ? new URL(url).origin : '';
		},
	};
}

const READ: {
	readonly [kind in RoleName]: (reader: Reader, secrets: SecretTexts, faults: string[]) => RoleStart;
} = {
	provisioner(reader, secrets, faults) {
		const domain = domainOf(reader, faults);
		if (reader.text('UNDERSTORY_DOMAIN') === '') {
			faults.push('UNDERSTORY_DOMAIN is missing. Name the public domain below which the platform stands.');
		}
		return {
			kind: 'provisioner',
			config: {
				...common(reader, faults),
				domain,
				edge: edgeOf(reader, domain, faults),
				driver: readHomeDriver(reader, secrets['helm-database-url'], faults),
				...homePlaces(reader, faults),
			},
			secrets: {
				databaseUrl: databaseUrl(secrets, faults),
				platformKey: platformKey(secrets, faults),
				consoleKey: bytes('console-key', secrets, faults),
				adminToken: token('admin-token', secrets, faults) ?? '',
				enrolmentTokens: enrolmentTokens(secrets, faults),
			},
		};
	},
	'sso-bridge': (reader, secrets, faults) => ({
		kind: 'sso-bridge',
		config: follower(reader, faults),
		secrets: {
			databaseUrl: databaseUrl(secrets, faults),
			enrolmentToken: token('enrolment-token', secrets, faults),
			master: bytes('master', secrets, faults),
		},
	}),
	accountability(reader, secrets, faults) {
		const publish = reader.text('UNDERSTORY_PUBLISH');
		if (publish !== 'daily' && publish !== 'now')
			faults.push(`UNDERSTORY_PUBLISH is "${publish}". Say daily or now.`);
		return {
			kind: 'accountability',
			config: {
				...follower(reader, faults),
				publish: publish === 'now' ? 'now' : 'daily',
				minimumPopulation: reader.count('UNDERSTORY_MINIMUM_POPULATION'),
			},
			secrets: {
				databaseUrl: databaseUrl(secrets, faults),
				enrolmentToken: token('enrolment-token', secrets, faults),
			},
		};
	},
	home(reader, secrets, faults) {
		const name = reader.text('UNDERSTORY_HOME_NAME');
		if (name && !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
			faults.push(
				`UNDERSTORY_HOME_NAME is "${name}". Use small letters, digits and hyphens, such as home-1.`,
			);
		}
		return {
			kind: 'home',
			config: {
				...follower(reader, faults),
				name,
				internalUrl: reader.url('UNDERSTORY_INTERNAL_URL'),
				...homePlaces(reader, faults),
			},
			secrets: {
				enrolmentToken: token('enrolment-token', secrets, faults),
				givenKeys: givenKeys(secrets, faults),
			},
		};
	},
};

function common(reader: Reader, faults: string[]): CommonConfig {
	const level = reader.text('UNDERSTORY_LOG_LEVEL');
	const logLevel = LEVELS.find((known) => known === level);
	if (!logLevel) faults.push(`UNDERSTORY_LOG_LEVEL is "${level}". Choose one of ${LEVELS.join(', ')}.`);
	const address = reader.text('UNDERSTORY_ADDRESS');
	if (isIP(address) === 0)
		faults.push(
			`UNDERSTORY_ADDRESS is "${address}". Write an IP address of this machine, or 0.0.0.0 for all.`,
		);
	const trustProxy = listed(reader.text('UNDERSTORY_TRUST_PROXY'));
	for (const one of trustProxy) {
		if (!isRange(one))
			faults.push(`UNDERSTORY_TRUST_PROXY has "${one}". Write addresses or ranges, such as 10.0.0.0/8.`);
	}
	return {
		port: reader.port('UNDERSTORY_PORT'),
		address,
		data: resolve(reader.text('UNDERSTORY_DATA')),
		logLevel: logLevel ?? 'info',
		trustProxy,
	};
}

function follower(reader: Reader, faults: string[]): FollowerConfig {
	const edge = edgeOf(reader, domainOf(reader, faults), faults);
	return { ...common(reader, faults), platformUrl: reader.url('UNDERSTORY_PLATFORM_URL'), edge };
}

function edgeOf(reader: Reader, domain: string, faults: string[]): Edge | null {
	const said = reader.text('UNDERSTORY_EDGE');
	if (!said) return null;
	const [, host = '', portText = ''] = /^([a-z0-9.-]+|\[[0-9a-f:]+\]):(\d+)$/i.exec(said) ?? [];
	const port = toPort(portText);
	if (!host || port === null)
		faults.push(`UNDERSTORY_EDGE is "${said}". Write host and port, such as edge.internal:443.`);
	if (!domain) faults.push('UNDERSTORY_EDGE needs UNDERSTORY_DOMAIN beside it.');
	return { domain, host: host.replace(/^\[|\]$/g, ''), port: port ?? 0 };
}

function domainOf(reader: Reader, faults: string[]): string {
	const domain = reader.text('UNDERSTORY_DOMAIN').toLowerCase();
	if (
		domain &&
		!/^(?=.{1,180}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(domain)
	) {
		faults.push(
			`UNDERSTORY_DOMAIN is "${domain}". Write a domain without scheme or port, such as library.example.`,
		);
	}
	return domain;
}

function toPort(text: string): number | null {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	return port >= 1 && port <= 65_535 ? port : null;
}

function listed(text: string): string[] {
	return text
		.split(',')
		.map((one) => one.trim())
		.filter(Boolean);
}

function isRange(text: string): boolean {
	const [address = '', bits, ...more] = text.split('/');
	const version = isIP(address);
	if (version === 0 || more.length > 0) return false;
	return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
