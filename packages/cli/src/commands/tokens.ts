import type { NewToken, Token } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

const DAY_MS = 86_400_000;

/** `understory token …`. */
export function tokenCommands(program: Command, session: Session): void {
	const token = program.command('token').description('who may call the API');
	token
		.command('list')
		.description('list the tokens, without what they are')
		.action(async () => {
			const { items } = await session.api().call('listTokens');
			session.show(['token', 'name', 'role', 'library', 'until'], items, (one: Token) => ({
				token: one.id,
				name: one.name,
				role: one.role,
				library: one.library,
				until: one.expires === null ? null : new Date(one.expires).toISOString().slice(0, 10),
			}));
		});
	token
		.command('create')
		.argument('<name>', 'whose it is, or what for')
		.requiredOption('--role <role>', 'platform_admin, library_it or reader')
		.option('--library <id>', 'for this library only')
		.requiredOption('--days <number>', 'how long it is good')
		.description('make a token; it is shown once')
		.action(async (name: string, given: { role: string; library?: string; days: string }) => {
			const days = Number(given.days);
			if (!(days > 0 && days <= 3_650)) throw new BadInput('--days takes a number from 1 to 3650.');
			const made = await session.api().call('createToken', {
				body: {
					name,
					role: given.role as NewToken['role'],
					...(given.library ? { library: given.library } : {}),
					expires: session.now() + Math.round(days * DAY_MS),
				},
			});
			session.showOne(made, { token: made.id, name: made.name, role: made.role, secret: made.token ?? null });
			session.say('Keep the secret now; nobody can show it again.\n');
		});
	token
		.command('revoke')
		.argument('<token>', 'its id')
		.description('take a token back')
		.action(async (id: string) => {
			await session.api().call('revokeToken', { params: { token: id } });
			session.say('Taken back.\n');
		});
}
