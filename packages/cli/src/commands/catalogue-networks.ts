import type { CatalogueNetwork } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

/** `understory catalogue-network …`: where a library's catalogue may be asked besides public addresses. */
export function catalogueNetworkCommands(program: Command, session: Session): void {
	const network = program
		.command('catalogue-network')
		.description('networks that are not public in which a library’s catalogue may be asked');
	network
		.command('list')
		.argument('<library>')
		.description('list those that are allowed')
		.action(async (library: string) => {
			const { items } = await session.api().call('listCatalogueNetworks', { params: { library } });
			session.show(['network', 'cidr', 'port', 'by', 'since'], items, (one: CatalogueNetwork) => ({
				network: one.id,
				cidr: one.cidr,
				port: one.port,
				by: one.allowed_by,
				since: new Date(one.allowed_at).toISOString().slice(0, 10),
			}));
		});
	network
		.command('allow')
		.argument('<library>')
		.argument('<cidr>', 'a network of private addresses, such as 10.20.0.0/16, or one address')
		.requiredOption('--port <number>', 'the port the catalogue is asked at')
		.description('allow one; wants a token of the whole platform')
		.action(async (library: string, cidr: string, given: { port: string }) => {
			const port = Number(given.port);
			if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
				throw new BadInput('--port takes a number from 1 to 65535.');
			const allowed = await session
				.api()
				.call('allowCatalogueNetwork', { params: { library }, body: { cidr, port } });
			session.say(`${allowed.cidr}, port ${allowed.port}, is allowed for ${library}.\n`);
		});
	network
		.command('end')
		.argument('<library>')
		.argument('<network>', 'its id')
		.description('end one; the catalogue is asked there no more')
		.action(async (library: string, id: string) => {
			await session.api().call('endCatalogueNetwork', { params: { library, network: id } });
			session.say('Ended.\n');
		});
}
