import type { Library } from '@understory/api-client/api.ts';
import { BadInput, PublicError } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { checkBackups } from '../doctor/backups.ts';
import { checkBranches } from '../doctor/branches.ts';
import type { Check, Fault, Looked } from '../doctor/check.ts';
import { checkContacts } from '../doctor/contacts.ts';
import { checkSignIn } from '../doctor/sign-in.ts';
import { checkWitnesses } from '../doctor/witnesses.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import type { Session } from '../parts.ts';

const CHECKS: readonly (readonly [name: string, check: Check])[] = [
	['branches', checkBranches],
	['backups', checkBackups],
	['sign-in', checkSignIn],
	['contacts', checkContacts],
	['witnesses', checkWitnesses],
];

/** A fault, or a check that could not look, which is no agreement. */
type Finding = Fault & { readonly check: string; readonly looked: boolean };

/** `understory doctor`: what is wrong with the libraries of a platform, and how to mend it. Changes nothing. */
export function doctorCommands(program: Command, session: Session): void {
	program
		.command('doctor')
		.description('find what is wrong, and say how to mend it; ends with 1 when something is')
		.option('--library <library>', 'look at this one only')
		.option('--backup-days <number>', 'how old the newest copy of a branch may be', '7')
		.action(async (given: { library?: string; backupDays: string }) => {
			const backupDays = daysIn(given.backupDays);
			const api = session.api();
			const libraries = given.library
				? [await api.call('getLibrary', { params: { library: given.library } })]
				: await Array.fromAsync(api.all('listLibraries', {}));
			const findings: Finding[] = [];
			const unable: unknown[] = [];
			for (const library of libraries) {
				const params = { library: library.slug };
				const branches = await Array.fromAsync(api.all('listBranches', { params }));
				const looked = { api, library, branches, now: session.now(), backupDays };
				for (const [name, check] of CHECKS) {
					findings.push(...(await findingsOf(name, check, looked, (error) => unable.push(error))));
				}
			}
			session.say(`Libraries looked at: ${libraries.length} (${CHECKS.map(([name]) => name).join(', ')}).\n`);
			session.show(['check', 'where', 'wrong', 'mend'], findings, ({ check, where, wrong, mend }) => ({
				...{ check, where, wrong, mend },
			}));
			if (findings.some(({ looked }) => looked)) session.end(EXIT.refused);
			else if (unable.length > 0) session.end(exitCodeOf(unable[0]));
		});
}

async function findingsOf(
	check: string,
	find: Check,
	looked: Looked,
	unable: (error: unknown) => void,
): Promise<Finding[]> {
	try {
		return (await find(looked)).map((fault) => ({ check, looked: true, ...fault }));
	} catch (error) {
		if (!(error instanceof PublicError)) throw error;
		unable(error);
		return [{ check, looked: false, ...couldNotLook(looked.library, error) }];
	}
}

function couldNotLook({ slug }: Library, error: PublicError): Fault {
	const denied = error.status === 401 || error.status === 403;
	return {
		where: slug,
		wrong: `Could not look: ${error.message}`,
		mend: denied
			? 'Use a token that may read this.'
			: 'Try again; when it stays so, look at the platform’s log.',
	};
}

function daysIn(text: string): number {
	if (!/^\d{1,4}$/.test(text) || Number(text) === 0)
		throw new BadInput(`--backup-days takes a number of days from 1 on, and not "${text}".`);
	return Number(text);
}
