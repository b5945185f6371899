import type { SigningKeys } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';

const WITHDRAWING = `Withdrawing is for keys that leaked, and cannot be taken back. Everybody at this library is signed out at once, at every
branch, and in apps within a day; they sign in with their cards again. New keys sign from then on.
If a key did not leak, say "keys turn" instead: nobody notices that.
`;

/** `understory keys …`: the keys that an issuer signs with. */
export function keyCommands(program: Command, session: Session): void {
	const keys = program
		.command('keys')
		.description('the keys that sign what branches are told of a library’s patrons');
	keys
		.command('list')
		.argument('<library>')
		.description('list them with their dates and states')
		.action(async (library: string) => showKeys(session, session.api(), library));
	keys
		.command('turn')
		.argument('<library>')
		.description('make new ones: published now, they sign in a day, and nobody is signed out')
		.action(async (library: string) => {
			const api = session.api();
			const body = { kind: 'turn' } as const;
			const begun = await api.call('startSigningKeysOperation', { params: { library }, body });
			await follow(session, api, begun, true);
			await showKeys(session, api, library);
		});
	keys
		.command('withdraw')
		.argument('<library>')
		.argument('<key...>', 'names of the keys that leaked, as the list has them')
		.option('--yes', 'sign everybody out')
		.description('take keys back that leaked; everybody is signed out')
		.action(async (library: string, kids: string[], { yes }: { yes?: boolean }) => {
			if (!yes) {
				session.say(`${WITHDRAWING}Nothing was done. To go on, say it again with --yes.\n`);
				return session.end(EXIT.refused);
			}
			const api = session.api();
			const body = { kind: 'withdraw' as const, keys: kids };
			const begun = await api.call('startSigningKeysOperation', { params: { library }, body });
			await follow(session, api, begun, true);
			await showKeys(session, api, library);
		});
}

async function showKeys(session: Session, api: ApiClient, library: string): Promise<void> {
	const { items } = await api.call('listSigningKeys', { params: { library } });
	const day = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(0, 10));
	session.show(
		['key', 'alg', 'state', 'made', 'signs from', 'ends'],
		items,
		(key: SigningKeys['items'][number]) => ({
			key: key.kid,
			alg: key.alg,
			state: key.state,
			made: day(key.made),
			'signs from': day(key.signs_from),
			ends: day(key.withdrawn ?? key.ends),
		}),
	);
}
