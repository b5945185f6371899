import { list, object, ref, text, textOrNull, time } from './schema-parts.ts';

const count = { type: 'integer' } as const;
const hours = {
	anyOf: [object({ from: count, to: count }), { type: 'null' }],
	description: 'whole hours in the time of the library of each home; null: at any time',
} as const;
const upgrade = {
	id: text,
	version: text,
	undoes: {
		...textOrNull,
		description: 'the upgrade whose version homes are brought back from; null for one to a version',
	},
	state: { enum: ['running', 'paused', 'stopped', 'aborted', 'done'] },
	wave: { ...count, description: 'from 1' },
	message: textOrNull,
	asked: time,
	asked_by: text,
	soak_minutes: { type: 'number' },
	hours,
} as const;

/** The hours of a library. */
export const upgradeHours = {
	anyOf: [object({ from: count, to: count }), { type: 'null' }],
	description:
		'whole hours of its own time in which homes with its branches are upgraded; null: those of each upgrade',
} as const;

/** What the API says of upgrades. */
export const upgradeSchemas: Readonly<Record<string, object>> = {
	UpgradePlan: object({
		version: text,
		waves: { type: 'array', items: { type: 'array', items: text } },
		current: { type: 'array', items: text, description: 'homes that have this version already' },
		unknown: {
			type: 'array',
			items: text,
			description:
				'homes whose cell does not answer: nothing is known of their version, and they wait for an upgrade that is begun when it does',
		},
	}),
	NewUpgrade: object(
		{
			soak_minutes: {
				type: 'number',
				description: 'how long a wave is watched before the next one begins, 10 unless said otherwise',
			},
			hours,
			undo: {
				...text,
				description: 'the id of the last upgrade, when it is done: its homes become what they were before',
			},
		},
		[],
	),
	UpgradeChange: object({ state: { enum: ['running', 'paused', 'aborted'] } }),
	Upgrade: object(upgrade),
	Upgrades: list(ref('Upgrade')),
	UpgradeWithHomes: object({
		...upgrade,
		homes: {
			type: 'array',
			items: object({
				name: text,
				wave: count,
				state: { enum: ['waiting', 'backing_up', 'upgrading', 'done', 'rolled_back', 'failed'] },
				message: textOrNull,
				at: time,
			}),
		},
	}),
};
