import type { Level } from '../services/restricting/levels.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';
import type { Touched } from './touched.ts';

/** What hosts think of doing about a server; times in UTC milliseconds. */
export interface Proposal {
	/** Random UUIDv4. */
	readonly id: string;
	/** Host name, with its port where it has one; for a list of servers its address. */
	readonly host: string;
	/** A level; `let_in`; or what is proposed to the neighborhood: to `admit` or to `expel` the branch of this name, or to follow a list. */
	readonly wants: Level | 'let_in' | 'admit' | 'expel' | 'follow_list';
	readonly reason: string;
	readonly staff_id: string;
	readonly created: number;
	/** Until when people can answer. */
	readonly until: number;
	/** 1: it was limited at once, and people were told and asked after. */
	readonly emergency: 0 | 1;
	/** The official notice below which the branch talks about it. */
	readonly post: number | null;
	/** The decision it led to. */
	readonly decision: string | null;
	readonly decided: number | null;
	/** The proposal to the neighborhood about which this branch gives its voice; null for everything else. */
	readonly deliberation: string | null;
	/** The random number it shares with those that were asked as one with it; null where it stands alone. */
	readonly together: string | null;
}

export const ANSWERS = ['fine', 'worry', 'time'] as const;
export type AnswerWord = (typeof ANSWERS)[number];

/** One person who was asked, or answered unasked, and what they say. */
export interface Asked extends Touched {
	readonly proposal: string;
	/** When they first read of it. */
	readonly seen: number | null;
	readonly answer: AnswerWord | null;
	/** What they say besides, sealed. */
	readonly words: string | null;
	/** 1: hosts may read which people it is about. */
	readonly shares: 0 | 1;
	readonly answered: number | null;
}

/** Is nobody asked by name: nobody knows anybody yet at a server that wants in or a branch that is no neighbor, and what a list holds is asked about when it is taken up? */
export function asksNobodyByName({ wants }: Pick<Proposal, 'wants'>): boolean {
	return wants === 'let_in' || wants === 'admit' || wants === 'follow_list';
}

/** One of them. */
export function proposalById(reading: Reading, id: string): Proposal | undefined {
	return reading.first<Proposal>(sql('proposal').where({ id }));
}

/** Those that nobody has decided, the one that can be decided first at the top. */
export function openProposals(reading: Reading): Proposal[] {
	return reading.all<Proposal>(sql('proposal').whereNull('decided').orderBy('until'));
}

/** The one about a server that nobody has decided. */
export function openProposalAbout(reading: Reading, host: string): Proposal | undefined {
	return reading.first<Proposal>(sql('proposal').where({ host }).whereNull('decided'));
}

/** What people of this branch were asked about a proposal to the neighborhood, whether it was decided or not. */
export function proposalAboutDeliberation(reading: Reading, deliberation: string): Proposal | undefined {
	return reading.first<Proposal>(sql('proposal').where({ deliberation }));
}

/** Those that were asked as one, by the names of their servers. */
export function proposalsTogether(reading: Reading, together: string): Proposal[] {
	return reading.all<Proposal>(sql('proposal').where({ together }).orderBy('host'));
}

/** The newest about a server that was decided. */
export function lastProposalAbout(reading: Reading, host: string): Proposal | undefined {
	const query = sql('proposal').where({ host }).whereNotNull('decision').orderBy('decided', 'desc').limit(1);
	return reading.first<Proposal>(query);
}

/** Keeps a new one. */
export function addProposal(writing: Writing, proposal: Proposal): void {
	writing.run(sql('proposal').insert({ ...proposal }));
}

/** More time for answers, or a decision. */
export function changeProposal(
	writing: Writing,
	id: string,
	changes: Partial<Pick<Proposal, 'until' | 'decision' | 'decided'>>,
): void {
	writing.run(sql('proposal').where({ id }).update(changes));
}

/** Whoever was asked about it, or answered. */
export function askedOf(reading: Reading, proposal: string): Asked[] {
	return reading.all<Asked>(sql('asked').where({ proposal }).orderBy('person'));
}

/** One person's part in it. */
export function askedPerson(reading: Reading, proposal: string, person: number): Asked | undefined {
	return reading.first<Asked>(sql('asked').where({ proposal, person }));
}

/** Everything somebody was asked, newest first. */
export function askedOfPerson(reading: Reading, person: number): Asked[] {
	const query = sql('asked').select('asked.*').join('proposal', 'proposal.id', 'asked.proposal');
	return reading.all<Asked>(query.where({ person }).orderBy('created', 'desc'));
}

/** Somebody is asked, or answers unasked. */
export function addAsked(writing: Writing, proposal: string, touched: Touched): void {
	writing.run(sql('asked').insert({ ...touched, proposal }));
}

/** They read of it, or answer. */
export function changeAsked(
	writing: Writing,
	{ proposal, person }: Pick<Asked, 'proposal' | 'person'>,
	changes: Partial<Pick<Asked, 'seen' | 'answer' | 'words' | 'shares' | 'answered'>>,
): void {
	writing.run(sql('asked').where({ proposal, person }).update(changes));
}

/** How many were asked, and how many answered. */
export function countAsked(
	reading: Reading,
	proposal: string,
): { readonly asked: number; readonly answered: number } {
	const query = sql('asked').count({ asked: '*', answered: 'answered' }).where({ proposal });
	return reading.first<{ asked: number; answered: number }>(query) ?? { asked: 0, answered: 0 };
}

/** Forgets what people said about proposals that were decided before this moment; that they were asked, and answered, stays. */
export function forgetAnswers(writing: Writing, before: number): void {
	const over = sql('proposal').select('id').where('decided', '<', before);
	writing.run(
		sql('asked').whereIn('proposal', over).whereNotNull('words').update({ words: null, shares: 0 }),
	);
}
