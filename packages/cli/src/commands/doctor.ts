import { BadInput } from '@understory/core/errors.ts';
import { type Command, Option } from 'commander';
import { checkBackups } from '../doctor/backups.ts';
import { checkBranches } from '../doctor/branches.ts';
import type { Check } from '../doctor/check.ts';
import { checkContacts } from '../doctor/contacts.ts';
import { checkExternalServers } from '../doctor/external-servers.ts';
import { type Checks, type Findings, findingsOf } from '../doctor/findings.ts';
import { checkHomeKeys } from '../doctor/home-keys.ts';
import { checkHosts } from '../doctor/hosts.ts';
import { MACHINE_CHECKS } from '../doctor/machine/checks.ts';
import { findInstallation } from '../doctor/machine/find-installation.ts';
import { meansOfThisMachine } from '../doctor/machine/means.ts';
import { checkNames } from '../doctor/names.ts';
import { checkSignIn } from '../doctor/sign-in.ts';
import { checkWitnesses } from '../doctor/witnesses.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import type { Session } from '../parts.ts';

const CHECKS: Checks<Check> = [
	['branches', checkBranches],
	['hosts', checkHosts],
	['names', checkNames],
	['backups', checkBackups],
	['sign-in', checkSignIn],
	['contacts', checkContacts],
	['external-servers', checkExternalServers],
	['witnesses', checkWitnesses],
];

interface Given {
	readonly library?: string;
	readonly machine?: string;
	readonly state: string;
	readonly backupDays: string;
	readonly freeGib: string;
}

/** `understory doctor`: what is wrong with the libraries of a platform, or with an installation here, and how to mend it. Changes nothing. */
export function doctorCommands(program: Command, session: Session): void {
	program
		.command('doctor')
		.description('find what is wrong, and say how to mend it; ends with 1 when something is')
		.option('--library <library>', 'look at this one only')
		.option('--backup-days <number>', 'how old the newest copy of a branch may be', '7')
		.addOption(
			new Option(
				'--machine <folder>',
				'look at the installation on this computer instead: its settings (/etc/understory), or a town’s data (.town)',
			).conflicts('library'),
		)
		.option('--state <folder>', 'with --machine: where its roles keep what they have', '/var/lib/understory')
		.option('--free-gib <number>', 'with --machine: how much has to be free on each of its disks', '2')
		.action(async (given: Given) => {
			const { found, unable } =
				given.machine === undefined
					? await lookAtPlatform(session, given)
					: await lookAtMachine(session, given.machine, given);
			session.show(['check', 'where', 'wrong', 'mend'], found, ({ check, where, wrong, mend }) => ({
				...{ check, where, wrong, mend },
			}));
			if (found.some(({ looked }) => looked)) session.end(EXIT.refused);
			else if (unable.length > 0) session.end(exitCodeOf(unable[0]));
		});
}

async function lookAtPlatform(session: Session, given: Given): Promise<Findings> {
	const backupDays = numberIn('--backup-days', given.backupDays, 'days');
	const api = session.api();
	const libraries = given.library
		? [await api.call('getLibrary', { params: { library: given.library } })]
		: await Array.fromAsync(api.all('listLibraries', {}));
	const all: Findings[] = [];
	for (const library of libraries) {
		const params = { library: library.slug };
		const branches = await Array.fromAsync(api.all('listBranches', { params }));
		const looked = { api, library, branches, now: session.now(), backupDays };
		const when = {
			where: library.slug,
			denied: 'Use a token that may read this.',
			other: 'Try again; when it stays so, look at the platform’s log.',
		};
		all.push(await findingsOf(CHECKS, (check) => check(looked), when));
	}
	if (!given.library) {
		const homes = await findingsOf([['keys', checkHomeKeys]], (check) => check(api), {
			...{ where: 'homes', denied: '' },
			other: 'Try again; when it stays so, look at the platform’s log.',
		});
		// Library IT could do nothing about them.
		if (homes.unable.some(({ status }) => status === 403))
			session.say('Whether the keys of homes are kept is for whoever runs the platform to see.\n');
		else all.push(homes);
	}
	session.say(`Libraries looked at: ${libraries.length} (${namesOf(CHECKS)}).\n`);
	return { found: all.flatMap(({ found }) => found), unable: all.flatMap(({ unable }) => unable) };
}

async function lookAtMachine(session: Session, folder: string, given: Given): Promise<Findings> {
	const means = meansOfThisMachine({
		now: session.now,
		backupDays: numberIn('--backup-days', given.backupDays, 'days'),
		freeBytes: numberIn('--free-gib', given.freeGib, 'GiB') * 2 ** 30,
	});
	const here = findInstallation(folder, given.state);
	const when = {
		where: here.folder,
		denied: 'Look as whoever it belongs to.',
		other: 'Try again when what it rests on is mended.',
	};
	const findings = await findingsOf(MACHINE_CHECKS, (check) => check(here, means), when);
	session.say(`Looked at the installation in ${here.folder} (${namesOf(MACHINE_CHECKS)}).\n`);
	return findings;
}

function namesOf(checks: Checks<unknown>): string {
	return checks.map(([name]) => name).join(', ');
}

function numberIn(option: string, text: string, what: string): number {
	if (!/^\d{1,4}$/.test(text) || Number(text) === 0)
		throw new BadInput(`${option} takes a number of ${what} from 1 on, and not "${text}".`);
	return Number(text);
}
