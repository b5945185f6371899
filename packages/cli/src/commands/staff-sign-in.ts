import type { ConsoleGrant, NewConsoleGrant } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

/** `understory staff …`: by which provider staff signs in to the console and the command, and whom that lets in. */
export function staffSignInCommands(program: Command, session: Session): void {
	const staff = program
		.command('staff')
		.description('who comes in to the console by an account of their own');
	staff
		.command('provider')
		.option('--library <id>', 'the library’s own provider, and not the platform’s')
		.description('show by which OpenID provider staff signs in')
		.action(async ({ library }: { library?: string }) => {
			const api = session.api();
			const shown = library
				? await api.call('getLibraryStaffSignIn', { params: { library } })
				: await api.call('getStaffSignIn');
			session.showOne(shown, { ...shown, scopes: shown.scopes.join(' ') });
		});
	staff
		.command('use-provider')
		.argument('<issuer>', 'its address')
		.requiredOption('--name <name>', 'what people call it')
		.requiredOption('--client-id <id>', 'what it calls this platform')
		.option('--groups-claim <claim>', 'the claim with somebody’s groups', 'groups')
		.option('--scope <scope...>', 'asked for besides openid and email')
		.option('--library <id>', 'for this library, and not for the platform')
		.description('say by which OpenID provider staff signs in; its secret is asked for and not shown')
		.action(async (issuer: string, given: ProviderOptions) => {
			const body = {
				name: given.name,
				issuer,
				client_id: given.clientId,
				client_secret: (await session.askSecret('Client secret: ')).trim(),
				groups_claim: given.groupsClaim,
				scopes: given.scope ?? [],
			};
			const api = session.api();
			const shown = given.library
				? await api.call('changeLibraryStaffSignIn', { params: { library: given.library }, body })
				: await api.call('changeStaffSignIn', { body });
			session.showOne(shown, { issuer: shown.issuer, redirect_uri: shown.redirect_uri });
			session.say('Tell the provider the redirect address.\n');
		});
	staff
		.command('end-provider')
		.option('--library <id>', 'the library’s own provider, and not the platform’s')
		.description('let nobody in by it any more; who is in by it is out at once')
		.action(async ({ library }: { library?: string }) => {
			const api = session.api();
			if (library) await api.call('endLibraryStaffSignIn', { params: { library } });
			else await api.call('endStaffSignIn');
			session.say('Ended.\n');
		});
	staff
		.command('list')
		.description('list whom a provider’s word lets in, and as what')
		.action(async () => {
			const { items } = await session.api().call('listConsoleGrants');
			session.show(
				['grant', 'name', 'by', 'value', 'role', 'library', 'branches', 'until'],
				items,
				(one: ConsoleGrant) => ({
					grant: one.id,
					name: one.name,
					by: one.match,
					value: one.value,
					role: one.role,
					library: one.library,
					branches: one.branches?.join(', ') ?? null,
					until: one.until === null ? null : new Date(one.until).toISOString().slice(0, 10),
				}),
			);
		});
	staff
		.command('let-in')
		.argument('<name>', 'whose it is, for the list')
		.requiredOption('--role <role>', 'platform_admin, library_it, branch_lead, auditor or reader')
		.option('--email <address>', 'whoever has this e-mail address')
		.option('--group <group>', 'everybody in this group')
		.option('--subject <id>', 'whoever has this id at the provider')
		.option('--library <id>', 'for this library only')
		.option('--branch <slug...>', 'for these branches of the library only')
		.description('let somebody in by their account, or a group')
		.action(async (name: string, given: GrantOptions) => {
			const said = (['email', 'group', 'subject'] as const).flatMap((match) =>
				given[match] === undefined ? [] : [{ match, value: given[match] }],
			);
			const [only, ...others] = said;
			if (!only || others.length > 0) throw new BadInput('Say one of --email, --group and --subject.');
			const made = await session.api().call('createConsoleGrant', {
				body: {
					name,
					...only,
					role: given.role as NewConsoleGrant['role'],
					...(given.library ? { library: given.library } : {}),
					...(given.branch ? { branches: given.branch } : {}),
				},
			});
			session.showOne(made, { grant: made.id, name: made.name, by: made.match, role: made.role });
		});
	staff
		.command('take-back')
		.argument('<grant>', 'its id')
		.description('let somebody in no more; they are out at once')
		.action(async (grant: string) => {
			await session.api().call('endConsoleGrant', { params: { grant } });
			session.say('Taken back.\n');
		});
}

interface ProviderOptions {
	readonly name: string;
	readonly clientId: string;
	readonly groupsClaim: string;
	readonly scope?: string[];
	readonly library?: string;
}

interface GrantOptions {
	readonly role: string;
	readonly email?: string;
	readonly group?: string;
	readonly subject?: string;
	readonly library?: string;
	readonly branch?: string[];
}
