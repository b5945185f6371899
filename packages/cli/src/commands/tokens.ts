import type { NewToken, Token } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { keepLogin, readLogin } from '../login-file.ts';
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
			session.show(
				['token', 'name', 'role', 'library', 'branches', 'until', 'used', 'from'],
				items,
				(one: Token) => ({
					token: one.id,
					name: one.name,
					role: one.role,
					library: one.library,
					branches: one.branches?.join(', ') ?? null,
					until: one.expires === null ? null : `${dayOf(one.expires)}${one.ends_soon ? ' (soon)' : ''}`,
					used: one.used_on,
					from: one.made_by,
				}),
			);
		});
	token
		.command('show')
		.description('what your own token may, and until when')
		.action(async () => {
			const one = await session.api().call('getOwnToken');
			session.showOne(one, {
				token: one.id,
				name: one.name,
				role: one.role,
				library: one.library,
				branches: one.branches?.join(', ') ?? null,
				until: one.expires === null ? null : dayOf(one.expires),
			});
		});
	token
		.command('create')
		.argument('<name>', 'whose it is, or what for')
		.requiredOption('--role <role>', 'platform_admin, library_it, branch_lead, auditor or reader')
		.option('--library <id>', 'for this library only')
		.option('--branch <slug...>', 'for these branches of the library only')
		.option('--days <number>', 'how long it is good; 366 at the most, 90 when not said')
		.description('make a token; it is shown once')
		.action(async (name: string, given: Given) => {
			const days = given.days === undefined ? null : Number(given.days);
			if (days !== null && !(days > 0 && days <= 366))
				throw new BadInput('--days takes a number from 1 to 366.');
			const made = await session.api().call('createToken', {
				body: {
					name,
					role: given.role as NewToken['role'],
					...(given.library ? { library: given.library } : {}),
					...(given.branch ? { branches: given.branch } : {}),
					...(days === null ? {} : { expires: session.now() + Math.round(days * DAY_MS) }),
				},
			});
			showMade(session, made);
		});
	token
		.command('rotate')
		.argument('[token]', 'its id; your own when you name none')
		.description('make a new token in place of one; the old one ends a day later')
		.action(async (id: string | undefined) => {
			const api = session.api();
			const old = id ?? (await api.call('getOwnToken')).id;
			const made = await api.call('rotateToken', { params: { token: old } });
			const kept = id === undefined && !session.config.token ? readLogin(session.config.loginFile) : null;
			if (!kept || !made.token) return showMade(session, made);
			keepLogin(session.config.loginFile, { ...kept, token: made.token });
			session.say(`You are logged in with a new token, good until ${dayOf(made.expires ?? 0)}.\n`);
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

interface Given {
	readonly role: string;
	readonly library?: string;
	readonly branch?: string[];
	readonly days?: string;
}

function showMade(session: Session, made: Token): void {
	session.showOne(made, {
		token: made.id,
		name: made.name,
		role: made.role,
		until: made.expires === null ? null : dayOf(made.expires),
		secret: made.token ?? null,
	});
	session.say('Keep the secret now; nobody can show it again.\n');
}

function dayOf(at: number): string {
	return new Date(at).toISOString().slice(0, 10);
}
