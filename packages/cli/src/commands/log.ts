import type { Command } from 'commander';
import { readCaseFiles } from '../audit/case-files.ts';
import { type Comparison, compare } from '../audit/compare.ts';
import { readLogged } from '../audit/logged-entries.ts';
import { EXIT } from '../exit-code.ts';
import { beside, bytesOf } from '../log-place.ts';
import type { Session } from '../parts.ts';
import { plain, tableText } from '../table.ts';

/** `understory log …`: for whoever has the case files of a branch, an auditor or library IT. Needs no login. */
export function logCommands(program: Command, session: Session): void {
	const log = program.command('log').description('compare what a branch did with the log of its library');
	log
		.command('audit')
		.argument('<folder>', 'the folder of the branch, or a copy of it')
		.requiredOption('--log <place>', 'a folder with the downloaded log of the newest year, or its address')
		.requiredOption('--key <vkey>', 'the key of that log, as it was published')
		.option('--sealed <file...>', 'salted copies of what is sealed, as the site keeps them', [])
		.description('hold the case files of a branch against the log, both ways')
		.action(async (folder: string, given: { log: string; key: string; sealed: string[] }) => {
			const files = await Promise.all(given.sealed.map(bytesOf));
			const copies = files.flatMap((bytes) => bytes.toString('utf8').split('\n')).filter(Boolean);
			// The log first: what is decided while this runs is then a case that waits, and not an entry without one.
			const { branch } = readCaseFiles(folder);
			const readOf = beside(given.log, given.key);
			const logged = await readLogged({ vkey: given.key, readOf, branch, copies });
			if (typeof logged === 'string') {
				session.say(`NOT PROVEN. ${plain(logged)}\n`);
				return session.end(EXIT.refused);
			}
			const found = compare(readCaseFiles(folder), logged, session.now());
			session.showText({ ...found, log: logged.years }, textOf(found));
			if (!found.agrees) session.end(EXIT.refused);
		});
}

function textOf({ branch, agrees, counts, faults }: Comparison): string {
	const columns = ['entries', 'cases', 'signed', 'in the log', 'waiting', 'not seen'];
	const rows = counts.map(({ kind, cases, signed, logged, waiting, unseen }) => ({
		...{ entries: kind, cases, signed, waiting, 'in the log': logged, 'not seen': unseen },
	}));
	const verdict = agrees
		? `The case files of ${branch} and the log agree.`
		: `The case files of ${branch} and the log do not agree:`;
	const lines = [verdict, ...faults.map((fault) => `- ${plain(fault)}`)];
	return `${tableText(columns, rows)}\n${lines.join('\n')}\n`;
}
