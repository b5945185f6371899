import type { Neighborhood, NeighborhoodChange, NewRosterProposal } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import { readJsonObject } from '../json-file.ts';
import { momentOf } from '../moment.ts';
import type { Session } from '../parts.ts';

/** `understory neighborhood …`: the branches that exchange posts by one roster, and what their members decide. */
export function neighborhoodCommands(program: Command, session: Session): void {
	const neighborhood = program
		.command('neighborhood')
		.description('the neighborhoods of branches that this platform keeps the roster of');
	neighborhood
		.command('list')
		.description('list them')
		.action(async () => {
			const items = await Array.fromAsync(session.api().all('listNeighborhoods'));
			session.show(['neighborhood', 'name', 'members', 'roster'], items, (one: Neighborhood) => ({
				...{ neighborhood: one.id, name: one.name, members: one.members.length, roster: one.url },
			}));
		});
	neighborhood
		.command('show')
		.argument('<neighborhood>', 'its id')
		.description('show one and who stands in it')
		.action(async (id: string) => {
			show(session, await session.api().call('getNeighborhood', { params: { neighborhood: id } }));
		});
	neighborhood
		.command('decide')
		.argument('<neighborhood>', 'its id')
		.argument('<file>', 'as JSON {"changes": …}: by whom, share, quorum and days, or null for the steward')
		.description('say who decides about its members')
		.action(async (id: string, file: string) => {
			const body = (await readJsonObject(session, file)) as NeighborhoodChange;
			const params = { neighborhood: id };
			show(session, await session.api().call('changeNeighborhood', { params, body }));
		});
	neighborhood
		.command('proposals')
		.argument('<neighborhood>', 'its id')
		.description('list what was proposed to its members, and how it ended')
		.action(async (id: string) => {
			const params = { neighborhood: id };
			const { items } = await session.api().call('listRosterProposals', { params });
			session.show(['proposal', 'kind', 'about', 'until', 'yes', 'no', 'ended'], items, (one) => ({
				...{ proposal: one.id, kind: one.kind, about: one.domain, until: minuteOf(one.until) },
				yes: one.voices.filter(({ voice }) => voice === 'yes').length,
				no: one.voices.filter(({ voice }) => voice === 'no').length,
				ended: one.carried === null ? null : one.carried ? 'carried' : 'not carried',
			}));
		});
	neighborhood
		.command('propose')
		.argument('<neighborhood>', 'its id')
		.argument('<kind>', 'admit, expel or follow_list')
		.argument('<domain>', 'the host of the branch, or the address of the list')
		.requiredOption('--reason <text>', 'why; the members read it')
		.option('--name <name>', 'what a list is called')
		.option('--evidence <text>', 'what it rests on')
		.description('propose something to its members')
		.action(async (id: string, kind: string, domain: string, given: Proposed) => {
			const body = { kind: kind as NewRosterProposal['kind'], domain, ...given };
			const params = { neighborhood: id };
			const made = await session.api().call('proposeToMembers', { params, body });
			session.showOne(made, { proposal: made.id, about: made.domain, until: minuteOf(made.until) });
		});
	neighborhood
		.command('suspend')
		.argument('<neighborhood>', 'its id')
		.argument('<domain>', 'the host of the branch')
		.requiredOption('--reason <text>', 'why; the members read it')
		.requiredOption('--until <time>', 'such as 2027-03-05T18:00Z, at most seven days away')
		.description('suspend a member, because it cannot wait')
		.action(async (id: string, domain: string, { reason, until }: { reason: string; until: string }) => {
			const body = { domain, reason, until: momentOf(until) };
			const params = { neighborhood: id };
			show(session, await session.api().call('suspendMember', { params, body }));
		});
}

interface Proposed {
	readonly reason: string;
	readonly name?: string;
	readonly evidence?: string;
}

function show(session: Session, one: Neighborhood): void {
	session.showOne(one, {
		neighborhood: one.id,
		name: one.name,
		roster: one.url,
		version: one.version,
		'who decides': one.changes === null ? 'the steward' : 'its members',
		members: one.members.map(({ domain }) => domain).join(', '),
		suspended:
			one.suspensions.map(({ domain, until }) => `${domain} until ${minuteOf(until)}`).join(', ') || null,
	});
}

function minuteOf(at: number): string {
	return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
