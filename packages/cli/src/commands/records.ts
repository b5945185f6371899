import type { AdoptedRecords } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import { readJsonObject } from '../json-file.ts';
import type { Session } from '../parts.ts';

/** `understory records …`: what the law of a state says about records, and what a library adopted. */
export function recordsCommands(program: Command, session: Session): void {
	const records = program
		.command('records')
		.description('how long a library keeps records, and what the law says');
	records
		.command('profiles')
		.description('list the states whose law is written down')
		.action(async () => {
			const { items } = await session.api().call('listRecordsProfiles');
			session.show(['profile', 'state', 'days of notice', 'records by'], items, (one) => ({
				...{ profile: one.id, state: one.state.en ?? null },
				...{ 'days of notice': one.notice?.value ?? null, 'records by': one.records?.source ?? null },
			}));
		});
	records
		.command('show')
		.argument('<library>')
		.description('print what a library adopted, as a file that `adopt` takes')
		.action(async (library: string) => {
			const one = await session.api().call('getLibrary', { params: { library } });
			if (one.records === null) return session.say('Nothing is adopted yet.\n');
			session.showText(one.records, `${JSON.stringify(one.records, null, '\t')}\n`);
		});
	records
		.command('adopt')
		.argument('<library>')
		.argument('<file>', 'with what is adopted, as JSON')
		.description('adopt how long records are kept; it holds at every branch from then on')
		.action(async (library: string, file: string) => {
			const body = (await readJsonObject(session, file)) as AdoptedRecords;
			const now = await session.api().call('adoptRecords', { params: { library }, body });
			session.showOne(now, { profile: now.profile, 'adopted by': now.adopted_by, on: now.adopted_on });
		});
}
