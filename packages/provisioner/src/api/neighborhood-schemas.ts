import { list, object, ref, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const part = {
	type: 'array',
	items: { type: 'integer', minimum: 1, maximum: 1000 },
	minItems: 2,
	maxItems: 2,
	description: 'a part of a whole: [2, 3] is two thirds',
} as const;
const way = {
	anyOf: [
		object({
			by: { const: 'members' },
			share: {
				...part,
				description: 'so many of those who give their voice have to say yes; a half at least',
			},
			quorum: { ...part, description: 'so many of the members have to give their voice' },
			days: { type: 'integer', minimum: 1, maximum: 90, description: 'for so long they can' },
		}),
		{ type: 'null', description: 'the steward decides' },
	],
};
const domain = { ...text, description: 'host of the branch, with its port where it has one' };
const kind = { enum: ['admit', 'expel', 'follow_list'] };
const subject = {
	...text,
	description: 'host of the branch, with its port where it has one; for a list its address',
};

/** Neighborhoods, and what is proposed to their members. */
export const neighborhoodSchemas = {
	Neighborhood: object({
		id: text,
		name: text,
		url: { type: 'string', description: 'where the signed roster is published' },
		charter: object({ title: text, text }),
		changes: { ...way, description: 'who decides about its members; null for the steward' },
		version: { type: ['integer', 'null'] },
		members: { type: 'array', items: object({ domain: text, name: text, library: text, since: time }) },
		suspensions: { type: 'array', items: object({ domain: text, reason: text, from: time, until: time }) },
	}),
	Neighborhoods: list(ref('Neighborhood')),
	NeighborhoodChange: object({ changes: way }),
	NewRosterProposal: object(
		{
			kind,
			domain: subject,
			name: { ...text, description: 'what a list is called; a branch has its own name' },
			reason: text,
			evidence: text,
		},
		['kind', 'domain', 'reason'],
	),
	RosterProposal: object({
		id: text,
		kind,
		domain: subject,
		name: text,
		reason: text,
		evidence: text,
		opened: time,
		until: time,
		created_by: text,
		decided: timeOrNull,
		carried: { type: ['boolean', 'null'], description: 'null while it is open' },
		voices: {
			type: 'array',
			items: object({
				domain: text,
				voice: { enum: ['yes', 'no'] },
				reason: text,
				people: {
					anyOf: [{ type: 'integer', minimum: 5 }, { const: 'few' }, { type: 'null' }],
					description: 'how many people of the branch a list touches, where it says so; few for under five',
				},
				at: time,
			}),
		},
		unanswered: {
			type: 'array',
			items: object({ domain: text, name: text }),
			description: 'members that have a voice and have not given it, while it is open',
		},
		reply: { ...textOrNull, maxLength: 4_000, description: 'what the branch it is about says' },
	}),
	RosterProposals: list(ref('RosterProposal')),
	NewMemberSuspension: object({ domain, reason: text, until: time }),
};
