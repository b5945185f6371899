import type { ConditionType } from '../store/rows.ts';

/**
 * Every reason a condition of a branch can have, by its type. The console has words for each of them, and for what to do next
 * (`design/src/words/…/conditions.json`); a reason that is not here does not compile, and one without words fails a test.
 */
export const REASONS = {
	Available: [
		'NotLookedYet',
		'Serving',
		'ServingOlder',
		'NotYet',
		'HomeAbsent',
		'HomeSilent',
		'Drifted',
		'Suspended',
		'Moving',
		'NotServed',
		'Retired',
		'Damaged',
		'Refused',
		'GivenUp',
		'HomeGivenUp',
	],
	Synced: [
		'NotLookedYet',
		'OlderGeneration',
		'InSync',
		'NotServed',
		'NoHome',
		'HomeAbsent',
		'HomeSilent',
		'Drifted',
		'Unmanaged',
		'NotEntered',
		'Waiting',
		'ClockSkew',
		'OutOfSync',
		'Moving',
		'ToBeDeleted',
		'Refused',
		'GivenUp',
		'HomeGivenUp',
	],
	Progressing: [
		'NotLookedYet',
		'OlderGeneration',
		'Settled',
		'Installing',
		'Upgrading',
		'RollingBack',
		'Suspending',
		'Resuming',
		'Restoring',
		'Renaming',
		'Exporting',
		'NoHome',
		'HomeAbsent',
		'Mending',
		'NotEntered',
		'Waiting',
		'ClockSkew',
		'OutOfSync',
		'Moving',
		'ToBeDeleted',
		'NeedsYou',
	],
	Drifted: [
		'NotLookedYet',
		'AsMade',
		'OneMachine',
		'Changed',
		'Unmanaged',
		'HomeSilent',
		'HomeAbsent',
		'NotServed',
	],
	Paused: ['NotLookedYet', 'NotPaused', 'Suspended'],
	Deleting: ['NotLookedYet', 'Kept', 'NothingRan', 'Held', 'BeingDeleted', 'Deleted'],
	Neighborly: ['NotLookedYet', 'OnRoster', 'WaitsForMembers', 'NoConsent'],
	DomainVerified: ['NotLookedYet', 'OnlyHere', 'Resolves', 'ResolvesNot', 'ResolverSilent'],
	CertificateReady: [
		'NotLookedYet',
		'PlainHttp',
		'Valid',
		'ExpiresSoon',
		'Expired',
		'WrongName',
		'NotTrusted',
		'ShowsNone',
		'NoName',
		'NoAnswer',
		'Inside',
	],
	Hosted: ['NotOpen', 'Covered', 'RotaEnds', 'NobodyHosts', 'Quiet', 'Closing', 'MayEnd'],
	BackupFresh: ['NotScheduled', 'NotYet', 'Fresh', 'TooOld', 'Failed', 'None', 'NotAway'],
} as const satisfies Readonly<Record<ConditionType, readonly string[]>>;

/** The reasons of one type of condition; of all of them when no type is named. */
export type ReasonOf<T extends ConditionType = ConditionType> = (typeof REASONS)[T][number];

/** Whether it is one of them: what an older or a newer version of the platform wrote down may not be. */
export function isReason(type: string, reason: string): boolean {
	return (
		Object.hasOwn(REASONS, type) && (REASONS[type as ConditionType] as readonly string[]).includes(reason)
	);
}
