import * as neighborhoods from './neighborhoods.ts';
import { IT, LOOK, PAGE, type Route, row } from './route.ts';

const ONE = '/neighborhoods/{neighborhood}';

/** Neighborhoods that this platform stewards, and what is proposed to their members (docs/adr/0101). */
export const neighborhoodRoutes: readonly Route[] = [
	row(
		'get',
		'/neighborhoods',
		'listNeighborhoods',
		'The neighborhoods this platform stewards',
		LOOK,
		null,
		[200, 'Neighborhoods'],
		neighborhoods.list,
		PAGE,
	),
	row(
		'get',
		ONE,
		'getNeighborhood',
		'One neighborhood and who stands in it',
		LOOK,
		null,
		[200, 'Neighborhood'],
		neighborhoods.get,
	),
	row(
		'patch',
		ONE,
		'changeNeighborhood',
		'Change who decides about the members of a neighborhood',
		IT,
		'NeighborhoodChange',
		[200, 'Neighborhood'],
		neighborhoods.change,
	),
	row(
		'get',
		`${ONE}/proposals`,
		'listRosterProposals',
		'What was proposed to the members of a neighborhood, with their voices',
		LOOK,
		null,
		[200, 'RosterProposals'],
		neighborhoods.proposals,
	),
	row(
		'post',
		`${ONE}/proposals`,
		'proposeToMembers',
		'Propose to the members to let a branch in, to put one out, or to follow a list of servers',
		IT,
		'NewRosterProposal',
		[201, 'RosterProposal'],
		neighborhoods.propose,
	),
	row(
		'post',
		`${ONE}/suspensions`,
		'suspendMember',
		'Suspend a member for seven days at most, because it cannot wait',
		IT,
		'NewMemberSuspension',
		[201, 'Neighborhood'],
		neighborhoods.suspend,
	),
];
