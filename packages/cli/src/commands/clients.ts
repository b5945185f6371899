import type { Client, NewClient } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import { readJsonObject } from '../json-file.ts';
import type { Session } from '../parts.ts';

/** `understory client …`: servers that are no branches, and let people in by their library cards. */
export function clientCommands(program: Command, session: Session): void {
	const client = program
		.command('client')
		.description('servers that are no branches, and let people in by their library cards');
	client
		.command('list')
		.argument('<library>')
		.description('list them, without their secrets')
		.action(async (library: string) => {
			const { items } = await session.api().call('listClients', { params: { library } });
			session.show(['client', 'name', 'origin', 'adults only', 'secrets'], items, (one: Client) => ({
				...{ client: one.id, name: one.name, origin: one.origin },
				...{ 'adults only': one.adults_only ? 'yes' : 'no', secrets: one.secrets },
			}));
		});
	client
		.command('add')
		.argument('<library>')
		.argument('<file>', 'with the server as JSON: id, name, origin, redirect_uris, …')
		.description('register one; its secret is shown once')
		.action(async (library: string, file: string) => {
			const body = (await readJsonObject(session, file)) as NewClient;
			const made = await session.api().call('createClient', { params: { library }, body });
			session.showOne(made, { client: made.id, origin: made.origin, secret: made.secret });
			session.say('Keep the secret now; nobody can show it again.\n');
		});
	client
		.command('renew')
		.argument('<library>')
		.argument('<client>', 'its id')
		.description('give it a second secret, for changing over; it is shown once')
		.action(async (library: string, id: string) => {
			const made = await session.api().call('renewClientSecret', { params: { library, client: id } });
			session.showOne(made, { client: id, secret: made.secret });
			session.say('Keep the secret now; nobody can show it again.\n');
		});
	client
		.command('remove')
		.argument('<library>')
		.argument('<client>', 'its id')
		.description('let nobody in there by a card of this library any more')
		.action(async (library: string, id: string) => {
			await session.api().call('removeClient', { params: { library, client: id } });
			session.say('Removed.\n');
		});
}
