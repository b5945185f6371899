import type { Library } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';
import { hostingDaysCommand } from './hosting-days.ts';
import { libraryChanges, libraryRow } from './library-changes.ts';
import { scheduleCommand, upgradeHoursCommand } from './schedule.ts';

/** `understory library …`. */
export function libraryCommands(program: Command, session: Session): void {
	const library = program.command('library').description('the libraries of the platform');
	library
		.command('list')
		.description('list the libraries that your token may see')
		.action(async () => {
			const items = await Array.fromAsync(session.api().all('listLibraries'));
			session.show(['library', 'name', 'region', 'zone'], items, ({ slug, name, region, zone }: Library) => ({
				library: slug,
				name,
				region,
				zone,
			}));
		});
	library
		.command('show')
		.argument('<library>')
		.description('show one library')
		.action(async (slug: string) => {
			const one = await session.api().call('getLibrary', { params: { library: slug } });
			session.showOne(one, libraryRow(one));
		});
	library
		.command('provision')
		.argument('<library>')
		.description('bring up every branch of a library that is only listed')
		.option('--no-wait', 'do not wait until it has ended')
		.action(async (slug: string, { wait }: { wait: boolean }) => {
			const api = session.api();
			const begun = await api.call('startLibraryOperation', {
				params: { library: slug },
				body: { kind: 'provision' },
			});
			await follow(session, api, begun, wait);
		});
	libraryChanges(library, session);
	hostingDaysCommand(library, session);
	scheduleCommand(library, session);
	upgradeHoursCommand(library, session);
}
