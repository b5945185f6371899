import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type ProvisionerConfig, type RoleStart, readRole } from '@understory/config/role.ts';
import type { Fault } from '../check.ts';
import type { Door, Installation, ProcessHere } from './installation.ts';
import { namesIn, orNull, textOf } from './read-place.ts';

/** The roles of one machine; homes are told by the provisioner. */
const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;

/** Are these the names in a folder of settings as `infra/one-machine/make.ts` makes it? */
export const isOneMachine = (names: readonly string[]): boolean =>
	[...ROLES, 'caddy'].some((name) => names.includes(`${name}.env`));

/**
 * Reads the settings of one machine in production. `state` is the folder with a folder for each role. Throws `NotAllowed` when this user may not
 * read the secrets, since nothing could be said then.
 */
export function readOneMachine(folder: string, state: string): Installation {
	const faults: Fault[] = faultsOfUpgrade(`${state}-upgrade`);
	// Throws when they are closed to this user; each of them would be told as one that is missing.
	namesIn(join(folder, 'secrets'));
	const starts = ROLES.flatMap((role) => {
		const variables = variablesOf(folder, role);
		if (variables === null) {
			faults.push({
				where: role,
				wrong: `${role}.env is missing in ${folder}.`,
				mend: 'Bring it back from a copy, or take it from what infra/one-machine/make.ts makes in another --folder: it holds no secret.',
			});
			return [];
		}
		const reading = readRole([role], {
			UNDERSTORY_DATA: join(state, role),
			...variables,
			UNDERSTORY_SECRETS: join(folder, 'secrets', role),
		});
		if (reading.ok) return [reading.value];
		faults.push(
			...reading.error.map((wrong) => ({
				where: role,
				wrong,
				mend: `Mend it in ${join(folder, `${role}.env`)} or in the secrets beside it, then: systemctl restart understory-${role}. Look again: what rests on it was not looked at.`,
			})),
		);
		return [];
	});
	const provisioner = starts.find((start) => start.kind === 'provisioner')?.config ?? null;
	if (provisioner) faults.push(...faultsOfProxy(folder, provisioner));
	return {
		folder,
		faults,
		secrets: secretsIn(folder),
		databases: starts.flatMap(({ kind, secrets }) =>
			'databaseUrl' in secrets ? [{ role: kind, url: secrets.databaseUrl }] : [],
		),
		processes: [...starts.map(processOf), ...(provisioner ? homesOf(provisioner) : [])],
		data: [
			...starts.map(({ config }) => config.data),
			...(provisioner?.backups ? [provisioner.backups] : []),
		],
		homes: provisioner ? join(provisioner.data, 'homes') : null,
		backups: provisioner?.backups ?? null,
		copiesAway: provisioner?.copiesAway ?? null,
		door: provisioner && doorOf(provisioner),
	};
}

function variablesOf(folder: string, name: string): NodeJS.Dict<string> | null {
	const text = textOf(join(folder, `${name}.env`));
	return text === null ? null : parseEnv(text);
}

/** While `infra/one-machine/upgrade.ts` has its journal there, units may not start, and say nothing of why. */
function faultsOfUpgrade(notes: string): Fault[] {
	if (!namesIn(notes).includes('journal.json')) return [];
	const program = (path: string) => join(notes, 'from', path);
	return [
		{
			where: 'upgrade',
			wrong:
				'An upgrade is under way, or was broken off. Roles and Caddy may not start before it is at its end.',
			mend: `${program('node_modules/.bin/node')} ${program('infra/one-machine/upgrade.ts')} --carry-on`,
		},
	];
}

function faultsOfProxy(folder: string, { domain }: ProvisionerConfig): Fault[] {
	const said = variablesOf(folder, 'caddy')?.UNDERSTORY_DOMAIN ?? null;
	if (said === domain) return [];
	return [
		{
			where: 'caddy',
			wrong:
				said === null
					? `caddy.env in ${folder} does not say UNDERSTORY_DOMAIN.`
					: `caddy.env says the domain ${said}, provisioner.env ${domain}.`,
			mend: `Write UNDERSTORY_DOMAIN=${domain} into ${join(folder, 'caddy.env')}, then: systemctl restart caddy`,
		},
	];
}

/** Everything below `secrets`, the folders as well, and the commands that make users with their passwords. */
function secretsIn(folder: string): string[] {
	const root = join(folder, 'secrets');
	const found = orNull(root, () => readdirSync(root, { recursive: true, encoding: 'utf8' }));
	return [
		...(found === null ? [] : [root, ...found.map((name) => join(root, name))]),
		join(folder, 'postgresql.sql'),
	];
}

function processOf({ kind, config }: RoleStart): ProcessHere {
	return {
		name: kind,
		url: insideUrl(config.address, config.port),
		mend: `systemctl restart understory-${kind}; what it says: journalctl -u understory-${kind}`,
	};
}

/** Homes that the provisioner started here, at the ports it gave them. */
function homesOf({ data }: ProvisionerConfig): ProcessHere[] {
	const starts = join(data, 'home-starts');
	return namesIn(starts).flatMap((name) => {
		const port = Number(textOf(join(starts, name, 'port')));
		if (!port) return [];
		const mend =
			'systemctl restart understory-provisioner, which starts it; what it says: journalctl -u understory-provisioner';
		return [{ name, url: `http://127.0.0.1:${port}`, mend }];
	});
}

function doorOf({ domain, edge, address, port }: ProvisionerConfig): Door {
	return {
		host: edge?.host ?? '127.0.0.1',
		port: edge?.port ?? 443,
		provisioner: insideUrl(address, port),
		console: `console.${domain}`,
	};
}

/** Where this computer reaches who listens on an address; on all of them means on loopback as well. */
function insideUrl(address: string, port: number): string {
	const all = address === '0.0.0.0' || address === '::';
	const host = all ? '127.0.0.1' : address;
	return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
