import { list, object, ref, text, timeOrNull } from './schema-parts.ts';

const branches = {
	type: ['array', 'null'],
	items: text,
	maxItems: 1000,
	description: 'slugs of the branches it serves at this library; null for all of them',
} as const;
const state = { enum: ['offered', 'agreed'] } as const;
const count = { type: 'integer', minimum: 0 } as const;
const founder = { type: 'boolean', description: 'made the team' } as const;

/** What the API says and takes of teams that several libraries share. */
export const teamSchemas: Readonly<Record<string, object>> = {
	NewTeam: object({ name: text, branches }, ['name']),
	TeamOffer: object({ library: { ...text, description: 'slug of the library that is asked' } }),
	TeamAgreement: object({ branches }, []),
	NewTeamMember: object({ name: { ...text, description: 'as they want to be called at work' } }),
	Team: object({
		id: text,
		name: text,
		state,
		founder,
		branches,
		libraries: { type: 'array', items: object({ slug: text, name: text, state, founder }) },
		members: {
			type: 'array',
			items: object({
				id: text,
				name: text,
				from: { ...text, description: 'the library they come from' },
				own: { type: 'boolean', description: 'they come from this library' },
				serves: { type: 'boolean', description: 'they accepted the invitation of this library' },
			}),
		},
	}),
	Teams: list(ref('Team')),
	TeamWaitingCount: object({
		branch: { ...text, description: 'slug' },
		name: text,
		total: count,
		emergencies: count,
		late: { ...count, description: 'of the first two hundred' },
		free: { ...count, description: 'nobody has them yet; of the first two hundred' },
		as_of: { ...timeOrNull, description: 'when the branch’s home was heard last' },
		silent: { type: 'boolean', description: 'not heard for five minutes: there may be more' },
	}),
	TeamWaitingCounts: list(ref('TeamWaitingCount')),
};
