import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow, showOperation } from '../progress.ts';

/** `understory watch`. */
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
}
