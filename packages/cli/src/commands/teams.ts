import type { Command } from 'commander';
import type { Session } from '../parts.ts';

/** `understory team …`: moderation teams that several libraries share. */
export function teamCommands(program: Command, session: Session): void {
	const team = program.command('team').description('moderation teams that a library shares with others');
	team
		.command('list')
		.argument('<library>')
		.description('list those that a library is part of, or was asked to share')
		.action(async (library: string) => {
			const { items } = await session.api().call('listTeams', { params: { library } });
			session.show(['team', 'name', 'state', 'libraries', 'people'], items, (one) => ({
				team: one.id,
				name: one.name,
				state: one.state,
				libraries: one.libraries
					.map(({ slug, state }) => (state === 'agreed' ? slug : `${slug} (asked)`))
					.join(' '),
				people: one.members.length,
			}));
		});
	team
		.command('people')
		.argument('<library>')
		.argument('<team>', 'its id')
		.description('list who is on a team, and who of them serves at this library')
		.action(async (library: string, id: string) => {
			const { items } = await session.api().call('listTeams', { params: { library } });
			const people = items.filter((one) => one.id === id).flatMap(({ members }) => members);
			session.show(['person', 'name', 'from', 'serves'], people, (one) => ({
				...{ person: one.id, name: one.name, from: one.from },
				serves: one.serves ? 'yes' : 'no',
			}));
		});
	team
		.command('waiting')
		.argument('<library>')
		.argument('<team>', 'its id')
		.description('how much waits for a team at each branch of this library that it serves')
		.action(async (library: string, id: string) => {
			const params = { library, team: id };
			const { items } = await session.api().call('countTeamWaiting', { params });
			session.show(['branch', 'waiting', 'emergencies', 'late', 'free', 'as of'], items, (one) => ({
				...{
					branch: one.branch,
					waiting: one.total,
					emergencies: one.emergencies,
					late: one.late,
					free: one.free,
				},
				'as of':
					one.as_of === null ? 'never' : new Date(one.as_of).toISOString() + (one.silent ? ' (silent)' : ''),
			}));
		});
	team
		.command('create')
		.argument('<library>')
		.argument('<name>')
		.option('--branch <slug...>', 'serve these branches only')
		.description('make a team')
		.action(async (library: string, name: string, given: { branch?: string[] }) => {
			const branches = given.branch ?? null;
			const made = await session.api().call('createTeam', { params: { library }, body: { name, branches } });
			session.showOne(made, { team: made.id, name: made.name });
		});
	team
		.command('offer')
		.argument('<library>')
		.argument('<team>', 'its id')
		.argument('<other>', 'the library that is asked')
		.description('ask another library to share it; nothing changes there until it agrees')
		.action(async (library: string, id: string, other: string) => {
			await session.api().call('offerTeam', { params: { library, team: id }, body: { library: other } });
			session.say('Asked.\n');
		});
	team
		.command('agree')
		.argument('<library>')
		.argument('<team>', 'its id')
		.option('--branch <slug...>', 'serve these branches only')
		.description('agree for a library, or change which of its branches are served')
		.action(async (library: string, id: string, given: { branch?: string[] }) => {
			const body = { branches: given.branch ?? null };
			await session.api().call('agreeToTeam', { params: { library, team: id }, body });
			session.say('Agreed.\n');
		});
	team
		.command('end')
		.argument('<library>')
		.argument('<team>', 'its id')
		.argument('[other]', 'the library whose part ends; this one when it is left out')
		.description('end a library’s part, or refuse; the roles end at once')
		.action(async (library: string, id: string, other: string = library) => {
			await session.api().call('endTeamPart', { params: { library, team: id, other } });
			session.say('Ended.\n');
		});
	team
		.command('add')
		.argument('<library>')
		.argument('<team>', 'its id')
		.argument('<name>', 'what somebody of this library is called at work')
		.description('put somebody of this library on it')
		.action(async (library: string, id: string, name: string) => {
			const { members } = await session
				.api()
				.call('addTeamMember', { params: { library, team: id }, body: { name } });
			const added = members.at(-1)!;
			session.showOne(added, { person: added.id, name: added.name });
		});
	team
		.command('remove')
		.argument('<library>')
		.argument('<team>', 'its id')
		.argument('<person>', 'their id on the team')
		.description('take somebody off it; their roles end at every library')
		.action(async (library: string, id: string, member: string) => {
			await session.api().call('takeOffTeam', { params: { library, team: id, member } });
			session.say('Taken off.\n');
		});
	team
		.command('invite')
		.argument('<library>')
		.argument('<team>', 'its id')
		.argument('<person>', 'their id on the team')
		.description('invite somebody of the team to sign in at this library, once; the address is shown once')
		.action(async (library: string, id: string, member: string) => {
			const params = { library, team: id, member };
			const made = await session.api().call('inviteTeamMember', { params });
			session.showOne(made, { invitation: made.id, address: made.url });
		});
}
