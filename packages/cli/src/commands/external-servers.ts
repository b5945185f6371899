import type { ExternalServer } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

/** `understory external-server …`: servers on other software that a library runs besides its branches. */
export function externalServerCommands(program: Command, session: Session): void {
	const server = program
		.command('external-server')
		.description('servers on other software that a library runs besides its branches');
	server
		.command('list')
		.argument('<library>')
		.description('list them, and whether they can be read')
		.action(async (library: string) => {
			const { items } = await session.api().call('listExternalServers', { params: { library } });
			session.show(['server', 'host', 'name', 'version', 'state', 'read'], items, (one: ExternalServer) => ({
				...{ server: one.id, host: one.host, name: one.name, version: one.version, state: one.state },
				read: day(one.read_at),
			}));
		});
	server
		.command('preview')
		.argument('<library>')
		.argument('<address>', 'such as social.library.example')
		.description('ask a server what it says of itself; nothing is kept')
		.action(async (library: string, address: string) => {
			const seen = await session
				.api()
				.call('previewExternalServer', { params: { library }, body: { address } });
			session.showText(seen, `${JSON.stringify(seen.document, null, '\t')}\nsha256: ${seen.sha256}\n`);
		});
	server
		.command('add')
		.argument('<library>')
		.argument('<address>', 'as it was previewed')
		.requiredOption('--name <name>', 'what the library calls it')
		.requiredOption('--sha256 <digest>', 'what the preview said')
		.description('list a server as it was looked at')
		.action(async (library: string, address: string, { name, sha256 }: { name: string; sha256: string }) => {
			const body = { address, name, sha256 };
			const added = await session.api().call('addExternalServer', { params: { library }, body });
			session.showOne(added, {
				server: added.id,
				host: added.host,
				name: added.name,
				version: added.version,
			});
		});
	server
		.command('check')
		.argument('<library>')
		.argument('<server>', 'its id')
		.description('ask a server now, and not only once a day')
		.action(async (library: string, id: string) => {
			const one = await session.api().call('checkExternalServer', { params: { library, server: id } });
			session.showOne(one, {
				host: one.host,
				state: one.state,
				fault: one.fault ?? '',
				version: one.version,
			});
		});
	server
		.command('remove')
		.argument('<library>')
		.argument('<server>', 'its id')
		.description('list a server no more')
		.action(async (library: string, id: string) => {
			await session.api().call('removeExternalServer', { params: { library, server: id } });
			session.say('It is listed no more.\n');
		});
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
