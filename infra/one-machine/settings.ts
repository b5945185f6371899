import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** What whoever sets up a machine decides. */
export interface Machine {
	/** The public domain below which everything stands, `library.example`. */
	readonly domain: string;
	/** Where PostgreSQL listens, `127.0.0.1:5432`. */
	readonly postgresql: string;
}

/** One file below `/etc/understory`. Secrets are for root alone; systemd hands them to the role that needs them. */
export interface SettingsFile {
	readonly path: string;
	readonly secret: boolean;
	readonly text: string;
}

const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;
type RoleOfMachine = (typeof ROLES)[number];

/** Every role listens on loopback, at a port of its own; Caddy is the only one the world can reach. */
const PORTS: Readonly<Record<RoleOfMachine, number>> = {
	provisioner: 8080,
	'sso-bridge': 8081,
	accountability: 8082,
};

/**
 * Reads what the machine is to be. The sentences are for whoever typed it.
 */
export function machineFaults({ domain, postgresql }: Machine): string[] {
	const faults: string[] = [];
	if (!/^(?=.{1,180}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(domain))
		faults.push(
			`--domain is "${domain}". Write the domain alone, in small letters, such as library.example.`,
		);
	if (!/^[a-z0-9.-]+:\d{1,5}$/i.test(postgresql))
		faults.push(`--postgresql is "${postgresql}". Write host and port, such as 127.0.0.1:5432.`);
	return faults;
}

/**
 * All settings and secrets of one machine that runs Understory by itself, made new. `random` gives bytes; secrets have the forms that
 * `packages/config` asks for.
 */
export function settingsFor(
	machine: Machine,
	random: (bytes: number) => Buffer = randomBytes,
): SettingsFile[] {
	const token = () => random(32).toString('hex');
	const tokens = { 'sso-bridge': token(), accountability: token() };
	const passwords = Object.fromEntries(ROLES.map((role) => [role, token()])) as Record<RoleOfMachine, string>;
	const secret = (role: RoleOfMachine, name: string, text: string): SettingsFile => ({
		path: `secrets/${role}/${name}`,
		secret: true,
		text: `${text.trim()}\n`,
	});
	const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
	return [
		...ROLES.map((role) => ({ path: `${role}.env`, secret: false, text: variablesOf(role, machine) })),
		{ path: 'caddy.env', secret: false, text: `UNDERSTORY_DOMAIN=${machine.domain}\n` },
		...ROLES.map((role) => secret(role, 'database-url', databaseUrl(role, passwords[role], machine))),
		secret('provisioner', 'platform-key', key),
		secret('provisioner', 'console-key', random(32).toString('base64')),
		secret('provisioner', 'admin-token', token()),
		secret('provisioner', 'enrolment-tokens', JSON.stringify(tokens)),
		secret('sso-bridge', 'master', random(32).toString('base64')),
		secret('sso-bridge', 'enrolment-token', tokens['sso-bridge']),
		secret('accountability', 'enrolment-token', tokens.accountability),
		{
			path: 'postgresql.sql',
			secret: true,
			text: ROLES.map((role) => databaseOf(role, passwords[role])).join(''),
		},
	];
}

function variablesOf(role: RoleOfMachine, { domain }: Machine): string {
	const lines: [string, string][] = [
		['UNDERSTORY_DOMAIN', domain],
		['UNDERSTORY_ADDRESS', '127.0.0.1'],
		['UNDERSTORY_PORT', String(PORTS[role])],
		['UNDERSTORY_TRUST_PROXY', '127.0.0.1'],
		['UNDERSTORY_EDGE', '127.0.0.1:443'],
		...(role === 'provisioner'
			? ([
					['UNDERSTORY_DRIVER', 'local'],
					['UNDERSTORY_HOME_PORT', '8090'],
					['UNDERSTORY_EDGE_HOMES', '/run/understory-edge/homes'],
				] as [string, string][])
			: ([['UNDERSTORY_PLATFORM_URL', `http://127.0.0.1:${PORTS.provisioner}`]] as [string, string][])),
	];
	return lines.map(([name, value]) => `${name}=${value}\n`).join('');
}

const userOf = (role: RoleOfMachine) => `understory_${role.replace('-', '_')}`;

function databaseUrl(role: RoleOfMachine, password: string, { postgresql }: Machine): string {
	return `postgres://${userOf(role)}:${password}@${postgresql}/${userOf(role)}`;
}

/** A line a statement: each of them is run by itself. */
function databaseOf(role: RoleOfMachine, password: string): string {
	const user = userOf(role);
	return [
		`CREATE ROLE ${user} LOGIN PASSWORD '${password}';\n`,
		`CREATE DATABASE ${user} OWNER ${user};\n`,
		`REVOKE ALL ON DATABASE ${user} FROM PUBLIC;\n`,
	].join('');
}
