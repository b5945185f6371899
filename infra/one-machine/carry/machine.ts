import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { UNDER_WAY } from '@understory/provisioner/store/carried.ts';
import { ask } from './databases.ts';
import { CarryFault } from './fault.ts';

export const ROLES = ['provisioner', 'sso-bridge', 'accountability'] as const;
export type RoleOfMachine = (typeof ROLES)[number];

/** The machine that is left: where its settings and its state lie. */
export interface Machine {
	/** `/etc/understory` */
	readonly settings: string;
	/** `/var/lib/understory` */
	readonly state: string;
}

/** The domain, the version and the secrets of a machine. Throws `CarryFault` when there is none in this folder. */
export function readMachine({ settings }: Machine) {
	const variables = new Map(ROLES.map((role) => [role, parseEnv(textOf(join(settings, `${role}.env`)))]));
	return {
		domain: variables.get('provisioner')!.UNDERSTORY_DOMAIN ?? '',
		portOf: (role: RoleOfMachine) => Number(variables.get(role)!.UNDERSTORY_PORT),
		backups: variables.get('provisioner')!.UNDERSTORY_BACKUPS ?? null,
		databaseOf: (role: RoleOfMachine) => textOf(join(settings, 'secrets', role, 'database-url')).trim(),
	};
}

function textOf(file: string): string {
	if (existsSync(file)) return readFileSync(file, 'utf8');
	throw new CarryFault(`${file} is missing. Is this the machine, and is --folder its settings?`);
}

/**
 * What keeps a machine from being left, in sentences: something of it runs, or a branch is on its way between two folders. Asks every role and every home at
 * its port.
 */
export async function whatHolds(machine: Machine): Promise<string[]> {
	const { portOf, databaseOf } = readMachine(machine);
	if (existsSync(`${machine.state}-upgrade/undecided`))
		return ['An upgrade is not decided yet. Bring it to its end first: systemctl start understory-upgrade'];
	const running: string[] = [];
	for (const role of ROLES) if (await answers(portOf(role))) running.push(role);
	const starts = join(machine.state, 'provisioner', 'home-starts');
	for (const home of existsSync(starts) ? readdirSync(starts) : []) {
		const file = join(starts, home, 'port');
		if (existsSync(file) && (await answers(Number(readFileSync(file, 'utf8'))))) running.push(home);
	}
	if (running.length > 0)
		return [
			`Still running: ${running.join(', ')}. Close the door first: systemctl stop understory-provisioner understory-sso-bridge understory-accountability`,
		];
	const moving = await ask(databaseOf('provisioner'), UNDER_WAY);
	return moving.map(
		(slug) =>
			`${slug} is being moved or restored. Start the services again, wait until that has ended, and stop them again.`,
	);
}

function answers(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host: '127.0.0.1', port });
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}
