import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow, showOperation } from '../progress.ts';

/** `understory watch`, `understory import`. */
export function operationCommands(program: Command, session: Session): void {
	program
		.command('watch')
		.argument('<operation>')
		.option('--no-wait', 'look once')
		.description('follow an operation until it has ended')
		.action(async (operation: string, { wait }: { wait: boolean }) => {
			const api = session.api();
			const now = await api.call('getOperation', { params: { operation } });
			if (wait) await follow(session, api, now, true);
			else showOperation(session, now);
		});
	program
		.command('import')
		.argument('<file>', 'a file of the Public Libraries Survey')
		.option('--library <keys>', 'only these, by FSCS key, with commas')
		.option('--no-wait', 'do not wait until it has ended')
		.description('take in libraries and their branches; nothing runs for them yet')
		.action(async (file: string, { library, wait }: { library?: string; wait: boolean }) => {
			const api = session.api();
			const body = await session.file(file);
			const begun = await api.call('importLibraries', { query: library ? { library } : {}, body });
			await follow(session, api, begun, wait);
			if (wait) await sumUp(session, begun.id);
		});
}

async function sumUp(session: Session, operation: string): Promise<void> {
	const counts = new Map<string, number>();
	for await (const { outcome } of session.api().all('getImportRows', { params: { operation } })) {
		counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
	}
	for (const [outcome, rows] of counts) session.say(`${outcome.replaceAll('_', ' ')}: ${rows}\n`);
}
