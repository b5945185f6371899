import type { Invitation, NewLibraryInvitation } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

/** `understory role …`: who serves at a library and at its branches, and who was asked to. */
export function roleCommands(program: Command, session: Session): void {
	const role = program
		.command('role')
		.description('who serves at a library and at its branches, by a library card of their own');
	role
		.command('list')
		.argument('<library>')
		.description('list who has which role now')
		.action(async (library: string) => {
			const { items } = await session.api().call('listStaff', { params: { library } });
			session.show(
				['grant', 'role', 'name', 'branch', 'from', 'until', 'invited by', 'team'],
				items,
				(one) => ({
					...{ grant: one.id, role: one.role, name: one.name, branch: one.branch, from: dayOf(one.from) },
					...{ until: dayOf(one.until), 'invited by': one.invited_by, team: one.team },
				}),
			);
		});
	role
		.command('invite')
		.argument('<library>')
		.argument('<role>', 'such as panel for the library, or host for a branch')
		.option('--branch <branch>', 'at this branch, and not for the whole library')
		.option('--name <name>', 'as they want to be called at work')
		.option(
			'--until <day>',
			'the last day of the role, such as 2027-03-05; until it is taken back when not said',
		)
		.description('invite somebody to a role; the address is shown once')
		.action(async (library: string, wanted: string, { branch, name, until }: Invited) => {
			const api = session.api();
			const last = until === undefined ? {} : { until };
			if (branch !== undefined) {
				if (name === undefined) throw new BadInput('At a branch, say their --name.');
				const params = { library, branch };
				const body = { role: wanted, name, ...last };
				return showInvitation(session, await api.call('inviteStaff', { params, body }));
			}
			const body = {
				role: wanted as NewLibraryInvitation['role'],
				...(name === undefined ? {} : { name }),
				...last,
			};
			showInvitation(session, await api.call('inviteLibraryStaff', { params: { library }, body }));
		});
	role
		.command('invitations')
		.argument('<library>')
		.description('list the invitations that nobody accepted yet')
		.action(async (library: string) => {
			const { items } = await session.api().call('listInvitations', { params: { library } });
			session.show(
				['invitation', 'role', 'name', 'branch', 'ends', 'role until', 'invited by'],
				items,
				(one) => ({
					...{ invitation: one.id, role: one.role, name: one.name, branch: one.branch },
					...{ ends: dayOf(one.expires), 'role until': dayOf(one.role_until), 'invited by': one.invited_by },
				}),
			);
		});
	role
		.command('take-back')
		.argument('<library>')
		.argument('<grant>', 'its id, as the list has it')
		.description('take a role back; it ends at once')
		.action(async (library: string, grant: string) => {
			await session.api().call('takeBackRole', { params: { library, grant } });
			session.say('Taken back.\n');
		});
	role
		.command('withdraw')
		.argument('<library>')
		.argument('<invitation>', 'its id')
		.description('take back an invitation that nobody accepted yet')
		.action(async (library: string, invitation: string) => {
			await session.api().call('takeBackInvitation', { params: { library, invitation } });
			session.say('Taken back.\n');
		});
}

interface Invited {
	readonly branch?: string;
	readonly name?: string;
	readonly until?: string;
}

function showInvitation(session: Session, made: Invitation): void {
	session.showOne(made, { invitation: made.id, address: made.url, ends: dayOf(made.expires) });
}

function dayOf(at: number | null): string | null {
	return at === null ? null : new Date(at).toISOString().slice(0, 10);
}
