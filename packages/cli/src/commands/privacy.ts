import type { StoredLine } from '@understory/core/stored.ts';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../parts.ts';
import { STORED_WORDS } from '../stored-words.ts';

/** `understory privacy-report`. */
export function privacyCommands(program: Command, session: Session): void {
	program
		.command('privacy-report')
		.requiredOption('--library <library>')
		.description('what is stored about the patrons of a library, in words, with counts')
		.action(async ({ library }: { library: string }) => {
			const api = session.api();
			const one = await api.call('getLibrary', { params: { library } });
			const begun = await api.call('startLibraryOperation', {
				params: { library },
				body: { kind: 'privacy_report' },
			});
			const ended = await api.ended(begun.id);
			if (ended.state === 'failed') {
				session.say(`${ended.problem?.title ?? 'The sign-in role did not answer.'}\n`);
				return session.end(EXIT.refused);
			}
			const { lines } = ended.result as { lines: StoredLine[] };
			session.showText({ library: one.slug, lines }, textOf(one.name, lines));
		});
}

function textOf(name: string, lines: readonly StoredLine[]): string {
	const rows = lines.map(({ kind, count }) => `${String(count).padStart(8)}  ${STORED_WORDS[kind]}`);
	return [
		`What the sign-in of ${name} keeps about patrons`,
		'',
		...rows,
		'',
		'Not kept at all: card numbers, PINs, names, addresses, e-mail, birth dates, what was borrowed, what is owed.',
		'What people write at a branch is in that branch: its page /who-can-see says who can read it and how long it stays.',
		'',
	].join('\n');
}
